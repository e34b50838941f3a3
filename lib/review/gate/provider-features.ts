import { canonical } from '../compare/canonical';
import { isObject } from '../json';
import type { GateReason, GateRule, PropertyChange } from '../model';

interface Feature {
  /** Path below `features`. */
  readonly path: string;
  /** What the provider does where the block is silent. */
  readonly absent: boolean;
  /** The value under which data survives. */
  readonly safe: boolean;
  readonly rule: GateRule;
  readonly says: string;
}

const source = 'https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/guides/features-block';

const purge = (path: string, says: string, absent = true): Feature => ({
  path,
  absent,
  safe: false,
  rule: 'purge-on-destroy',
  says,
});

/** Features of azurerm that decide whether what is destroyed can be had back. Defaults: {@link source}. */
const features: readonly Feature[] = [
  purge('cognitive_account.purge_soft_delete_on_destroy', 'a destroyed account is purged and cannot be recovered'),
  purge('key_vault.purge_soft_delete_on_destroy', 'a destroyed vault is purged and cannot be recovered'),
  purge('key_vault.purge_soft_deleted_keys_on_destroy', 'a destroyed key is purged and cannot be recovered'),
  purge('key_vault.purge_soft_deleted_secrets_on_destroy', 'a destroyed secret is purged and cannot be recovered'),
  purge(
    'key_vault.purge_soft_deleted_certificates_on_destroy',
    'a destroyed certificate is purged and cannot be recovered',
  ),
  purge(
    'key_vault.purge_soft_deleted_hardware_security_modules_on_destroy',
    'a destroyed module is purged and cannot be recovered',
  ),
  purge('app_configuration.purge_soft_delete_on_destroy', 'a destroyed store is purged and cannot be recovered'),
  purge('api_management.purge_soft_delete_on_destroy', 'a destroyed service is purged and cannot be recovered'),
  purge(
    'machine_learning.purge_soft_deleted_workspace_on_destroy',
    'a destroyed workspace is purged and cannot be recovered',
    false,
  ),
  purge(
    'log_analytics_workspace.permanently_delete_on_destroy',
    'a destroyed workspace is deleted with its logs, for good',
    false,
  ),
  {
    path: 'resource_group.prevent_deletion_if_contains_resources',
    absent: true,
    safe: true,
    rule: 'protection-lost',
    says: 'a resource group is destroyed with resources in it that no state knows',
  },
];

/** What the feature flags of a provider block come to mean. */
export function providerReasons(
  { path, before, after }: PropertyChange,
  reason: (rule: GateRule, change: string, message: string, source?: string) => GateReason,
): readonly GateReason[] {
  const flags =
    path === 'provider.azurerm'
      ? features.flatMap((feature) => {
          const [was, is] = [flagIn(before, feature), flagIn(after, feature)];
          return was === feature.safe && is !== feature.safe
            ? [
                reason(
                  feature.rule,
                  `features.${feature.path}`,
                  `From now on, ${feature.says}: ${feature.path} was ${was} and is ${is}.`,
                  source,
                ),
              ]
            : [];
        })
      : [];
  const [was, is] = [targetsOf(before), targetsOf(after)];
  const moved = [...was].find(([alias, target]) => is.has(alias) && is.get(alias) !== target);
  return moved
    ? [
        ...flags,
        reason(
          'state-moved',
          path,
          `Provider ${path.slice('provider.'.length)} points elsewhere: what it manages is not found there.`,
        ),
      ]
    : flags;
}

function flagIn(blocks: unknown, { path, absent }: Feature): boolean {
  const main = (Array.isArray(blocks) ? blocks : []).find((block) => isObject(block) && block.alias === undefined);
  let value: unknown = isObject(main) ? main.features : undefined;
  for (const key of path.split('.')) {
    const block: unknown = Array.isArray(value) ? value[0] : value;
    value = isObject(block) ? block[key] : undefined;
  }
  return typeof value === 'boolean' ? value : absent;
}

const targetFields = [
  'subscription_id',
  'tenant_id',
  'environment',
  'region',
  'profile',
  'assume_role',
  'project',
  'host',
];

/** What says where a provider's resources are, by alias. */
const targetsOf = (blocks: unknown): ReadonlyMap<string, string> =>
  new Map(
    (Array.isArray(blocks) ? blocks : [])
      .filter(isObject)
      .map((block) => [String(block.alias ?? ''), canonical(targetFields.map((field) => block[field]))]),
  );
