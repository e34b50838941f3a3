import { deadLetterAlarm } from '../../../../lib/policy/rules/dead-letter-alarm';
import { describeRule } from './cases';

const deadLetterQueue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work-dlq' } };
const alarm = (MetricName: string, name = 'work-dlq') => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: { Namespace: 'AWS/SQS', MetricName, Dimensions: [{ Name: 'QueueName', Value: name }] },
});

describeRule(deadLetterAlarm, {
  compliant: {
    'an alarm in another stack': [{ Q: deadLetterQueue }, { A: alarm('ApproximateNumberOfMessagesVisible') }],
    'a queue that is no dead-letter queue': [{ Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work' } } }],
  },
  nonCompliant: {
    'no alarm': { stacks: [{ Q: deadLetterQueue }], found: ['Q Properties.QueueName'] },
    'an alarm on a metric that a redrive does not move': {
      stacks: [{ Q: deadLetterQueue, A: alarm('NumberOfMessagesSent') }],
      found: ['Q Properties.QueueName'],
    },
    'an alarm on another queue': {
      stacks: [{ Q: deadLetterQueue, A: alarm('ApproximateNumberOfMessagesVisible', 'other-dlq') }],
      found: ['Q Properties.QueueName'],
    },
  },
});
