import { edgeVersionRetained } from '../../../../lib/policy/rules/edge-version-retained';
import { describeRule } from './cases';

const version = (DeletionPolicy?: string, UpdateReplacePolicy?: string) => ({
  Type: 'AWS::Lambda::Version',
  DeletionPolicy,
  UpdateReplacePolicy,
});
const calls = { LambdaFunctionAssociations: [{ EventType: 'viewer-request', LambdaFunctionARN: { Ref: 'V' } }] };
const distribution = (DistributionConfig: unknown) => ({
  Type: 'AWS::CloudFront::Distribution',
  Properties: { DistributionConfig },
});

describeRule(edgeVersionRetained, {
  compliant: {
    'a retained version': [{ V: version('Retain', 'Retain'), D: distribution({ DefaultCacheBehavior: calls }) }],
    'a version that no distribution calls': [{ V: version() }],
  },
  nonCompliant: {
    'the default behaviour': {
      stacks: [{ V: version('Delete', 'Retain'), D: distribution({ DefaultCacheBehavior: calls }) }],
      found: ['V DeletionPolicy'],
    },
    'a further behaviour': {
      stacks: [{ V: version(), D: distribution({ CacheBehaviors: [calls] }) }],
      found: ['V DeletionPolicy', 'V UpdateReplacePolicy'],
    },
  },
});
