import { severities } from '../../estate/azure-content-filter';
import { type Block, blocks, isReference, providerDocs, type ResourceCheck, show } from './check';

/** Mistakes with the account and what is under it that azurerm 4.55.0 passes at validate and at plan. */
export const accountChecks: readonly ResourceCheck[] = [
  {
    type: 'azurerm_cognitive_account',
    source: 'https://learn.microsoft.com/azure/ai-services/cognitive-services-custom-subdomains',
    check: ({ custom_subdomain_name: name }) =>
      isReference(name) || /^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/.test(String(name ?? ''))
        ? undefined
        : `custom_subdomain_name must be set, in small letters: Entra tokens and private endpoints need it, got: ${show(name)}`,
  },
  {
    type: 'azurerm_cognitive_account',
    source: providerDocs('cognitive_account'),
    check: ({ local_auth_enabled: keys }) =>
      keys === false
        ? undefined
        : `local_auth_enabled must be false (the provider's default is true, and callers have identities), got: ${show(keys)}`,
  },
  {
    type: 'azurerm_cognitive_account',
    source: providerDocs('cognitive_account'),
    check: ({ public_network_access_enabled: open, network_acls: acls }) => {
      const allows = blocks(acls).some(({ default_action: action }) => action === 'Allow');
      return open === false && allows
        ? 'network_acls must deny by default while public access is off, got: default_action "Allow"'
        : undefined;
    },
  },
  {
    type: 'azurerm_cognitive_account',
    source: providerDocs('cognitive_account'),
    check: ({ public_network_access_enabled: open, network_acls: acls }) =>
      typeof open === 'boolean' && blocks(acls).every(({ default_action: action }) => typeof action === 'string')
        ? undefined
        : `public_network_access_enabled and network_acls.default_action must be written (both are open by default), got: ${show(open)} and ${show(acls)}`,
  },
  {
    type: 'azurerm_cognitive_account_rai_policy',
    source: 'https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter-configurability',
    check: ({ content_filter: filters }) => {
      const off = blocks(filters).find(({ filter_enabled: on, block_enabled: block }) => on !== true || block !== true);
      if (off)
        return `content_filter must filter and block (to switch one off needs Microsoft's approval), got: ${show(off)}`;
      const odd = blocks(filters).find(
        ({ severity_threshold: severity }) => !(severities as readonly unknown[]).includes(severity),
      );
      return odd && `content_filter.severity_threshold must be one of ${severities.join(', ')}, got: ${show(odd)}`;
    },
  },
  {
    type: 'azurerm_cognitive_deployment',
    source: providerDocs('cognitive_deployment'),
    check: ({ version_upgrade_option: option }) =>
      option === 'NoAutoUpgrade'
        ? undefined
        : `version_upgrade_option must be NoAutoUpgrade, or Azure moves a pinned version by itself, got: ${show(option)}`,
  },
  {
    type: 'azurerm_cognitive_deployment',
    source: providerDocs('cognitive_deployment'),
    check: ({ rai_policy_name: policy }) =>
      typeof policy === 'string'
        ? undefined
        : `rai_policy_name must be set, or every plan removes what the service answers, got: ${show(policy)}`,
  },
  {
    type: 'azurerm_cognitive_deployment',
    source: providerDocs('cognitive_deployment'),
    check: ({ sku }) =>
      blocks(sku).every(({ capacity }) => Number.isInteger(capacity))
        ? undefined
        : `sku.capacity must be written (the default is 1, a thousand tokens a minute), got: ${show(sku)}`,
  },
  {
    type: 'azurerm_cognitive_deployment',
    source: 'https://github.com/hashicorp/terraform-provider-azurerm/issues/22607',
    check: (resource, siblings) => {
      const waits = (deployment: Block) => show(deployment.depends_on).includes('azurerm_cognitive_deployment.');
      const atOnce = Object.values(siblings).filter(
        (sibling) => sibling.cognitive_account_id === resource.cognitive_account_id && !waits(sibling),
      );
      return atOnce.length > 1 && !waits(resource)
        ? `depends_on must name the deployment before it (all at once fail with 409), got: ${show(resource.depends_on)}`
        : undefined;
    },
  },
  {
    type: 'azurerm_management_lock',
    source: 'https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources',
    check: ({ lock_level: level, lifecycle }, _, { resource }) => {
      if (level !== 'CanNotDelete') {
        return `lock_level must be CanNotDelete (ReadOnly stops deployments and diagnostics too), got: ${show(level)}`;
      }
      const lifts = blocks(lifecycle).flatMap(({ replace_triggered_by: by }) => (Array.isArray(by) ? by : []));
      const covered = Object.keys(resource?.azurerm_cognitive_deployment ?? {});
      return lifts.length > 0 && covered.some((id) => lifts.includes(`azurerm_cognitive_deployment.${id}.id`))
        ? undefined
        : `lifecycle.replace_triggered_by must name the deployments, or none can be replaced under the lock, got: ${show(lifts)}`;
    },
  },
];
