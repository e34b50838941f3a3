import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Manifest, Testing } from 'cdktf';
import { azureResources, modelDeployments } from '../../../lib/estate/azure';
import { azureRunbookAnchors } from '../../../lib/estate/azure-alerts';
import { AzureStack } from '../../../stacks-azure/stack';
import {
  account,
  closed,
  estateOf,
  federated,
  links,
  ownFilter,
  remoteState,
  resourcesOf,
  secondRegion,
  successors,
  synthesize,
  synthesizeText,
} from './synthesize';

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
        rai_policy_name: 'Microsoft.DefaultV2',
        depends_on: ['azurerm_private_endpoint.private-endpoint'],
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
    const kept = resourcesOf(standard).filter(([, { lifecycle }]) =>
      JSON.stringify(lifecycle)?.includes('prevent_destroy'),
    );
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
      'client_id',
      'deployment_premium',
      'deployment_standard',
      'endpoint',
      'log_analytics_workspace_id',
      'private_endpoint_address',
      'tenant_id',
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
            application_insights: [{ disable_generated_rule: true }],
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
    const built = resourcesOf(standard).map(
      ([address, { name, role_definition_name: role }]) => `${address} ${name ?? role}`,
    );
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

describe('callers on AWS', () => {
  const json = synthesize({}, { ...federated, callers: [{ role: 'huntaze.web@task', network: 'nat' }] });
  const credentials = Object.values(json.resource.azurerm_federated_identity_credential ?? {});

  test('nobody is trusted before the issuer is known', () => {
    expect(standard.resource.azurerm_federated_identity_credential).toBeUndefined();
  });

  test('exactly the roles that call are trusted, each by its ARN, one credential after the other', () => {
    const trusted = ['huntaze-azure-probe-role', 'ecsTaskRole-ai-summarizer-use1', 'huntaze.web@task'];
    expect(credentials).toHaveLength(trusted.length);
    for (const role of trusted) {
      expect(credentials).toContainEqual(
        expect.objectContaining({
          issuer: federated.identity.issuer,
          subject: `arn:aws:iam::${account}:role/${role}`,
          audience: ['api://AzureADTokenExchange'],
          parent_id: '$' + '{azurerm_user_assigned_identity.callers_identity.id}',
        }),
      );
    }
    const waiting = credentials.flatMap(({ depends_on: before }) => before as string[]);
    expect(new Set(waiting).size).toBe(trusted.length - 1);
  });

  test('a credential has a name that Azure and Terraform admit, whatever the role is called', () => {
    expect(json.resource.azurerm_federated_identity_credential?.['callers_aws-huntaze-web-task']).toMatchObject({
      name: 'aws-huntaze-web-task',
    });
  });

  test('they may call the models of this account, and nothing else', () => {
    expect(one(json, 'azurerm_role_assignment')).toMatchObject({
      scope: '$' + '{azurerm_cognitive_account.account_openai.id}',
      role_definition_name: 'Cognitive Services OpenAI User',
      principal_id: '$' + '{azurerm_user_assigned_identity.callers_identity.principal_id}',
      principal_type: 'ServicePrincipal',
    });
  });
});

