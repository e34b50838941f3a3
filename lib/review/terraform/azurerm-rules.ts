/** Whether a change forces a new resource, for one argument that the provider decides on in code. */
type Rule = (before: unknown, after: unknown) => boolean;

const set = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
const lower = (value: unknown): string => String(value ?? '').toLowerCase();
const switchedOff: Rule = (before, after) => before === true && after !== true;
const takenAway: Rule = (before, after) => set(before) && !set(after);

const logAnalyticsSkuKept = new Set(['capacityreservation>pergb2018', 'pergb2018>capacityreservation']);
const zoneRedundant = new Set(['ZRS', 'GZRS', 'RAGZRS']);
const redisWeight: Readonly<Record<string, number>> = { basic: 1, standard: 2, premium: 3 };

/**
 * Rules that azurerm 4.55.0 holds in CustomizeDiff, where the schema does not say that an argument forces a new
 * resource. Written by hand from the files that azurerm.json names. What is listed there and has no rule here counts
 * as "may replace".
 */
export const azurermRules: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  azurerm_cognitive_account: {
    custom_subdomain_name: set,
    // Only while the account manages projects; the gate need not know, taking the key away closes it anyway.
    customer_managed_key: takenAway,
    project_management_enabled: switchedOff,
  },
  azurerm_cosmosdb_account: {
    analytical_storage_enabled: switchedOff,
    'backup.type': (before, after) => before === 'Continuous' && after === 'Periodic',
  },
  azurerm_cosmosdb_sql_container: {
    analytical_storage_ttl: (before, after) => set(before) && Number(before) !== 0 && Number(after ?? 0) === 0,
    partition_key_version: (before, after) => set(before) || after !== 1,
  },
  azurerm_key_vault_key: { expiration_date: takenAway },
  azurerm_log_analytics_workspace: {
    // A workspace that a cluster holds keeps its SKU whatever the configuration says: left out of the exceptions.
    sku: (before, after) => !logAnalyticsSkuKept.has(`${lower(before ?? 'PerGB2018')}>${lower(after ?? 'PerGB2018')}`),
  },
  azurerm_managed_disk: { encryption_settings: takenAway },
  azurerm_mssql_database: {
    sku_name: (before, after) => String(before).startsWith('HS') && !String(after).startsWith('HS'),
    enclave_type: takenAway,
  },
  azurerm_postgresql_flexible_server: {
    version: (before, after) => Number(before) > Number(after),
    administrator_login: set,
    storage_mb: (before, after) => Number(after) > 0 && Number(before) > Number(after),
  },
  azurerm_public_ip: { domain_name_label_scope: (before, after) => set(before) || !set(after) },
  azurerm_recovery_services_vault: {
    cross_region_restore_enabled: switchedOff,
    immutability: (before) => before === 'Locked',
  },
  azurerm_redis_cache: {
    sku_name: (before, after) => (redisWeight[lower(before)] ?? 0) > (redisWeight[lower(after)] ?? 0),
  },
  azurerm_servicebus_namespace: {
    customer_managed_key: takenAway,
    sku: (before, after) => lower(before) === 'premium' || lower(after) === 'premium',
  },
  azurerm_storage_account: {
    account_kind: (before, after) => before !== 'Storage' && after !== 'StorageV2',
    large_file_share_enabled: switchedOff,
    account_replication_type: (before, after) =>
      zoneRedundant.has(String(before).toUpperCase()) !== zoneRedundant.has(String(after).toUpperCase()),
    'immutability_policy.state': (before) => before === 'Locked',
  },
};
