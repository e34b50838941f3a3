import {
  changed,
  encryptionWeakened,
  type Judgement,
  lostOrChanged,
  majorVersion,
  shortened,
  switchedOff,
  switchedOn,
} from './judgements';
import type { LeafRule } from './rules-aws';

const never: Judgement = () => false;

const docs = (page: string): string =>
  `https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/resources/${page}`;

/** Arguments of azurerm that protect or hold data; exact rows before general ones. */
export const azureLeafRules: readonly LeafRule[] = [
  { rule: 'data-destroyed', path: /^tags\b/, judgement: never, says: '' },
  {
    rule: 'data-destroyed',
    types: ['azurerm_log_analytics_workspace'],
    path: /^retention_in_days$/,
    judgement: shortened(30),
    says: 'keeps logs for a shorter time: older ones are deleted',
    source: docs('log_analytics_workspace'),
  },
  {
    rule: 'data-destroyed',
    types: ['azurerm_log_analytics_workspace'],
    path: /^immediate_data_purge_on_30_days_enabled$/,
    judgement: switchedOn(),
    says: 'deletes logs after thirty days with no grace',
    source: docs('log_analytics_workspace'),
  },
  {
    rule: 'data-destroyed',
    types: ['azurerm_application_insights'],
    path: /^retention_in_days$/,
    judgement: shortened(90),
    says: 'keeps telemetry for a shorter time: older is deleted',
    source: docs('application_insights'),
  },
  {
    rule: 'protection-lost',
    path: /delete_retention_policy\.(\d+\.)?days$/,
    judgement: shortened(7),
    says: 'keeps deleted blobs for a shorter time',
    source: docs('storage_account'),
  },
  {
    rule: 'protection-lost',
    path: /^(soft_delete_retention_days|soft_delete_retention_in_days)$/,
    judgement: shortened(90),
    says: 'keeps what is deleted for a shorter time',
  },
  {
    rule: 'protection-lost',
    path: /^backup_retention_days$/,
    judgement: shortened(7),
    says: 'keeps backups for a shorter time',
  },
  {
    rule: 'protection-lost',
    path: /(^|\.)(versioning_enabled|change_feed_enabled|last_access_time_enabled|purge_protection_enabled|soft_delete_enabled|geo_redundant_backup_enabled|geo_backup_enabled|cross_region_restore_enabled|deletion_protection_enabled|restore_policy\..*|immutability_policy\..*|trust_policy_enabled)$/,
    judgement: (before, after) =>
      /^(true|false)$/.test(String(before ?? after)) ? switchedOff()(before, after) : lostOrChanged(before, after),
    says: 'loses a protection of what it holds',
  },
  {
    rule: 'protection-lost',
    path: /(^|\.)(short_term_retention_policy|long_term_retention_policy|threat_detection_policy|backup)\..*/,
    judgement: (before, after) =>
      Number.isNaN(Number(before ?? after)) ? lostOrChanged(before, after) : shortened(0)(before, after),
    says: 'keeps fewer backups',
  },
  {
    rule: 'data-destroyed',
    path: /(^|\.)(administrator_password|administrator_login_password|administrator_password_wo_version|value|value_wo_version|shared_key|primary_key)$/,
    types: ['azurerm_postgresql_flexible_server', 'azurerm_mssql_server', 'azurerm_key_vault_secret'],
    judgement: changed,
    says: 'gets another secret: whoever holds the present one is locked out',
  },
  {
    rule: 'data-destroyed',
    types: ['azurerm_postgresql_flexible_server', 'azurerm_mssql_server', 'azurerm_redis_cache'],
    path: /^(version|redis_version)$/,
    judgement: majorVersion,
    says: 'moves to another major version',
  },
  {
    rule: 'data-destroyed',
    types: ['azurerm_servicebus_namespace', 'azurerm_servicebus_queue'],
    path: /^default_message_ttl$/,
    judgement: changed,
    says: 'lets messages expire at another time',
  },
  {
    rule: 'data-destroyed',
    types: ['azurerm_cosmosdb_sql_container'],
    path: /^(default_ttl|analytical_storage_ttl)$/,
    judgement: changed,
    says: 'lets items expire at another time',
  },
  {
    rule: 'data-destroyed',
    types: ['azurerm_container_registry'],
    path: /^retention_policy_in_days$/,
    judgement: shortened(),
    says: 'deletes untagged images sooner',
  },
  {
    rule: 'snapshot-source',
    path: /^(create_mode|source_server_id|source_resource_id|point_in_time_restore_time_in_utc|restore_point_in_time|recover_database_id|restore_dropped_database_id|creation_source_database_id|source_uri|restore)(\.|$)/,
    judgement: changed,
    says: 'is restored from another source',
  },
  {
    rule: 'encryption-weakened',
    path: /(^|\.)(customer_managed_key|encryption|encryption_settings|disk_encryption_set_id|secure_vm_disk_encryption_set_id|key_vault_key_id|key_vault_key_identifier|managed_hsm_key_id|infrastructure_encryption_enabled|transparent_data_encryption_enabled|transparent_data_encryption_key_vault_key_id|cmk_for_query_forced|queue_encryption_key_type|table_encryption_key_type|require_infrastructure_encryption|non_ssl_port_enabled)(\.|$)/,
    judgement: (before, after) => encryptionWeakened(before, after),
    says: 'is encrypted with less, or with another key',
  },
  {
    rule: 'data-destroyed',
    path: /retention(_in)?(_days|_hours|_minutes)?$|retention_period$/,
    judgement: shortened(),
    says: 'may keep what it holds for a shorter time',
  },
];
