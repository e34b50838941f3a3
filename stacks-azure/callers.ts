import type { CognitiveAccount } from '@cdktf/provider-azurerm/lib/cognitive-account';
import { FederatedIdentityCredential } from '@cdktf/provider-azurerm/lib/federated-identity-credential';
import type { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import { RoleAssignment } from '@cdktf/provider-azurerm/lib/role-assignment';
import { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity';
import { Construct } from 'constructs';
import { type AzureEstate, credentialName } from '../lib/estate/azure-estate';
import { azureNames } from '../lib/estate/azure-settings';
import { tokenExchange } from '../lib/estate/hybrid';

export interface CallersProps {
  readonly estate: AzureEstate;
  readonly resourceGroup: ResourceGroup;
}

/** Built-in role that may call a model and nothing else, 5e0bd9bd-7b93-4f28-af87-19fc36ad61bd. */
const callerRole = 'Cognitive Services OpenAI User';

/**
 * The identity as which AWS calls. It trusts the tokens that AWS signs for exactly the roles that call; it has no
 * secret, so none can leak.
 *
 * Without an issuer it trusts nobody yet: AWS gives the issuer when outbound federation is switched on.
 */
export class Callers extends Construct {
  readonly identity: UserAssignedIdentity;

  constructor(scope: Construct, id: string, { estate, resourceGroup }: CallersProps) {
    super(scope, id);
    this.identity = new UserAssignedIdentity(this, 'identity', {
      name: azureNames(estate.settings).callers,
      resourceGroupName: resourceGroup.name,
      location: resourceGroup.location,
      tags: estate.settings.tags,
    });
    if (estate.issuer === undefined) return;
    // Azure writes the credentials of one identity one after the other.
    let before: FederatedIdentityCredential[] = [];
    for (const caller of estate.callers) {
      const name = credentialName(caller);
      const credential = new FederatedIdentityCredential(this, name, {
        name,
        resourceGroupName: resourceGroup.name,
        parentId: this.identity.id,
        issuer: estate.issuer,
        subject: caller.subject,
        audience: [tokenExchange.audience],
        dependsOn: before,
      });
      before = [credential];
    }
  }

  /** Lets the callers use the deployments of an account. */
  admit(scope: Construct, id: string, account: CognitiveAccount): RoleAssignment {
    return new RoleAssignment(scope, id, {
      scope: account.id,
      roleDefinitionName: callerRole,
      principalId: this.identity.principalId,
      // Without the type, Azure looks the principal up, and does not find one that is seconds old.
      principalType: 'ServicePrincipal',
      description: 'Roles on AWS call the deployments',
    });
  }
}
