import { uniquePhysicalNames } from '../../../../lib/policy/rules/unique-physical-name';
import { describeRule } from './cases';

const queue = (QueueName: unknown) => ({ Type: 'AWS::SQS::Queue', Properties: { QueueName } });
const logGroup = (LogGroupName: unknown) => ({ Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName } });
const fn = { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'worker' } };

describeRule(uniquePhysicalNames, {
  compliant: {
    'two names': [{ A: queue('a'), B: queue('b') }],
    'one name for two types': [{ A: queue('a'), T: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'a' } } }],
    'names that CloudFormation generates': [{ A: queue(undefined), B: queue(undefined) }],
    'names with a part that only CloudFormation knows': [
      {
        A: queue({ 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] }),
        B: queue({ 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] }),
      },
    ],
  },
  nonCompliant: {
    'in two stacks': { stacks: [{ A: queue('a') }, { B: queue('a') }], found: ['B Properties.QueueName'] },
    "a log group of one's own beside the one that the library adds": {
      stacks: [
        {
          Worker: fn,
          Ours: logGroup('/aws/lambda/worker'),
          Theirs: logGroup({ 'Fn::Join': ['', ['/aws/lambda/', { Ref: 'Worker' }]] }),
        },
      ],
      found: ['Theirs Properties.LogGroupName'],
    },
  },
});
