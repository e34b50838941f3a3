import { checkAzureTerraform } from '../../../lib/policy/azure-terraform';
import { federated, links, ownFilter, type Synthesized, synthesize } from './synthesize';

const good = synthesize({ ...ownFilter, connectivity: { link: links.connected } }, federated);

/** An output with every kind of resource, and one value changed; `undefined` removes it. */
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
const endpoint = ['resource', 'azurerm_private_endpoint', 'private-endpoint', 'private_service_connection'];
const diagnostics = ['resource', 'azurerm_monitor_diagnostic_setting', 'openai-to-logs'];
const lock = ['resource', 'azurerm_management_lock', 'lock'];
const filters = ['resource', 'azurerm_cognitive_account_rai_policy', 'content-filter', 'content_filter', 0];
const gateway = ['resource', 'azurerm_virtual_network_gateway', 'link_gateway'];
const address = ['resource', 'azurerm_public_ip', 'link_address-0'];
const peer = ['resource', 'azurerm_local_network_gateway', 'link_peer-aws-instance-0-tunnel-1'];
const tunnel = ['resource', 'azurerm_virtual_network_gateway_connection', 'link_aws-instance-0-tunnel-1'];
const credential = ['resource', 'azurerm_federated_identity_credential', 'callers_aws-ecsTaskRole-ai-summarizer-use1'];
const role = ['resource', 'azurerm_role_assignment', 'callers-role'];
const alert = ['resource', 'azurerm_monitor_metric_alert', 'alert-server-errors'];
const twoCriteria = ['resource', 'azurerm_monitor_metric_alert', 'alert-availability-fast', 'criteria'];
const group = ['resource', 'azurerm_monitor_action_group', 'monitoring_action-group'];
const insights = ['resource', 'azurerm_application_insights', 'monitoring_insights'];
const budget = ['resource', 'azurerm_consumption_budget_resource_group', 'monitoring_budget'];
const workbook = ['resource', 'azurerm_application_insights_workbook', 'workbook'];
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
  [[...account, 'custom_subdomain_name'], 'Huntaze', 'custom_subdomain_name must be set, in small letters'],
  [[...account, 'custom_subdomain_name'], undefined, 'custom_subdomain_name must be set'],
  [[...account, 'public_network_access_enabled'], undefined, 'must be written (both are open by default)'],
  [[...account, 'network_acls', 'default_action'], undefined, 'must be written (both are open by default)'],
  [[...second, 'sku', 'capacity'], undefined, 'sku.capacity must be written'],
  [[...filters, 'block_enabled'], false, 'content_filter must filter and block'],
  [[...filters, 'severity_threshold'], 'None', 'severity_threshold must be one of Low, Medium, High'],
  [[...second, 'rai_policy_name'], undefined, 'rai_policy_name must be set'],
  [[...lock, 'lock_level'], 'ReadOnly', 'lock_level must be CanNotDelete'],
  [[...lock, 'lifecycle'], undefined, 'replace_triggered_by must name the deployments'],
  [['resource', 'azurerm_subnet', 'link_subnet', 'name'], 'gateway', 'a subnet named GatewaySubnet, got: "gateway"'],
  [[...gateway, 'active_active'], false, 'ip_configuration must appear 1 time(s)'],
  [
    [...gateway, 'bgp_settings', 'peering_addresses', 0, 'apipa_addresses'],
    ['169.254.20.2'],
    'apipa_addresses must lie',
  ],
  [[...address, 'allocation_method'], 'Dynamic', 'must be Standard and Static'],
  [[...address, 'sku'], 'Basic', 'must be Standard and Static'],
  [[...address, 'zones'], undefined, 'zones must name two or more'],
  [[...address, 'lifecycle'], undefined, 'azurerm_public_ip.link_address-0: lifecycle.prevent_destroy'],
  [[...peer, 'gateway_address'], '', 'gateway_address must be set'],
  [[...peer, 'bgp_settings'], undefined, 'address_space or bgp_settings must be set'],
  [[...tunnel, 'shared_key'], 'a-key-in-the-repository', 'shared_key must come from a variable'],
  [[...tunnel, 'shared_key'], undefined, 'shared_key must come from a variable'],
  [[...credential, 'audience'], ['sts.amazonaws.com'], 'audience must be ["api://AzureADTokenExchange"]'],
  [[...credential, 'issuer'], 'https://sts.amazonaws.com/', 'with no slash at its end'],
  [[...credential, 'issuer'], 'http://sts.amazonaws.com', 'issuer must be the https address'],
  [[...credential, 'subject'], 'arn:aws:iam::317805897534:role/*', 'subject must be exact'],
  [[...credential, 'depends_on'], [], 'depends_on must name the credential before it'],
  [[...role, 'role_definition_name'], 'Cognitive Services OpenAI Users', 'no role that this stack gives'],
  [[...role, 'principal_type'], undefined, 'principal_type must be ServicePrincipal'],
  [
    [...alert, 'criteria', 0, 'metric_name'],
    'TotalCalls',
    'a metric of Microsoft.CognitiveServices/accounts that is meant',
  ],
  [[...alert, 'criteria', 0, 'metric_namespace'], 'microsoft.cognitiveservices', 'criteria must name a metric'],
  [[...alert, 'criteria', 0, 'metric_name'], 'AzureOpenAIAvailabilityRate', 'does not have, got: "StatusCode"'],
  [
    [...twoCriteria, 0, 'dimension'],
    [{ name: 'ModelDeploymentName', operator: 'Include', values: ['a', 'b'] }],
    'one value per dimension',
  ],
  [[...alert, 'frequency'], 'PT5M', 'window_size must be longer than frequency'],
  [[...alert, 'action'], [], 'action must name an action group'],
  [[...alert, 'description'], 'Something is wrong', 'description must end at a runbook'],
  [[...group, 'short_name'], 'huntaze-alerts', 'short_name must have 1 to 12 characters'],
  [[...group, 'arm_role_receiver'], [], 'a receiver must be named'],
  [[...group, 'enabled'], false, 'a receiver must be named and the group enabled'],
  [[...insights, 'daily_data_cap_in_gb'], undefined, 'daily_data_cap_in_gb must be set'],
  [[...insights, 'local_authentication_disabled'], undefined, 'local_authentication_disabled must be true'],
  [[...budget, 'time_period', 'start_date'], '2026-12-15T00:00:00Z', 'the first of a month, as a literal'],
  [[...budget, 'time_period', 'start_date'], '$' + '{timestamp()}', 'the first of a month, as a literal'],
  [[...budget, 'notification', 0], { operator: 'EqualTo', threshold: 80 }, 'notification must name a contact'],
  [[...workbook, 'name'], 'Huntaze', 'name must be a UUID'],
  [
    [...workbook, 'data_json'],
    '{"m":"microsoft.cognitiveservices/accounts--Latency"}',
    'an unknown metric, got: "Latency"',
  ],
  [[...diagnostics, 'metric'], [{ category: 'AllMetrics' }], 'metric is out of use'],
  [[...features, 'log_analytics_workspace'], undefined, 'permanently_delete_on_destroy must be false'],
  [[...features, 'resource_group', 0, 'prevent_deletion_if_contains_resources'], false, 'must be true'],
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
  Reflect.deleteProperty(json.resource.azurerm_monitor_diagnostic_setting?.['openai-to-logs'] ?? {}, 'enabled_metric');
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
