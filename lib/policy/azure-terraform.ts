import { privateDnsZoneName } from '../estate/azure-settings';
import { knownLogCategories } from './azure';

/** A block of the synthesized Terraform JSON. */
type Block = Readonly<Record<string, unknown>>;

/** Synthesized Terraform JSON, as far as the checks read it. */
export interface TerraformJson {
  readonly provider?: Readonly<Record<string, readonly Block[]>>;
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
}

interface ResourceCheck {
  /** Terraform type that the check looks at. */
  readonly type: string;
  /** Where the rule is written down. */
  readonly source: string;
  /** Says what is wrong and what to do, without the address; undefined when all is well. */
  readonly check: (resource: Block, siblings: Readonly<Record<string, Block>>) => string | undefined;
}

const providerDocs = (page: string): string =>
  `https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/resources/${page}`;

const blocks = (value: unknown): readonly Block[] =>
  (Array.isArray(value) ? value : [value]).filter((item): item is Block => typeof item === 'object' && item !== null);

const show = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

/**
 * Mistakes that azurerm 4.55.0 passes at validate and at plan, and ours to make: unlike the settings, they are written
 * in code. A value that is a reference is not judged where only Azure knows it.
 */
const checks: readonly ResourceCheck[] = [
  {
    type: 'azurerm_private_endpoint',
    source: 'https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource',
    check: (resource) => {
      const wrong = blocks(resource.private_service_connection).find(
        ({ subresource_names: names }) => show(names) !== '["account"]',
      );
      return wrong && `subresource_names must be ["account"] for Azure OpenAI, got: ${show(wrong.subresource_names)}`;
    },
  },
  {
    type: 'azurerm_private_endpoint',
    source: providerDocs('private_endpoint'),
    check: (resource) =>
      blocks(resource.private_service_connection).some(
        (connection) => connection.is_manual_connection === false && connection.request_message !== undefined,
      )
        ? 'request_message belongs to a manual connection only: remove it'
        : undefined,
  },
  {
    type: 'azurerm_private_dns_zone',
    source: 'https://learn.microsoft.com/azure/private-link/private-endpoint-dns',
    check: ({ name }) =>
      name === privateDnsZoneName ? undefined : `name must be ${privateDnsZoneName}, got: ${show(name)}`,
  },
  {
    type: 'azurerm_subnet',
    source: 'https://learn.microsoft.com/azure/virtual-network/ip-services/default-outbound-access',
    check: ({ default_outbound_access_enabled: outbound }) =>
      outbound === false
        ? undefined
        : `default_outbound_access_enabled must be false (the provider's default is true), got: ${show(outbound)}`,
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
    type: 'azurerm_cognitive_deployment',
    source: providerDocs('cognitive_deployment'),
    check: ({ version_upgrade_option: option }) =>
      option === 'NoAutoUpgrade'
        ? undefined
        : `version_upgrade_option must be NoAutoUpgrade, or Azure moves a pinned version by itself, got: ${show(option)}`,
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
    type: 'azurerm_monitor_diagnostic_setting',
    source: providerDocs('monitor_diagnostic_setting'),
    check: ({ enabled_log: logs, enabled_metric: metrics }) =>
      blocks(logs).length + blocks(metrics).length > 0
        ? undefined
        : 'enabled_log or enabled_metric must name a category, got: none',
  },
  {
    type: 'azurerm_monitor_diagnostic_setting',
    source: 'lib/policy/azure.ts, knownLogCategories',
    check: ({ enabled_log: logs }) => {
      const unknown = blocks(logs).find(({ category }) => !knownLogCategories.includes(String(category)));
      return unknown && `enabled_log has an unknown category, got: ${show(unknown.category)}`;
    },
  },
  // Their loss is not mended by another apply: a new host name or group takes everything with it, and logs are gone.
  ...['azurerm_resource_group', 'azurerm_cognitive_account', 'azurerm_log_analytics_workspace'].map((type) => ({
    type,
    source: 'https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#prevent_destroy',
    check: ({ lifecycle }: Block) =>
      blocks(lifecycle).some(({ prevent_destroy: prevent }) => prevent === true)
        ? undefined
        : `lifecycle.prevent_destroy must be true for what holds state, got: ${show(lifecycle)}`,
  })),
];

/**
 * Every mistake in synthesized Terraform JSON that neither validate nor plan would report.
 *
 * @returns one sentence per mistake, beginning with the resource's address
 */
export function checkAzureTerraform(json: TerraformJson): readonly string[] {
  const inResources = checks.flatMap(({ type, source, check }) => {
    const siblings = json.resource?.[type] ?? {};
    return Object.entries(siblings).flatMap(([id, resource]) => {
      const problem = check(resource, siblings);
      return problem ? [`${type}.${id}: ${problem}. Rule: ${source}`] : [];
    });
  });
  return [...inResources, ...(json.provider?.azurerm ?? []).flatMap(checkProvider)];
}

function checkProvider(provider: Block): readonly string[] {
  const source = 'https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs';
  const purges = blocks(provider.features)
    .flatMap((features) => blocks(features.cognitive_account))
    .every(({ purge_soft_delete_on_destroy: purge }) => purge === false);
  const declared = blocks(provider.features).some((features) => features.cognitive_account !== undefined);
  return [
    ...(provider.resource_provider_registrations === 'none'
      ? []
      : [
          'provider.azurerm: resource_provider_registrations must be none (by default a plan writes to the ' +
            `subscription), got: ${show(provider.resource_provider_registrations)}. Rule: ${source}`,
        ]),
    ...(declared && purges
      ? []
      : [
          'provider.azurerm: features.cognitive_account.purge_soft_delete_on_destroy must be false (by default a ' +
            `destroyed account cannot be recovered), got: ${show(provider.features)}. Rule: ${source}/guides/features-block`,
        ]),
  ];
}
