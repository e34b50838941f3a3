import { Duration, Stack } from 'aws-cdk-lib';
import { Effect, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnQueue, CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { QueueRow, StandaloneDeadLetterQueueRow } from '../estate/messaging';
import { type EffectiveQueue, effectiveDeadLetterQueue, effectiveQueue } from '../estate/posture';
import type { Posture } from '../estate/settings';
import { pinnedLogicalId, retainState } from './stateful';
import { denyInsecureTransport } from './tls-only';

export interface QueueProps {
  readonly queue: EffectiveQueue;
  /** Dead-letter queue of {@link EffectiveQueue.redrive}. */
  readonly deadLetterQueue?: Queue;
  /** Rules of EventBridge that may write, as ARN patterns behind `rule/`. @default none */
  readonly eventRules?: readonly string[];
}

/**
 * One queue, every property from its row.
 *
 * A layer-1 resource on purpose: a default of the library that changes with a release would be a change to a queue
 * that holds messages.
 */
class Queue extends Construct {
  readonly arn: string;
  readonly url: string;

  constructor(scope: Construct, id: string, props: QueueProps) {
    super(scope, id);
    const { queue } = props;
    const resource = new CfnQueue(this, 'Resource', {
      queueName: queue.name,
      ...(queue.fifo && {
        fifoQueue: true,
        contentBasedDeduplication: queue.contentBasedDeduplication,
        ...(queue.highThroughput && {
          deduplicationScope: 'messageGroup',
          fifoThroughputLimit: 'perMessageGroupId',
        }),
      }),
      visibilityTimeout: queue.visibilitySeconds,
      messageRetentionPeriod: Duration.days(queue.retentionDays).toSeconds(),
      receiveMessageWaitTimeSeconds: queue.waitSeconds,
      ...(queue.managedEncryption && { sqsManagedSseEnabled: true }),
      ...(queue.redrive &&
        props.deadLetterQueue && {
          redrivePolicy: {
            deadLetterTargetArn: props.deadLetterQueue.arn,
            maxReceiveCount: queue.redrive.maxReceiveCount,
          },
        }),
    });
    retainState(resource, 'Queue', queue.name);
    this.arn = resource.attrArn;
    this.url = resource.attrQueueUrl;
    this.addPolicy(resource, props);
  }

  private addPolicy(resource: CfnQueue, { queue, eventRules = [] }: QueueProps): void {
    const stack = Stack.of(this);
    const statements = [
      ...(eventRules.length > 0
        ? [
            new PolicyStatement({
              sid: 'AllowEventBridge',
              effect: Effect.ALLOW,
              principals: [new ServicePrincipal('events.amazonaws.com')],
              actions: ['sqs:SendMessage'],
              resources: [this.arn],
              conditions: {
                ArnLike: {
                  'aws:SourceArn': eventRules.map(
                    (rule) => `arn:aws:events:${stack.region}:${stack.account}:rule/${rule}`,
                  ),
                },
              },
            }),
          ]
        : []),
      ...(queue.tlsOnly ? [denyInsecureTransport('sqs:*', [this.arn])] : []),
    ];
    if (statements.length === 0) return;
    const policy = new CfnQueuePolicy(this, 'Policy', {
      queues: [resource.ref],
      policyDocument: new PolicyDocument({ statements }),
    });
    policy.overrideLogicalId(pinnedLogicalId('QueuePolicy', queue.name));
  }
}

export interface QueueWithDeadLetterQueueProps {
  readonly row: QueueRow;
  readonly posture: Posture;
}

/** A queue of the inventory and its dead-letter queue. */
export class QueueWithDeadLetterQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, { row, posture }: QueueWithDeadLetterQueueProps) {
    super(scope, id);
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      queue: effectiveDeadLetterQueue(row.deadLetterQueue, posture, row),
    });
    this.queue = new Queue(this, 'Queue', {
      queue: effectiveQueue(row, posture),
      deadLetterQueue: this.deadLetterQueue,
    });
  }
}

export interface StandaloneDeadLetterQueueProps {
  readonly row: StandaloneDeadLetterQueueRow;
  readonly posture: Posture;
}

/** A dead-letter queue that serves rules or functions. */
export class StandaloneDeadLetterQueue extends Queue {
  constructor(scope: Construct, id: string, { row, posture }: StandaloneDeadLetterQueueProps) {
    super(scope, id, {
      queue: effectiveDeadLetterQueue(row, posture),
      ...(row.eventRules && { eventRules: row.eventRules }),
    });
  }
}
