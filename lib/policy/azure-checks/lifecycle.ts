import { blocks, type ResourceCheck, show } from './check';

/**
 * Types whose loss no other apply mends, and why. Their blocks refuse to be destroyed.
 */
const keptTypes: Readonly<Record<string, string>> = {
  azurerm_resource_group: 'everything goes with it, though a change of region plans only the group as replaced',
  azurerm_cognitive_account: 'host name and deployments go with it',
  azurerm_log_analytics_workspace: 'its logs exist nowhere else',
  azurerm_public_ip: 'the gateways of AWS name it',
};

export const lifecycleChecks: readonly ResourceCheck[] = Object.entries(keptTypes).map(([type, why]) => ({
  type,
  source: 'https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#prevent_destroy',
  check: ({ lifecycle }) =>
    blocks(lifecycle).some(({ prevent_destroy: prevent }) => prevent === true)
      ? undefined
      : `lifecycle.prevent_destroy must be true for what holds state (${why}), got: ${show(lifecycle)}`,
}));
