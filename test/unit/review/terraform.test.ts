import { closedBy, reviewOf, terraformTree } from './written-trees';

/** A reference as Terraform writes it. */
const ref = (expression: string): string => `\${${expression}}`;

type Blocks = Readonly<Record<string, unknown>>;

const estate = (
  change: {
    group?: Blocks;
    account?: Blocks;
    deployment?: Blocks;
    workspace?: Blocks;
    more?: Readonly<Record<string, Readonly<Record<string, Blocks>>>>;
    top?: Blocks;
  } = {},
) =>
  terraformTree({
    provider: { azurerm: [{ features: [{ cognitive_account: [{ purge_soft_delete_on_destroy: false }] }] }] },
    ...change.top,
    resource: {
      azurerm_resource_group: {
        group: { name: 'shop', location: 'westeurope', lifecycle: { prevent_destroy: true }, ...change.group },
      },
      azurerm_cognitive_account: {
        account: {
          name: 'shop-ai',
          kind: 'OpenAI',
          sku_name: 'S0',
          location: ref('azurerm_resource_group.group.location'),
          resource_group_name: ref('azurerm_resource_group.group.name'),
          custom_subdomain_name: 'shop-ai',
          lifecycle: { prevent_destroy: true },
          ...change.account,
        },
      },
      azurerm_cognitive_deployment: {
        gpt: {
          name: 'gpt',
          cognitive_account_id: ref('azurerm_cognitive_account.account.id'),
          model: { format: 'OpenAI', name: 'gpt-4o', version: '2024-11-20' },
          sku: [{ name: 'GlobalStandard', capacity: 10 }],
          ...change.deployment,
        },
      },
      azurerm_log_analytics_workspace: {
        logs: {
          name: 'logs',
          location: 'West Europe',
          resource_group_name: 'shop',
          sku: 'PerGB2018',
          retention_in_days: 90,
          ...change.workspace,
        },
      },
      ...change.more,
    },
  });

const account = 'azurerm_cognitive_account.account';
const deployment = 'azurerm_cognitive_deployment.gpt';
const logs = 'azurerm_log_analytics_workspace.logs';

describe('passes', () => {
  test.each<[string, Parameters<typeof estate>[0]]>([
    ['nothing changed', {}],
    ['a block written as a list or as an object', { deployment: { sku: { name: 'GlobalStandard', capacity: 10 } } }],
    ['the default of the provider written out', { account: { public_network_access_enabled: true } }],
    [
      'a reference in place of the same text',
      { workspace: { location: ref('azurerm_resource_group.group.location') } },
    ],
    ['another spelling of the location', { group: { location: 'West Europe' } }],
  ])('with an empty review: %s', (_, change) => {
    expect(reviewOf(estate(), estate(change)).changes).toEqual([]);
  });

  test.each<[string, Parameters<typeof estate>[0], string[]]>([
    [
      'capacity and model version, which change in place',
      {
        deployment: {
          sku: { name: 'GlobalStandard', capacity: 20 },
          model: { format: 'OpenAI', name: 'gpt-4o', version: '2025-01-01' },
        },
      },
      ['model.version', 'sku.capacity'],
    ],
    ['tags', { account: { tags: { a: 'b' } } }, ['tags']],
    ['longer retention', { workspace: { retention_in_days: 365 } }, ['retention_in_days']],
    [
      'public access, which is shown elsewhere',
      { account: { public_network_access_enabled: false } },
      ['public_network_access_enabled'],
    ],
  ])('with a row: %s', (_, change, paths) => {
    const report = reviewOf(estate(), estate(change));
    expect(report.changes.flatMap(({ properties }) => properties.map(({ path }) => path))).toEqual(paths);
    expect(report.gate.reasons).toEqual([]);
  });
});

