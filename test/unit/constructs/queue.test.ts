import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { QueueWithDeadLetterQueue, StandaloneDeadLetterQueue } from '../../../lib/constructs/queue';
import { proposed } from '../../../lib/estate/evidence';
import type { QueueRow, StandaloneDeadLetterQueueRow } from '../../../lib/estate/messaging';
import type { Posture } from '../../../lib/estate/settings';
import { estateApp } from '../../../stacks-aws/app';

const minimal: QueueRow = {
  name: 'orders',
  purpose: 'orders',
  owner: 'this repository',
  visibilitySeconds: 30,
  retentionDays: 4,
  maxReceiveCount: 3,
  auditedEncryption: 'not-set',
  deadLetterQueue: { name: 'orders-dlq', retentionDays: 5, evidence: [proposed()] },
  evidence: [proposed()],
};

const maximum: QueueRow = {
  ...minimal,
  name: 'orders.fifo',
  waitSeconds: 20,
  contentBasedDeduplication: true,
  highThroughput: true,
  auditedEncryption: 'sse-sqs',
  deadLetterQueue: { name: 'orders-dlq.fifo', retentionDays: 5, visibilitySeconds: 60, evidence: [proposed()] },
};

function pair(row: QueueRow, posture: Posture): Template {
  const stack = new Stack(estateApp(), 'test');
  new QueueWithDeadLetterQueue(stack, 'pair', { row, posture });
  return Template.fromStack(stack);
}

function standalone(row: StandaloneDeadLetterQueueRow, posture: Posture): Template {
  const stack = new Stack(estateApp(), 'test', { env: { account: '111111111111', region: 'us-east-1' } });
  new StandaloneDeadLetterQueue(stack, 'queue', { row, posture });
  return Template.fromStack(stack);
}

test('minimal, audited: the row and nothing else', () => {
  const template = pair(minimal, 'audited');
  template.resourceCountIs('AWS::SQS::Queue', 2);
  template.resourceCountIs('AWS::SQS::QueuePolicy', 0);
  template.templateMatches({
    Resources: {
      QueueOrders: {
        Properties: {
          QueueName: 'orders',
          VisibilityTimeout: 30,
          MessageRetentionPeriod: 345600,
          ReceiveMessageWaitTimeSeconds: 0,
          FifoQueue: Match.absent(),
          SqsManagedSseEnabled: Match.absent(),
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['QueueOrdersDlq', 'Arn'] }, maxReceiveCount: 3 },
        },
      },
      QueueOrdersDlq: { Properties: { QueueName: 'orders-dlq', MessageRetentionPeriod: 432000 } },
    },
  });
});

test('minimal, hardened: encrypted, TLS only, fourteen days in the dead-letter queue', () => {
  const template = pair(minimal, 'hardened');
  template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
  template.hasResourceProperties('AWS::SQS::Queue', { QueueName: 'orders-dlq', MessageRetentionPeriod: 1209600 });
  template.resourceCountIs('AWS::SQS::QueuePolicy', 2);
  template.allResourcesProperties('AWS::SQS::QueuePolicy', {
    PolicyDocument: {
      Statement: [Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
    },
  });
});

test('maximum: a high-throughput FIFO pair', () => {
  pair(maximum, 'audited').hasResourceProperties('AWS::SQS::Queue', {
    QueueName: 'orders.fifo',
    FifoQueue: true,
    ContentBasedDeduplication: true,
    DeduplicationScope: 'messageGroup',
    FifoThroughputLimit: 'perMessageGroupId',
    ReceiveMessageWaitTimeSeconds: 20,
    SqsManagedSseEnabled: true,
  });
});

test.each(['audited', 'hardened'] as const)('%s: both queues outlive their stack', (posture) => {
  pair(minimal, posture).allResources('AWS::SQS::Queue', {
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
  });
});

test.each([
  ['audited', 1],
  ['hardened', 2],
] as const)('a dead-letter queue of rules admits them, %s', (posture, statements) => {
  const template = standalone(
    {
      name: 'rules-dlq',
      purpose: 'rules',
      owner: 'this repository',
      retentionDays: 4,
      eventRules: ['a', 'b*'],
      evidence: [proposed()],
    },
    posture,
  );
  template.hasResourceProperties('AWS::SQS::QueuePolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Condition: {
            ArnLike: {
              'aws:SourceArn': [
                'arn:aws:events:us-east-1:111111111111:rule/a',
                'arn:aws:events:us-east-1:111111111111:rule/b*',
              ],
            },
          },
        }),
      ]),
    },
  });
  const [policy] = Object.values(template.findResources('AWS::SQS::QueuePolicy'));
  expect(policy?.Properties.PolicyDocument.Statement).toHaveLength(statements);
});
