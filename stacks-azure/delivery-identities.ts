import type { DataAzurermClientConfig } from '@cdktf/provider-azurerm/lib/data-azurerm-client-config';
import { FederatedIdentityCredential } from '@cdktf/provider-azurerm/lib/federated-identity-credential';
import { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import { RoleAssignment } from '@cdktf/provider-azurerm/lib/role-assignment';
import { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity';
import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import type { AzureSettings } from '../lib/estate/azure-settings';
import { type Deliverer, deliveryEnvironments, environmentSubject, githubIssuer } from '../lib/estate/delivery';
import { tokenExchange } from '../lib/estate/hybrid';

export interface DeliveryIdentitiesProps {
  readonly settings: AzureSettings;
  readonly delivery: Deliverer;
  /** The estate's group, which the pipeline manages. */
  readonly resourceGroup: ResourceGroup;
  readonly client: DataAzurermClientConfig;
}

/** Role that the stack gives to callers, 5e0bd9bd-7b93-4f28-af87-19fc36ad61bd, and the only one that the pipeline may give. */
const callerRoleId = '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd';

/**
 * Limits who may be given what: callers' role to service principals, and nothing else.
 * Source: https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples
 */
const onlyCallers = ['write:Request', 'delete:Resource']
  .map((part) => {
    const [verb = '', side = ''] = part.split(':');
    const attribute = `@${side}[Microsoft.Authorization/roleAssignments`;
    return (
      `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${verb}'})) OR ` +
      `(${attribute}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${callerRoleId}} AND ` +
      `${attribute}:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))`
    );
  })
  .join(' AND ');

/**
 * The pipeline's two identities. Entra matches the whole subject, so each trusts one environment of the repository.
 *
 * They stand in a group of their own that neither of them may write: an identity that can change its own trust trusts
 * whom it likes. An administrator applies this part.
 */
export class DeliveryIdentities extends Construct {
  constructor(scope: Construct, id: string, props: DeliveryIdentitiesProps) {
    super(scope, id);
    const { settings, delivery, resourceGroup } = props;
    const group = new ResourceGroup(this, 'group', {
      name: `${settings.namePrefix}-delivery-rg`,
      location: settings.location,
      tags: settings.tags,
      lifecycle: { preventDestroy: true },
    });
    const planner = this.identity(
      props,
      group,
      'planner',
      environmentSubject(delivery, deliveryEnvironments.azurePlan),
    );
    const applier = this.identity(
      props,
      group,
      'applier',
      environmentSubject(delivery, deliveryEnvironments.azureApply),
    );

    for (const [who, identity] of [
      ['planner', planner],
      ['applier', applier],
    ] as const) {
      this.assign(`${who}-reads-identities`, identity, group.id, 'Reader');
      const state = stateContainer(props);
      // A plan takes the lock on the state too, and a lock is a write.
      if (state !== undefined) this.assign(`${who}-state`, identity, state, 'Storage Blob Data Contributor');
    }
    this.assign('planner-reads', planner, resourceGroup.id, 'Reader');
    this.assign('applier-manages', applier, resourceGroup.id, 'Contributor');
    this.assign('applier-locks', applier, resourceGroup.id, 'Locks Contributor');
    this.assign(
      'applier-admits-callers',
      applier,
      resourceGroup.id,
      'Role Based Access Control Administrator',
      onlyCallers,
    );

    for (const [name, identity] of [
      ['delivery_planner_client_id', planner],
      ['delivery_applier_client_id', applier],
    ] as const) {
      new TerraformOutput(scope, name, {
        value: identity.clientId,
        description: 'AZURE_CLIENT_ID of the environment in the GitHub repository',
      });
    }
  }

  private identity(
    { settings }: DeliveryIdentitiesProps,
    group: ResourceGroup,
    who: string,
    subject: string,
  ): UserAssignedIdentity {
    const identity = new UserAssignedIdentity(this, who, {
      name: `${settings.namePrefix}-delivery-${who}`,
      resourceGroupName: group.name,
      location: group.location,
      tags: settings.tags,
    });
    new FederatedIdentityCredential(this, `${who}-github`, {
      name: 'github',
      resourceGroupName: group.name,
      parentId: identity.id,
      issuer: `https://${githubIssuer}`,
      subject,
      audience: [tokenExchange.audience],
    });
    return identity;
  }

  private assign(
    id: string,
    identity: UserAssignedIdentity,
    scope: string,
    roleDefinitionName: string,
    condition?: string,
  ): void {
    new RoleAssignment(this, id, {
      scope,
      roleDefinitionName,
      principalId: identity.principalId,
      principalType: 'ServicePrincipal',
      description: 'Pipeline of the estate',
      ...(condition !== undefined && { condition, conditionVersion: '2.0' }),
    });
  }
}

/** Resource id of the container with the state, where a team shares it. */
function stateContainer({ settings: { backend }, client }: DeliveryIdentitiesProps): string | undefined {
  if (backend.kind !== 'azurerm') return undefined;
  return (
    `/subscriptions/${client.subscriptionId}/resourceGroups/${backend.resourceGroupName}/providers/Microsoft.Storage` +
    `/storageAccounts/${backend.storageAccountName}/blobServices/default/containers/${backend.containerName}`
  );
}