describe('the link', () => {
  test('gateway: two instances at once, each with an address of its own in every zone', () => {
    const gateway = synthesize({ connectivity: { link: links.gateway } });
    expect(one(gateway, 'azurerm_virtual_network_gateway')).toMatchObject({
      type: 'Vpn',
      sku: 'VpnGw1AZ',
      active_active: true,
      enable_bgp: true,
      ip_configuration: [{ name: 'instance-0' }, { name: 'instance-1' }],
      bgp_settings: {
        asn: 65_000,
        peering_addresses: [
          { ip_configuration_name: 'instance-0', apipa_addresses: ['169.254.21.2', '169.254.22.2'] },
          { ip_configuration_name: 'instance-1', apipa_addresses: ['169.254.21.6', '169.254.22.6'] },
        ],
      },
    });
    expect(Object.values(gateway.resource.azurerm_public_ip ?? {})).toEqual(
      [0, 1].map(() =>
        expect.objectContaining({ sku: 'Standard', allocation_method: 'Static', zones: ['1', '2', '3'] }),
      ),
    );
    expect(gateway.resource.azurerm_subnet?.link_subnet).toMatchObject({ name: 'GatewaySubnet' });
    expect(gateway.output.vpn_gateway_addresses?.value).toHaveLength(2);
    expect(gateway.resource.azurerm_virtual_network_gateway_connection).toBeUndefined();
    expect(gateway.variable).toBeUndefined();
  });

  test('connected: a connection for each tunnel of AWS, one after the other, with a key from outside', () => {
    const connected = synthesize({ connectivity: { link: links.connected } });
    const connections = Object.values(connected.resource.azurerm_virtual_network_gateway_connection ?? {});
    expect(connections).toHaveLength(4);
    expect(connections[3]).toMatchObject({
      name: 'aws-instance-1-tunnel-2',
      shared_key: '$' + '{var.vpn_shared_key}',
      connection_protocol: 'IKEv2',
      custom_bgp_addresses: { primary: '169.254.21.2', secondary: '169.254.22.6' },
      depends_on: ['azurerm_virtual_network_gateway_connection.link_aws-instance-1-tunnel-1'],
    });
    expect(Object.values(connected.resource.azurerm_local_network_gateway ?? {})[3]).toMatchObject({
      gateway_address: '198.51.100.4',
      bgp_settings: { asn: 64_512, bgp_peering_address: '169.254.22.5' },
    });
    expect(connected.variable?.vpn_shared_key).toMatchObject({ sensitive: true, nullable: false });
    expect(connected.variable?.vpn_shared_key).not.toHaveProperty('default');
  });

  test('verified: public access closes by itself when nobody is cut off, and not before', () => {
    const open = { public_network_access_enabled: true, network_acls: { default_action: 'Allow' } };
    for (const link of [links.gateway, links.connected, links.verified]) {
      expect(one(synthesize({ connectivity: { link } }), 'azurerm_cognitive_account')).toMatchObject(open);
    }
    expect(one(synthesize(closed), 'azurerm_cognitive_account')).toMatchObject({
      public_network_access_enabled: false,
    });
  });
});

describe('the lock', () => {
  test('is lifted before anything under the account is replaced, and set again last', () => {
    const lock = one(synthesize(ownFilter), 'azurerm_management_lock') as {
      lifecycle: { replace_triggered_by: string[] };
      depends_on: string[];
    };
    expect(lock).toMatchObject({ lock_level: 'CanNotDelete' });
    expect(lock.lifecycle.replace_triggered_by).toEqual(lock.depends_on.map((address) => `${address}.id`));
    expect(lock.depends_on).toEqual(
      expect.arrayContaining([
        'azurerm_cognitive_deployment.deployments_premium',
        'azurerm_cognitive_deployment.deployments_standard',
        'azurerm_cognitive_account_rai_policy.content-filter',
        'azurerm_role_assignment.callers-role',
        'azurerm_private_endpoint.private-endpoint',
      ]),
    );
  });

  test('goes where the settings say so', () => {
    expect(synthesize({ lock: false }).resource.azurerm_management_lock).toBeUndefined();
  });
});

describe('the content filter', () => {
  test("of our own starts from Microsoft's default and switches nothing off", () => {
    const json = synthesize(ownFilter);
    const policy = one(json, 'azurerm_cognitive_account_rai_policy') as { content_filter: Record<string, unknown>[] };
    expect(policy).toMatchObject({ name: 'huntaze-content-filter', base_policy_name: 'Microsoft.DefaultV2' });
    expect(policy.content_filter).toHaveLength(11);
    for (const filter of policy.content_filter) {
      expect(filter).toMatchObject({ filter_enabled: true, block_enabled: true });
    }
    expect(policy.content_filter.filter(({ name }) => name === 'Sexual')).toMatchObject([
      { source: 'Prompt', severity_threshold: 'High' },
      { source: 'Completion', severity_threshold: 'High' },
    ]);
    expect(json.resource.azurerm_cognitive_deployment?.deployments_premium).toMatchObject({
      rai_policy_name: 'huntaze-content-filter',
      depends_on: expect.arrayContaining(['azurerm_cognitive_account_rai_policy.content-filter']),
    });
  });
});

