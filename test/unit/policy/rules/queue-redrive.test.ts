import { queueRedrive } from '../../../../lib/policy/rules/queue-redrive';
import { describeRule } from './cases';

const queue = (QueueName: unknown, target?: unknown) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName, ...(target ? { RedrivePolicy: { deadLetterTargetArn: target, maxReceiveCount: 5 } } : {}) },
});
const reads = (EventSourceArn: unknown) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: { EventSourceArn },
});
const arn = (name: string): string => `arn:aws:sqs:us-east-1:111122223333:${name}`;

describeRule(queueRedrive, {
  compliant: {
    'a pair by attribute': [{ Work: queue('work', { 'Fn::GetAtt': ['Rest', 'Arn'] }), Rest: queue('rest') }],
    'a pair over two stacks, by ARN': [{ Work: queue('work', arn('rest')) }, { Rest: queue('rest') }],
    'a dead-letter queue of a rule': [
      {
        Rest: queue('rest'),
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: { Targets: [{ DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Rest', 'Arn'] } } }] },
        },
      },
    ],
    'a dead-letter queue of a schedule': [
      {
        Rest: queue('rest'),
        Schedule: {
          Type: 'AWS::Scheduler::Schedule',
          Properties: { Target: { DeadLetterConfig: { Arn: arn('rest') } } },
        },
      },
    ],
    'a dead-letter queue by its name': [{ Rest: queue('payments-dlq') }],
  },
  nonCompliant: {
    'a queue alone': { stacks: [{ Work: queue('work') }], found: ['Work Properties.RedrivePolicy'] },
    'a queue that a consumer in another stack reads, whatever its name': {
      stacks: [{ Work: queue('work-dlq') }, { Reader: reads(arn('work-dlq')) }],
      found: ['Work Properties.RedrivePolicy'],
    },
    'an ARN joined from parts': {
      stacks: [
        { Work: queue('work-dlq') },
        { Reader: reads({ 'Fn::Join': ['', ['arn:aws:sqs:', { Ref: 'AWS::Region' }, ':1:work-dlq']] }) },
      ],
      found: ['Work Properties.RedrivePolicy'],
    },
    'the same logical id in another stack does not count': {
      stacks: [{ Rest: queue('a') }, { Work: queue('work', { 'Fn::GetAtt': ['Rest', 'Arn'] }), Rest: queue('b') }],
      found: ['Rest Properties.RedrivePolicy'],
    },
  },
});
