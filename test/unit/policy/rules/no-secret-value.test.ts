import { noSecretValue } from '../../../../lib/policy/rules/no-secret-value';
import { describeRule } from './cases';

const secret = (Properties: Record<string, unknown>) => ({ Type: 'AWS::SecretsManager::Secret', Properties });

describeRule(noSecretValue, {
  compliant: { 'a name only': [{ S: secret({ Name: 'live' }) }] },
  nonCompliant: {
    'a value': { stacks: [{ S: secret({ SecretString: '{}' }) }], found: ['S Properties.SecretString'] },
    'a generated value': {
      stacks: [{ S: secret({ GenerateSecretString: {} }) }],
      found: ['S Properties.GenerateSecretString'],
    },
  },
});
