import { GetQueueAttributesCommand, GetQueueUrlCommand, paginateListQueues } from '@aws-sdk/client-sqs';
import { queueNames, queues, standaloneDeadLetterQueues } from '../../estate/messaging';
import { type EffectiveQueue, effectiveDeadLetterQueue, effectiveQueue } from '../../estate/posture';
import { type AuditClients, collect, lastSegment, orAbsent } from '../clients';
import type { AuditedRow, Properties, Section } from '../model';
import { grantedSources, isTlsOnly, serviceGrants, statementsOf } from '../policy-document';

/** Prefix of the properties of a pair's dead-letter queue. */
const pairPrefix = 'deadLetterQueue';
const secondsPerDay = 86_400;
/** What a rule of EventBridge needs to hand over an event that its target did not take. */
const ruleWrites = { service: 'events.amazonaws.com', action: 'sqs:SendMessage' } as const;

/** One row for each queue with its dead-letter queue, one for each dead-letter queue that stands alone. */
export const queuesSection: Section = {
  id: 'queues',
  part: 'audit',
  nameHeading: 'queue',
  columns: [{ heading: 'deadLetterQueue', cell: deadLetterCell }],

  expected: ({ posture }) => [
    ...queues.map((row) => ({
      kind: 'modelled' as const,
      name: row.name,
      label: row.purpose,
      properties: {
        ...expectedProperties(effectiveQueue(row, posture), []),
        ...prefixed(expectedProperties(effectiveDeadLetterQueue(row.deadLetterQueue, posture, row), [])),
      },
    })),
    ...standaloneDeadLetterQueues.map((row) => ({
      kind: 'modelled' as const,
      name: row.name,
      label: row.purpose,
      properties: expectedProperties(effectiveDeadLetterQueue(row, posture), row.eventRules ?? []),
    })),
  ],

  async read(clients, name) {
    const queue = await readQueue(clients, name);
    if (queue === undefined) return undefined;
    const target = queue.deadLetterTarget;
    const deadLetterQueue = typeof target === 'string' ? await readQueue(clients, target) : undefined;
    return { ...queue, ...(deadLetterQueue ? prefixed(deadLetterQueue) : {}) };
  },

  async list({ sqs }) {
    const urls = await collect(paginateListQueues({ client: sqs }, { MaxResults: 1000 }), (page) => page.QueueUrls);
    return urls.map(lastSegment);
  },

  alsoKnown: () => queueNames,
};

function deadLetterCell(row: AuditedRow): string {
  if (standaloneDeadLetterQueues.some(({ name }) => name === row.name)) return `(${row.label})`;
  const target = row.actual?.deadLetterTarget;
  return typeof target === 'string' ? target : '–';
}

function expectedProperties(queue: EffectiveQueue, eventRules: readonly string[]): Properties {
  return {
    fifo: queue.fifo,
    visibilitySeconds: queue.visibilitySeconds,
    retentionDays: queue.retentionDays,
    waitSeconds: queue.waitSeconds,
    delaySeconds: 0,
    contentBasedDeduplication: queue.contentBasedDeduplication,
    highThroughput: queue.highThroughput,
    // A posture that states none leaves it to SQS, which encrypts new queues of its own accord.
    ...(queue.managedEncryption ? { managedEncryption: true } : {}),
    kmsKey: null,
    tlsOnly: queue.tlsOnly,
    eventRules: [...eventRules].sort(),
    otherServiceGrants: [],
    deadLetterTarget: queue.redrive?.deadLetterQueue ?? null,
    maxReceiveCount: queue.redrive?.maxReceiveCount ?? null,
  };
}

async function readQueue({ sqs }: AuditClients, name: string): Promise<Properties | undefined> {
  const address = await orAbsent(
    sqs.send(new GetQueueUrlCommand({ QueueName: name })),
    'QueueDoesNotExist',
    'AWS.SimpleQueueService.NonExistentQueue',
  );
  if (address === undefined) return undefined;
  const { Attributes: attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: address.QueueUrl, AttributeNames: ['All'] }),
  );
  const redrive = attributes.RedrivePolicy
    ? (JSON.parse(attributes.RedrivePolicy) as { deadLetterTargetArn: string; maxReceiveCount: number | string })
    : undefined;
  const statements = statementsOf(attributes.Policy);
  return {
    fifo: attributes.FifoQueue === 'true',
    visibilitySeconds: Number(attributes.VisibilityTimeout),
    retentionDays: Number(attributes.MessageRetentionPeriod) / secondsPerDay,
    waitSeconds: Number(attributes.ReceiveMessageWaitTimeSeconds ?? 0),
    delaySeconds: Number(attributes.DelaySeconds ?? 0),
    contentBasedDeduplication: attributes.ContentBasedDeduplication === 'true',
    highThroughput:
      attributes.DeduplicationScope === 'messageGroup' && attributes.FifoThroughputLimit === 'perMessageGroupId',
    managedEncryption: attributes.SqsManagedSseEnabled === 'true',
    kmsKey: attributes.KmsMasterKeyId ?? null,
    tlsOnly: isTlsOnly(statements, 'sqs:*', [attributes.QueueArn ?? '']),
    eventRules: grantedSources(statements, ruleWrites).map(rulePattern).sort(),
    otherServiceGrants: serviceGrants(statements).filter(
      (grant) => !grant.startsWith(`${ruleWrites.service} ${ruleWrites.action}`),
    ),
    deadLetterTarget: redrive ? lastSegment(redrive.deadLetterTargetArn) : null,
    maxReceiveCount: redrive ? Number(redrive.maxReceiveCount) : null,
  };
}

/** What stands behind `rule/`: the name of a rule of the default bus, or `bus/name`. */
const rulePattern = (sourceArn: string): string => sourceArn.replace(/^arn:[^/]*:rule\//, '');

const prefixed = (properties: Properties): Properties =>
  Object.fromEntries(Object.entries(properties).map(([name, value]) => [`${pairPrefix}.${name}`, value]));
