import { deliveryNames, isDeliverer } from '../estate/delivery';
import {
  azureApplyPermissions,
  azurePlanPermissions,
  deployPermissions,
  type Permission,
  planPermissions,
  preparePermissions,
  readOnlyManagedPolicies,
} from '../estate/delivery-permissions';
import { executionPermissions, workloadBoundary } from '../estate/execution-permissions';
import type { AccountSettings } from '../estate/settings';
import type { Acknowledgement } from './acknowledgements';

/** Only denials name the key beside wildcards, and those are no finding. */
const keyArn = '';
const finding = (text: string): string => `AwsSolutions::AwsSolutions-${text}`;

/** Wildcards of the pipeline's own policies: each statement of them says itself why it is as wide as it is. */
export function deliveryRows(settings: AccountSettings): readonly Acknowledgement[] {
  if (!isDeliverer(settings.delivery)) return [];
  const documents: Readonly<Record<string, readonly Permission[]>> = {
    PolicyHuntazeCloudformationExecution: executionPermissions(settings, keyArn),
    PolicyHuntazeWorkloadBoundary: workloadBoundary(settings, keyArn),
    RoleHuntazeDeliveryPlan: planPermissions(settings, keyArn),
    RoleHuntazeDeliveryPrepare: preparePermissions(settings, keyArn),
    RoleHuntazeDeliveryDeploy: deployPermissions(settings, keyArn),
    RoleHuntazeDeliveryAzurePlan: azurePlanPermissions(settings, keyArn),
    RoleHuntazeDeliveryAzureApply: azureApplyPermissions(settings, keyArn),
  };
  const stack = deliveryNames.stackName;
  return [
    {
      finding: finding('S1'),
      stack,
      resources: ['BucketHuntazeDelivery'],
      reason: 'No bucket of the account keeps server access logs; CloudTrail records writes to them.',
      remedy: 'one log bucket in the storage stack, named by each bucket.',
    },
    ...readOnlyManagedPolicies.map((policy) => ({
      finding: finding(`IAM4[Policy::arn:aws:iam::aws:policy/${policy}]`),
      stack,
      resources: ['RoleHuntazeDeliveryPlan', 'RoleHuntazeDeliveryDeploy'],
      reason: 'AWS keeps the list of calls that look at configuration; reads of data and secrets are denied beside it.',
    })),
    ...Object.entries(documents).flatMap(([logicalId, permissions]) => wildcardRows(stack, logicalId, permissions)),
  ];
}

/** One row for each wildcard of a document, however many statements share it. */
function wildcardRows(stack: string, logicalId: string, permissions: readonly Permission[]): Acknowledgement[] {
  const reasons = new Map<string, string>();
  for (const { effect = 'Allow', actions, resources = [], reason } of permissions) {
    if (effect === 'Deny') continue;
    for (const action of actions) if (action.includes('*')) reasons.set(`IAM5[Action::${action}]`, reason);
    for (const resource of resources) if (resource.includes('*')) reasons.set(`IAM5[Resource::${resource}]`, reason);
  }
  return [...reasons].map(([id, reason]) => ({ finding: finding(id), stack, resources: [logicalId], reason }));
}
