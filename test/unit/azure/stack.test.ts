import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Manifest, Testing } from 'cdktf';
import { azureResources, modelDeployments } from '../../../lib/estate/azure';
import { AzureStack } from '../../../stacks-azure/stack';
import { closed, resourcesOf, settingsOf, successors, synthesize, synthesizeText } from './synthesize';

const standard = synthesize();
const one = (json: typeof standard, type: string) => {
  const [block, ...others] = Object.values(json.resource[type] ?? {});
  if (!block || others.length > 0) throw new Error(`expected one ${type}`);
  return block;
};

describe('minimal', () => {
  test('the account has the audited host name, no keys and an identity of its own', () => {
    expect(one(standard, 'azurerm_cognitive_account')).toMatchObject({
      kind: 'OpenAI',
      sku_name: 'S0',
      custom_subdomain_name: 'huntaze-ai-api',
      local_auth_enabled: false,
      public_network_access_enabled: true,
      network_acls: { default_action: 'Allow', bypass: 'None' },
      identity: { type: 'SystemAssigned' },
    });
  });

  test('the deployments are pinned and follow one another, after the endpoint', () => {
    expect(standard.resource.azurerm_cognitive_deployment).toMatchObject({
      deployments_premium: {
        name: 'gpt-4o',
        model: { format: 'OpenAI', name: 'gpt-4o', version: '2024-11-20' },
        sku: { name: 'GlobalStandard', capacity: 100 },
        version_upgrade_option: 'NoAutoUpgrade',
        depends_on: ['azurerm_private_endpoint.network_endpoint'],
      },
      deployments_standard: {
        name: 'gpt-4o-mini',
        model: { format: 'OpenAI', name: 'gpt-4o-mini', version: '2024-07-18' },
        sku: { name: 'GlobalStandard', capacity: 200 },
        version_upgrade_option: 'NoAutoUpgrade',
        depends_on: ['azurerm_cognitive_deployment.deployments_premium'],
      },
    });
  });

  test('the endpoint stands in its subnet and registers in the zone that the network resolves', () => {
    expect(one(standard, 'azurerm_private_endpoint')).toMatchObject({
      subnet_id: '$' + '{azurerm_subnet.network_endpoints.id}',
      private_service_connection: {
        private_connection_resource_id: '$' + '{azurerm_cognitive_account.account_openai.id}',
        subresource_names: ['account'],
        is_manual_connection: false,
      },
      private_dns_zone_group: { private_dns_zone_ids: ['$' + '{azurerm_private_dns_zone.network_zone.id}'] },
    });
    expect(one(standard, 'azurerm_private_dns_zone')).toMatchObject({ name: 'privatelink.openai.azure.com' });
    expect(one(standard, 'azurerm_private_dns_zone_virtual_network_link')).toMatchObject({
      virtual_network_id: '$' + '{azurerm_virtual_network.network_vnet.id}',
      registration_enabled: false,
    });
  });

  test('logs and metrics of the account are kept for 90 days', () => {
    expect(one(standard, 'azurerm_log_analytics_workspace')).toMatchObject({ retention_in_days: 90, sku: 'PerGB2018' });
    expect(one(standard, 'azurerm_monitor_diagnostic_setting')).toMatchObject({
      target_resource_id: '$' + '{azurerm_cognitive_account.account_openai.id}',
      log_analytics_workspace_id: '$' + '{azurerm_log_analytics_workspace.monitoring_logs.id}',
      enabled_metric: [{ category: 'AllMetrics' }],
    });
  });

  test('only what holds state refuses to be destroyed', () => {
    const kept = resourcesOf(standard).filter(([, block]) => block.lifecycle !== undefined);
    expect(kept.map(([address]) => address).sort()).toEqual([
      'azurerm_cognitive_account.account_openai',
      'azurerm_log_analytics_workspace.monitoring_logs',
      'azurerm_resource_group.group',
    ]);
  });

  test('AWS finds all that it needs in the outputs, and none of them is a key', () => {
    expect(Object.keys(standard.output).sort()).toEqual([
      'account_id',
      'api_version',
      'deployment_premium',
      'deployment_standard',
      'endpoint',
      'log_analytics_workspace_id',
      'private_endpoint_address',
    ]);
    expect(JSON.stringify(standard.output)).not.toMatch(/access_key|shared_key/);
  });

  test('a plan writes nothing to the subscription, and Terraform and the provider are pinned', () => {
    expect(standard.provider?.azurerm).toEqual([
      {
        resource_provider_registrations: 'none',
        features: [
          {
            cognitive_account: [{ purge_soft_delete_on_destroy: false }],
            log_analytics_workspace: [{ permanently_delete_on_destroy: false }],
            resource_group: [{ prevent_deletion_if_contains_resources: true }],
          },
        ],
      },
    ]);
    expect(standard.terraform).toMatchObject({
      required_version: '>= 1.5.0, < 2.0.0',
      required_providers: { azurerm: { version: '4.55.0' } },
      backend: { local: { path: '../../../terraform.huntaze-azure.tfstate' } },
    });
  });

  test('every resource is a row of the inventory, by address and name, and every row a resource', () => {
    const built = resourcesOf(standard).map(([address, { name }]) => `${address} ${name}`);
    expect(built.sort()).toEqual(azureResources.map(({ address, name }) => `${address} ${name}`).sort());
  });

  test('the inventory has both tiers of the audit', () => {
    expect(Object.values(modelDeployments).map(({ evidence }) => evidence[0]?.confidence)).toEqual([
      'audited',
      'audited',
    ]);
  });
});

