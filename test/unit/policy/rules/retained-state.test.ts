import { retainedState } from '../../../../lib/policy/rules/retained-state';
import { describeRule } from './cases';

const bucket = (DeletionPolicy?: string, UpdateReplacePolicy?: string) => ({
  Type: 'AWS::S3::Bucket',
  DeletionPolicy,
  UpdateReplacePolicy,
});

describeRule(retainedState, {
  compliant: {
    'retained except on create': [{ B: bucket('RetainExceptOnCreate', 'Retain') }],
    'retained always': [{ B: bucket('Retain', 'Retain') }],
    'a type without state': [{ R: { Type: 'AWS::IAM::Role' } }],
  },
  nonCompliant: {
    'no policy at all': { stacks: [{ B: bucket() }], found: ['B DeletionPolicy', 'B UpdateReplacePolicy'] },
    'a snapshot is not the thing itself': {
      stacks: [{ D: { Type: 'AWS::RDS::DBInstance', DeletionPolicy: 'Snapshot', UpdateReplacePolicy: 'Snapshot' } }],
      found: ['D DeletionPolicy', 'D UpdateReplacePolicy'],
    },
    'retained on create is no value for replacement': {
      stacks: [{ B: bucket('Retain', 'RetainExceptOnCreate') }],
      found: ['B UpdateReplacePolicy'],
    },
    'a type that only our table knows': {
      stacks: [{ C: { Type: 'AWS::ECS::Cluster', UpdateReplacePolicy: 'Retain' } }],
      found: ['C DeletionPolicy'],
    },
  },
});