describe('what is watched', () => {
  test('every alert ends at a heading of the runbooks', () => {
    const text = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'azure-runbooks.md'), 'utf8');
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-'),
    );
    expect(headings).toEqual(expect.arrayContaining([...azureRunbookAnchors]));
    const alerts = Object.values(standard.resource.azurerm_monitor_metric_alert ?? {});
    expect(alerts).toHaveLength(7);
    for (const { description } of alerts) {
      expect(headings).toContain(String(description).split('#')[1]);
    }
  });

  test('tokens warn at four fifths of the capacity of their deployment', () => {
    const json = synthesize({ tiers: { premium: { capacity: 10 } } });
    expect(json.resource.azurerm_monitor_metric_alert?.['alert-tokens-premium']).toMatchObject({
      window_size: 'PT5M',
      criteria: [{ metric_name: 'TokenTransaction', aggregation: 'Total', threshold: 40_000 }],
    });
  });

  test('the month has notices at 80, 90 and 100 per cent, from the date of the settings', () => {
    const budget = one(
      synthesize({ budget: { startDate: '2027-03-01' } }),
      'azurerm_consumption_budget_resource_group',
    );
    expect(budget).toMatchObject({
      amount: 2000,
      time_grain: 'Monthly',
      time_period: { start_date: '2027-03-01T00:00:00Z' },
      notification: [{ threshold: 80 }, { threshold: 90 }, { threshold: 100 }],
    });
  });

  test('Application Insights has a cap and takes no key', () => {
    expect(one(standard, 'azurerm_application_insights')).toMatchObject({
      daily_data_cap_in_gb: 1,
      local_authentication_disabled: true,
    });
  });

  test('mailboxes of the settings hear of alerts beside the owners', () => {
    const json = synthesize({ monitoring: { alertEmails: ['oncall@huntaze.com'] } });
    expect(one(json, 'azurerm_monitor_action_group')).toMatchObject({
      arm_role_receiver: [{ role_id: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635' }],
      email_receiver: [{ email_address: 'oncall@huntaze.com' }],
    });
  });
});

describe('a second region', () => {
  const json = synthesize(secondRegion);

  test('has an account, deployments, endpoint, alerts and lock of its own, in the one network', () => {
    expect(json.resource.azurerm_cognitive_account?.secondary_account_openai).toMatchObject({
      location: 'swedencentral',
      custom_subdomain_name: 'huntaze-ai-api-sweden',
      local_auth_enabled: false,
    });
    expect(json.resource.azurerm_cognitive_deployment).toMatchObject({
      secondary_deployments_premium: { name: 'gpt-4o', sku: { capacity: 50 } },
      secondary_deployments_standard: { name: 'gpt-4o-mini', sku: { capacity: 200 } },
    });
    expect(json.resource.azurerm_private_endpoint?.['secondary_private-endpoint']).toMatchObject({
      subnet_id: '$' + '{azurerm_subnet.network_endpoints.id}',
    });
    expect(Object.keys(json.output)).toEqual(
      expect.arrayContaining(['secondary_endpoint', 'secondary_private_endpoint_address']),
    );
    expect(json.resource.azurerm_management_lock).toHaveProperty('secondary_lock');
  });

  test('leaves every address of the first where it is', () => {
    const first = resourcesOf(standard).map(([address]) => address);
    expect(resourcesOf(json).map(([address]) => address)).toEqual(expect.arrayContaining(first));
  });
});

describe('state', () => {
  test('lies in a blob, read with an identity and no key', () => {
    expect(synthesize(remoteState).terraform).toMatchObject({
      backend: {
        azurerm: {
          resource_group_name: 'huntaze-tfstate-rg',
          storage_account_name: 'huntazetfstate',
          container_name: 'tfstate',
          key: 'huntaze-azure.tfstate',
          use_azuread_auth: true,
        },
      },
    });
  });

  test('takes over what exists', () => {
    const id =
      '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/huntaze-ai-production-rg/providers/Microsoft.CognitiveServices/accounts/huntaze-ai-api';
    const json = synthesize({ importFrom: { 'azurerm_cognitive_account.account_openai': id } });
    expect(json.import).toEqual([{ id, to: 'azurerm_cognitive_account.account_openai' }]);
    expect(json.resource.azurerm_cognitive_account?.account_openai).toMatchObject({ name: 'huntaze-ai-api' });
  });

  test('takes over nothing that the stack does not have', () => {
    const id = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/x';
    expect(() => synthesize({ importFrom: { 'azurerm_resource_group.main': id } })).toThrow(
      /azure\.importFrom names no resource of the stack, got: azurerm_resource_group\.main\. Known: .*azurerm_resource_group\.group/,
    );
  });
});

describe('throws when', () => {
  test('a setting breaks a rule, before anything is written', () => {
    expect(() => synthesize({ subdomain: 'API' })).toThrow('azure.subdomain is no host name label, got: API');
  });

  test('code around the settings makes a mistake that plan would let through', () => {
    const stack = new AzureStack(Testing.app(), 'huntaze-azure', { estate: estateOf() });
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
      new AzureStack(app, 'huntaze-azure', { estate: estateOf() });
      app.synth();
      const manifest = readFileSync(join(outdir, Manifest.fileName), 'utf8');
      expect(JSON.parse(manifest).stacks['huntaze-azure'].annotations).toHaveLength(4);
      const template = readFileSync(join(outdir, 'stacks', 'huntaze-azure', 'cdk.tf.json'), 'utf8');
      for (const text of [manifest, template]) expect(text).not.toContain(process.cwd());
    } finally {
      rmSync(outdir, { recursive: true });
    }
  });
});