describe('closes', () => {
  test.each<[string, Parameters<typeof estate>[0], string[]]>([
    [
      'another kind of account, and the deployment on it',
      { account: { kind: 'AIServices' } },
      [`replacement kind ${account}`, `replacement cognitive_account_id ${deployment}`],
    ],
    [
      'another host name, which the provider decides on in code',
      { account: { custom_subdomain_name: 'other' } },
      [`replacement custom_subdomain_name ${account}`, `replacement cognitive_account_id ${deployment}`],
    ],
    [
      'another SKU of a deployment',
      { deployment: { sku: { name: 'Standard', capacity: 10 } } },
      [`replacement sku.name ${deployment}`],
    ],
    ['shorter retention', { workspace: { retention_in_days: 30 } }, [`data-destroyed retention_in_days ${logs}`]],
    [
      'a lost prevent_destroy',
      { account: { lifecycle: {} } },
      [`prevent-destroy-lost lifecycle.prevent_destroy ${account}`],
    ],
    ['an argument that the table lacks', { account: { tomorrow: 1 } }, [`unknown-property tomorrow ${account}`]],
    ['another SKU of a workspace', { workspace: { sku: 'Standalone' } }, [`replacement sku ${logs}`]],
    [
      'another provider configuration',
      { account: { provider: 'azurerm.other' } },
      [`state-moved provider ${account}`, `may-replacement cognitive_account_id ${deployment}`],
    ],
  ])('%s', (_, change, expected) => {
    expect(closedBy(estate(), estate(change)).sort()).toEqual([...expected].sort());
  });

  test('the location of a resource group, with all that lies in it', () => {
    expect(closedBy(estate(), estate({ group: { location: 'northeurope' } })).sort()).toEqual(
      expect.arrayContaining([
        'replacement location azurerm_resource_group.group',
        `replacement location ${account}`,
        `replacement resource_group_name ${account}`,
        `replacement resource_group_name ${logs}`,
        `replacement cognitive_account_id ${deployment}`,
      ]),
    );
  });

  test('a type and a provider that no table knows', () => {
    const other = (n: number) => estate({ more: { google_storage_bucket: { b: { name: 'b', n } } } });
    expect(closedBy(other(1), other(2))).toEqual(['unknown-type change google_storage_bucket.b']);
    expect(closedBy(other(1), estate())).toEqual(['unknown-type remove google_storage_bucket.b']);
    expect(closedBy(estate(), other(1))).toEqual([]);
  });

  test.each<[string, Blocks, string]>([
    [
      'another backend',
      { terraform: { backend: { azurerm: { container_name: 'state' } } } },
      'state-moved backend (stack)',
    ],
    [
      'another subscription',
      {
        provider: {
          azurerm: [
            { subscription_id: '1', features: [{ cognitive_account: [{ purge_soft_delete_on_destroy: false }] }] },
          ],
        },
      },
      'state-moved subscription (stack)',
    ],
    [
      'purge switched on',
      { provider: { azurerm: [{ features: [{ cognitive_account: [{ purge_soft_delete_on_destroy: true }] }] }] } },
      'purge-on-destroy features.cognitive_account.purge_soft_delete_on_destroy (stack)',
    ],
    [
      'purge left to the default, which is on',
      { provider: { azurerm: [{ features: [{}] }] } },
      'purge-on-destroy features.cognitive_account.purge_soft_delete_on_destroy (stack)',
    ],
  ])('%s', (_, top, expected) => {
    expect(closedBy(estate(), estate({ top }))).toEqual([expected]);
  });

  test('the loss of a lock, which protects what it hangs on', () => {
    const lock = {
      azurerm_management_lock: {
        lock: { name: 'l', scope: ref('azurerm_resource_group.group.id'), lock_level: 'CanNotDelete' },
      },
    };
    expect(closedBy(estate({ more: lock }), estate())).toEqual(['protection-lost remove azurerm_management_lock.lock']);
  });
});

describe('blocks of the configuration', () => {
  const named = (id: string, top: Blocks = {}) =>
    terraformTree({ ...top, resource: { azurerm_resource_group: { [id]: { name: 'shop', location: 'westeurope' } } } });

  test('moved keeps the resource and passes', () => {
    const report = reviewOf(
      named('old'),
      named('fresh', { moved: [{ from: 'azurerm_resource_group.old', to: 'azurerm_resource_group.fresh' }] }),
    );
    expect(report.changes).toEqual([
      expect.objectContaining({ kind: 'move', effect: expect.stringContaining('nothing is recreated') }),
    ]);
    expect(report.gate.open).toBe(true);
  });

  test('without moved, a rename destroys', () => {
    const report = reviewOf(named('old'), named('fresh'));
    expect(report.changes).toEqual([
      expect.objectContaining({
        kind: 'rename',
        effect: expect.stringContaining('destroys azurerm_resource_group.old'),
      }),
    ]);
    expect(report.gate.reasons.map(({ rule }) => rule)).toEqual(['renamed']);
  });

  test('removed leaves the resource and closes all the same', () => {
    const report = reviewOf(
      named('old'),
      terraformTree({
        removed: [{ from: 'azurerm_resource_group.old', lifecycle: { destroy: false } }],
        resource: { azurerm_management_lock: {} },
      }),
    );
    expect(report.changes).toEqual([expect.objectContaining({ kind: 'orphan' })]);
    expect(report.gate.reasons.map(({ rule }) => rule)).toEqual(['removal']);
  });

  test('import takes over what exists', () => {
    const report = reviewOf(
      terraformTree({ resource: { azurerm_management_lock: { l: { name: 'l' } } } }),
      terraformTree({
        import: [{ to: 'azurerm_resource_group.g', id: '/subscriptions/1' }],
        resource: { azurerm_management_lock: { l: { name: 'l' } }, azurerm_resource_group: { g: { name: 'g' } } },
      }),
    );
    expect(report.changes).toEqual([
      expect.objectContaining({ kind: 'import', effect: expect.stringContaining('/subscriptions/1') }),
    ]);
  });

  test('ignore_changes takes a change out of sight', () => {
    const of = (tags: Blocks) =>
      estate({ account: { tags, lifecycle: { prevent_destroy: true, ignore_changes: ['tags'] } } });
    expect(reviewOf(of({ a: '1' }), of({ a: '2' })).changes).toEqual([]);
  });
});

test('says that another version of the provider may replace otherwise', () => {
  const pinned = (version: string) =>
    terraformTree({
      terraform: { required_providers: { azurerm: { source: 'azurerm', version } } },
      resource: { azurerm_resource_group: { g: { name: 'g' } } },
    });
  expect(pinned('4.55.0').notes).toEqual([]);
  expect(pinned('5.0.1').notes).toEqual([expect.stringContaining('azurerm 5.0.1')]);
});
