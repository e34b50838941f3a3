import { checkAzureTerraform } from '../../../lib/policy/azure-terraform';
import { type Synthesized, synthesize } from './synthesize';

const good = synthesize();

/** The default output with one value changed; `undefined` removes it. */
function broken(path: readonly (string | number)[], value: unknown): Synthesized {
  const copy = structuredClone(good);
  const parent = path.slice(0, -1).reduce((node, key) => Reflect.get(node, key), copy as object);
  const last = path.at(-1) ?? '';
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else Reflect.set(parent, last, value);
  return copy;
}

const account = ['resource', 'azurerm_cognitive_account', 'account_openai'];
const second = ['resource', 'azurerm_cognitive_deployment', 'deployments_standard'];
const endpoint = ['resource', 'azurerm_private_endpoint', 'network_endpoint', 'private_service_connection'];
const diagnostics = ['resource', 'azurerm_monitor_diagnostic_setting', 'monitoring_openai-to-logs'];
const features = ['provider', 'azurerm', 0, 'features', 0];

test('what the stack makes is free of mistakes', () => {
  expect(checkAzureTerraform(good)).toEqual([]);
});

test.each<[path: (string | number)[], value: unknown, problem: string]>([
  [[...endpoint, 'subresource_names'], ['openai'], 'subresource_names must be ["account"]'],
  [[...endpoint, 'request_message'], 'please', 'request_message belongs to a manual connection'],
  [
    ['resource', 'azurerm_private_dns_zone', 'network_zone', 'name'],
    'openai.azure.com',
    'privatelink.openai.azure.com',
  ],
  [
    ['resource', 'azurerm_subnet', 'network_endpoints', 'default_outbound_access_enabled'],
    undefined,
    'default_outbound_access_enabled must be false',
  ],
  [[...account, 'local_auth_enabled'], undefined, 'local_auth_enabled must be false'],
  [[...account, 'public_network_access_enabled'], false, 'network_acls must deny by default'],
  [[...account, 'lifecycle'], undefined, 'azurerm_cognitive_account.account_openai: lifecycle.prevent_destroy'],
  [['resource', 'azurerm_resource_group', 'group', 'lifecycle'], undefined, 'azurerm_resource_group.group: lifecycle'],
  [
    ['resource', 'azurerm_log_analytics_workspace', 'monitoring_logs', 'lifecycle', 'prevent_destroy'],
    false,
    'azurerm_log_analytics_workspace.monitoring_logs: lifecycle',
  ],
  [[...second, 'version_upgrade_option'], undefined, 'version_upgrade_option must be NoAutoUpgrade'],
  [[...second, 'depends_on'], undefined, 'depends_on must name the deployment before it'],
  [[...diagnostics, 'enabled_log'], [{ category: 'AuditLogs' }], 'unknown category, got: "AuditLogs"'],
  [['provider', 'azurerm', 0, 'resource_provider_registrations'], undefined, 'resource_provider_registrations must be'],
  [[...features, 'cognitive_account'], undefined, 'purge_soft_delete_on_destroy must be false'],
  [[...features, 'cognitive_account', 0, 'purge_soft_delete_on_destroy'], true, 'purge_soft_delete_on_destroy must be'],
])('%j set to %j is reported', (path, value, problem) => {
  const problems = checkAzureTerraform(broken(path, value));
  expect(problems.join('\n')).toContain(problem);
  for (const text of problems) expect(text).toContain('Rule: ');
});

test('diagnostics with no category at all are reported', () => {
  const json = broken([...diagnostics, 'enabled_log'], undefined);
  Reflect.deleteProperty(
    json.resource.azurerm_monitor_diagnostic_setting?.['monitoring_openai-to-logs'] ?? {},
    'enabled_metric',
  );
  expect(checkAzureTerraform(json)).toEqual([expect.stringContaining('must name a category')]);
});

test('deployments of two accounts need not wait for one another', () => {
  const json = broken([...second, 'depends_on'], undefined);
  Reflect.set(
    json.resource.azurerm_cognitive_deployment?.deployments_standard ?? {},
    'cognitive_account_id',
    'another',
  );
  expect(checkAzureTerraform(json)).toEqual([]);
});
