import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { retainState } from '../lib/constructs/stateful';
import type { AccountSettings } from '../lib/estate/settings';
import { secrets } from '../lib/estate/support';
import { EstateStack } from './estate-stack';

/**
 * Secrets, without their values: a template that held one would write it again over the live one at a later edit.
 *
 * A stack of its own, because the data stack reads the master password when it creates a database: somebody puts the
 * value in between the two.
 */
export class SecretsStack extends EstateStack {
  constructor(scope: Construct, id: string, props: { readonly settings: AccountSettings }) {
    super(scope, id, 'secrets', { ...props, description: 'Huntaze estate: secrets, without their values' });
    for (const row of secrets) {
      const secret = new CfnSecret(this, row.name, { name: row.name, description: row.purpose });
      retainState(secret, 'Secret', row.name);
    }
  }
}
