import type { CognitiveAccount } from '@cdktf/provider-azurerm/lib/cognitive-account';
import { ManagementLock } from '@cdktf/provider-azurerm/lib/management-lock';
import type { TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';
import { type AzureRegion, type AzureSettings, regionNames } from '../lib/estate/azure-settings';

export interface LockProps {
  readonly settings: AzureSettings;
  readonly region: AzureRegion;
  readonly account: CognitiveAccount;
  /** Everything under the account, which the lock covers too. */
  readonly children: readonly TerraformResource[];
}

/**
 * Keeps everybody from deleting the account, in the portal as well.
 *
 * A lock holds for what is under the account, so a tier could not move to another model: its deployment is replaced.
 * Hence the lock is replaced with whatever is replaced under it, and Terraform then lifts it first and sets it again
 * last. What only goes, with nothing in its place, needs `azure.lock` off for one apply.
 */
export function lockAccount(scope: Construct, { settings, region, account, children }: LockProps): void {
  if (!settings.lock) return;
  new ManagementLock(scope, 'lock', {
    name: regionNames(settings, region).lock,
    scope: account.id,
    lockLevel: 'CanNotDelete',
    notes: 'Host name and deployments go with the account. Lift it with azure.lock in the settings file.',
    dependsOn: [...children],
    lifecycle: {
      // The id, not the resource: a change in place, such as of capacity, leaves the lock alone.
      replaceTriggeredBy: children.map((child) => `${child.terraformResourceType}.${child.friendlyUniqueId}.id`),
    },
  });
}