describe('maximum', () => {
  test('an allow-list denies by default', () => {
    const json = synthesize({ connectivity: { publicAccess: 'allow-list', allowedAddresses: ['203.0.113.7'] } });
    expect(one(json, 'azurerm_cognitive_account')).toMatchObject({
      public_network_access_enabled: true,
      network_acls: { default_action: 'Deny', ip_rules: ['203.0.113.7'] },
    });
  });

  test('public access off closes the account', () => {
    expect(one(synthesize(closed), 'azurerm_cognitive_account')).toMatchObject({
      public_network_access_enabled: false,
      network_acls: { default_action: 'Deny' },
    });
  });

  test('without a private endpoint there is no network, and no output of its address', () => {
    const json = synthesize({ connectivity: { privateEndpoint: false } });
    expect(Object.keys(json.resource)).not.toContain('azurerm_private_endpoint');
    expect(Object.keys(json.resource)).not.toContain('azurerm_virtual_network');
    expect(Object.keys(json.output)).not.toContain('private_endpoint_address');
    expect(json.resource.azurerm_cognitive_deployment?.deployments_premium).toMatchObject({ depends_on: [] });
  });

  test('a tier moves to a successor at the same address, under the name of the new model', () => {
    expect(synthesize(successors).resource.azurerm_cognitive_deployment).toMatchObject({
      deployments_premium: { name: 'gpt-5.1', model: { name: 'gpt-5.1', version: '2025-11-13' } },
      deployments_standard: { name: 'gpt-5-mini', model: { name: 'gpt-5-mini', version: '2025-08-07' } },
    });
  });

  test('a subscription in the settings reaches the provider', () => {
    const subscriptionId = '00000000-0000-0000-0000-000000000000';
    expect(synthesize({ subscriptionId }).provider?.azurerm?.[0]).toMatchObject({ subscription_id: subscriptionId });
  });
});

describe('throws when', () => {
  test('a setting breaks a rule, before anything is written', () => {
    expect(() => synthesize({ subdomain: 'API' })).toThrow('azure.subdomain is no host name label, got: API');
  });

  test('code around the settings makes a mistake that plan would let through', () => {
    const stack = new AzureStack(Testing.app(), 'huntaze-azure', { settings: settingsOf() });
    stack.addOverride('resource.azurerm_cognitive_account.account_openai.local_auth_enabled', true);
    expect(() => Testing.synth(stack, true)).toThrow('local_auth_enabled must be false');
  });
});

describe('the output', () => {
  test('is the same twice', () => {
    expect(synthesizeText()).toBe(synthesizeText());
  });

  test('carries the notices and no path of this machine', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'azure-'));
    try {
      const app = new App({ outdir });
      new AzureStack(app, 'huntaze-azure', { settings: settingsOf() });
      app.synth();
      const manifest = readFileSync(join(outdir, Manifest.fileName), 'utf8');
      expect(JSON.parse(manifest).stacks['huntaze-azure'].annotations).toHaveLength(3);
      const template = readFileSync(join(outdir, 'stacks', 'huntaze-azure', 'cdk.tf.json'), 'utf8');
      for (const text of [manifest, template]) expect(text).not.toContain(process.cwd());
    } finally {
      rmSync(outdir, { recursive: true });
    }
  });
});
