import { deletionProtection } from '../../../../lib/policy/rules/deletion-protection';
import { describeRule } from './cases';

const database = (Properties: Record<string, unknown>) => ({ Type: 'AWS::RDS::DBInstance', Properties });

describeRule(deletionProtection, {
  compliant: {
    'an instance': [{ D: database({ DeletionProtection: true }) }],
    'a table': [{ T: { Type: 'AWS::DynamoDB::Table', Properties: { DeletionProtectionEnabled: true } } }],
    'an instance of a protected cluster': [
      {
        C: { Type: 'AWS::RDS::DBCluster', Properties: { DeletionProtection: true } },
        D: database({ DBClusterIdentifier: { Ref: 'C' } }),
      },
    ],
    'a pool': [{ P: { Type: 'AWS::Cognito::UserPool', Properties: { DeletionProtection: 'ACTIVE' } } }],
  },
  nonCompliant: {
    'an instance that says nothing': { stacks: [{ D: database({}) }], found: ['D Properties.DeletionProtection'] },
    'an instance with a text for a flag': {
      stacks: [{ D: database({ DeletionProtection: 'true' }) }],
      found: ['D Properties.DeletionProtection'],
    },
    'a table': {
      stacks: [{ T: { Type: 'AWS::DynamoDB::Table', Properties: { DeletionProtectionEnabled: false } } }],
      found: ['T Properties.DeletionProtectionEnabled'],
    },
  },
});
