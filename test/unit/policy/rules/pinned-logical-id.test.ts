import { App, Stack } from 'aws-cdk-lib';
import { Bucket, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { pinnedLogicalIds } from '../../../../lib/policy/rules/pinned-logical-id';
import { describeRule, type Resources } from './cases';

/** What CDK makes of a bucket two levels down. */
function synthesized(pin: boolean): Resources {
  const app = new App({ builtinCloudFormationValidation: false });
  const stack = new Stack(app, 'stack');
  const bucket = new Bucket(stack, 'Bucket');
  if (pin) (bucket.node.defaultChild as CfnBucket).overrideLogicalId('BucketPinned');
  const { Resources } = app.synth().getStackByName('stack').template as { Resources: Resources };
  return Resources;
}

const derived = synthesized(false);
const [derivedId = ''] = Object.keys(derived);

describeRule(pinnedLogicalIds, {
  compliant: {
    'a pinned id of a synthesized bucket': [synthesized(true)],
    'an id that ends in an account id, with its path': [
      {
        BucketLogs317805897534: {
          Type: 'AWS::S3::Bucket',
          Metadata: { 'aws:cdk:path': 'storage/logs-317805897534/Resource' },
        },
      },
    ],
    'an id that ends in an account id, without a path': [{ BucketLogs317805897534: { Type: 'AWS::S3::Bucket' } }],
    'a type without state': [{ RoleA1B2C3D4: { Type: 'AWS::IAM::Role' } }],
  },
  nonCompliant: {
    'the id that CDK derives': { stacks: [derived], found: [`${derivedId} LogicalId`] },
    'without a path, the look decides': {
      stacks: [{ Bucket83908E77: { Type: 'AWS::S3::Bucket' } }],
      found: ['Bucket83908E77 LogicalId'],
    },
  },
});
