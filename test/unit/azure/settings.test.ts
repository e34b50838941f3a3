import { publicAccessOf } from '../../../lib/estate/azure-estate';
import {
  type AzureSettingsInput,
  azureEndpoint,
  azureSettingsOf,
  azureSettingsSchema,
} from '../../../lib/estate/azure-settings';
import type { HybridSettingsInput } from '../../../lib/estate/hybrid-settings';
import {
  assertAzureSettings,
  assertDeployableModels,
  azureNotices,
  validateAzureSettings,
} from '../../../lib/policy/azure';
import {
  closed,
  estateOf,
  federated,
  links,
  ownFilter,
  remoteState,
  secondRegion,
  settingsOf,
  successors,
} from './synthesize';

const onlyNat: HybridSettingsInput = { ...federated, callers: [{ role: 'web', network: 'nat' }] };
const second = (changes: Partial<NonNullable<AzureSettingsInput['secondRegion']>>): AzureSettingsInput => ({
  secondRegion: { ...secondRegion.secondRegion, ...changes },
});
const state = (
  changes: Partial<Record<'storageAccountName' | 'containerName' | 'key', string>>,
): AzureSettingsInput => ({
  backend: { ...remoteState.backend, ...changes },
});
const many = (count: number) => Array.from({ length: count }, (_, index) => `203.0.${index}.7`);

describe('minimal', () => {
  test('no setting at all gives the audited estate', () => {
    const settings = settingsOf();
    expect(validateAzureSettings(estateOf())).toEqual([]);
    expect(publicAccessOf(estateOf())).toBe('identity');
    expect(azureEndpoint(settings)).toBe('https://huntaze-ai-api.openai.azure.com/');
    expect(settings).toMatchObject({
      location: 'eastus2',
      tiers: {
        premium: { model: 'gpt-4o', version: '2024-11-20', skuName: 'GlobalStandard', capacity: 100 },
        standard: { model: 'gpt-4o-mini', version: '2024-07-18', skuName: 'GlobalStandard', capacity: 200 },
      },
      connectivity: { privateEndpoint: true, link: { stage: 'none' } },
      contentFilter: { policy: 'microsoft-default' },
      budget: { startDate: '2026-12-01' },
      backend: { kind: 'local' },
      lock: true,
      monitoring: { logRetentionDays: 90 },
    });
  });

  test('one key changed leaves its neighbours at their defaults', () => {
    expect(settingsOf({ tiers: { premium: { capacity: 50 } } }).tiers).toMatchObject({
      premium: { model: 'gpt-4o', capacity: 50 },
      standard: { model: 'gpt-4o-mini', capacity: 200 },
    });
  });
});

describe('the global subdomain', () => {
  test.each([
    [undefined, 'https://huntaze-ai-api.openai.azure.com/'],
    ['acme-', 'https://acme-huntaze-ai-api.openai.azure.com/'],
  ])('with the account prefix %s is %s', (namePrefix, endpoint) => {
    expect(azureEndpoint(azureSettingsOf({ namePrefix, azure: settingsOf() }))).toBe(endpoint);
  });
});

describe('maximum', () => {
  test.each<[string, AzureSettingsInput]>([
    ['highest capacity', { tiers: { premium: { capacity: 30_000 }, standard: { capacity: 225_000 } } }],
    ['lowest capacity', { tiers: { premium: { capacity: 1 } } }],
    ['data zone', { tiers: { premium: { skuName: 'DataZoneStandard' } } }],
    ['successors with no acknowledgement', successors],
    ['retention of two years', { monitoring: { logRetentionDays: 730 } }],
    ['retention of thirty days', { monitoring: { logRetentionDays: 30 } }],
    ['one hundred addresses', { connectivity: { publicAccess: 'allow-list', allowedAddresses: many(100) } }],
    ['a block of addresses', { connectivity: { publicAccess: 'allow-list', allowedAddresses: ['203.0.113.0/30'] } }],
    ['public access off', closed],
    ['longest subdomain', { subdomain: 'a'.repeat(63) }],
    ...Object.entries(links).map(([stage, link]): [string, AzureSettingsInput] => [
      `link: ${stage}`,
      { connectivity: { link } },
    ]),
    ['public access off on purpose', { connectivity: { ...closed.connectivity, publicAccess: 'off' } }],
    ['a second region', secondRegion],
    ['a content filter of our own', ownFilter],
    ['remote state', remoteState],
    ['a budget twelve months ahead', { budget: { startDate: '2027-11-01' } }],
    ['the largest cap', { monitoring: { insightsDailyCapGb: 100 } }],
    ['no private endpoint', { connectivity: { privateEndpoint: false } }],
    [
      'a block next to the worker VPC',
      { network: { addressSpace: '10.3.0.0/16', endpointSubnet: '10.3.0.0/26', gatewaySubnet: '10.3.1.0/27' } },
    ],
    ['a preview API', { apiVersion: '2024-10-01-preview' }],
    ['a subscription', { subscriptionId: '00000000-0000-0000-0000-000000000000' }],
  ])('%s', (_, input) => {
    expect(validateAzureSettings(estateOf(input))).toEqual([]);
  });
});

describe('throws when', () => {
  test.each<[input: AzureSettingsInput, setting: string, got: string]>([
    [{ location: 'East US 2' }, 'azure.location', 'East US 2'],
    [{ namePrefix: 'Huntaze' }, 'azure.namePrefix', 'Huntaze'],
    [{ namePrefix: 'huntaze-' }, 'azure.namePrefix', 'huntaze-'],
    [{ accountName: 'a' }, 'azure.accountName', 'a'],
    [{ accountName: 'huntaze_ai' }, 'azure.accountName', 'huntaze_ai'],
    [{ subdomain: 'Huntaze-AI-API' }, 'azure.subdomain', 'Huntaze-AI-API'],
    [{ subdomain: '-api' }, 'azure.subdomain', '-api'],
    [{ subdomain: 'huntaze.ai' }, 'azure.subdomain', 'huntaze.ai'],
    [{ subdomain: 'a'.repeat(64) }, 'azure.subdomain', 'a'.repeat(64)],
    [{ apiVersion: 'latest' }, 'azure.apiVersion', 'latest'],
    [{ tiers: { premium: { model: 'gpt-9' } } }, 'azure.tiers.premium.model', 'gpt-9'],
    [{ tiers: { standard: { model: 'gpt-5-mini' } } }, 'azure.tiers.standard.version', '2024-07-18'],
    [{ tiers: { premium: { version: '2031-01-01' } } }, 'azure.tiers.premium.version', '2031-01-01'],
    [{ tiers: { premium: { capacity: 0 } } }, 'azure.tiers.premium.capacity', '0'],
    [{ tiers: { premium: { capacity: 30_001 } } }, 'azure.tiers.premium.capacity', '30001'],
    [{ tiers: { standard: { skuName: 'Standard' } } }, 'azure.tiers.standard.skuName', 'Standard'],
    [{ tiers: { premium: { deploymentName: 'x' } } }, 'azure.tiers.premium.deploymentName', 'x'],
    [{ tiers: { premium: { deploymentName: 'gpt 4o' } } }, 'azure.tiers.premium.deploymentName', 'gpt 4o'],
    [{ tiers: { standard: { deploymentName: 'GPT-4o' } } }, 'one deployment name between them', 'gpt-4o'],
    [{ acknowledgedRetiredModels: ['gpt-4o-mini 2024-07-18'] }, 'azure.tiers.premium: gpt-4o 2024-11-20', ''],
    [
      { acknowledgedRetiredModels: ['gpt-4o 2024-11-20', 'gpt-4o-mini 2024-07-18', 'gpt-9'] },
      'azure.acknowledgedRetiredModels',
      'gpt-9',
    ],
    [{ network: { addressSpace: '10.60.0.1/22' } }, 'azure.network.addressSpace', '10.60.0.1/22'],
    [{ network: { addressSpace: '203.0.113.0/24' } }, 'azure.network.addressSpace', '203.0.113.0/24'],
    [{ network: { endpointSubnet: '10.60.0.0/30' } }, 'azure.network.endpointSubnet', '10.60.0.0/30'],
    [{ network: { endpointSubnet: '10.61.0.0/26' } }, 'azure.network.endpointSubnet lies outside', '10.61.0.0/26'],
    [
      { network: { addressSpace: '10.2.4.0/22', endpointSubnet: '10.2.4.0/26' } },
      'overlaps with 10.2.0.0/16',
      '10.2.4.0/22',
    ],
    [
      { network: { addressSpace: '172.31.0.0/16', endpointSubnet: '172.31.0.0/26' } },
      'overlaps with 172.31.0.0/16',
      '172.31.0.0/16',
    ],
    [{ connectivity: { publicAccess: 'allow-list' } }, 'allow-list with no address', 'allowedAddresses []'],
    [
      { connectivity: { publicAccess: 'allow-list', allowedAddresses: many(101) } },
      'azure.connectivity.allowedAddresses has too many',
      '101',
    ],
    ...['10.0.0.1', '172.20.0.0/24', '203.0.113.7/32', '203.0.113.0/31', 'office'].map(
      (address): [AzureSettingsInput, string, string] => [
        { connectivity: { publicAccess: 'allow-list', allowedAddresses: [address] } },
        'azure.connectivity.allowedAddresses',
        address,
      ],
    ),
    [
      { connectivity: { allowedAddresses: ['203.0.113.7'] } },
      'azure.connectivity.allowedAddresses has no effect',
      '203.0.113.7',
    ],
    [
      { connectivity: { publicAccess: 'off', link: links.connected } },
      'off with no verified link',
      'link.stage connected',
    ],
    [{ connectivity: { publicAccess: 'off' } }, 'off with no verified link', 'link.stage none'],
    [
      { connectivity: { publicAccess: 'off', link: links.verified } },
      'off and cuts off huntaze-azure-probe',
      'role huntaze-azure-probe-role, outside-vpc',
    ],
    [{ connectivity: { cutOffCallers: ['nobody'] } }, 'azure.connectivity.cutOffCallers names no caller', 'nobody'],
    [
      { connectivity: { link: { ...links.gateway, azureAsn: 65_515 } } },
      'azure.connectivity.link.azureAsn is no number that Azure takes',
      '65515',
    ],
    [{ connectivity: { link: { ...links.gateway, awsAsn: 7224 } } }, 'azure.connectivity.link.awsAsn', '7224'],
    [{ connectivity: { link: { ...links.gateway, awsAsn: 65_000 } } }, 'one BGP number for both clouds', '65000'],
    [
      { connectivity: { link: { gatewayAddresses: ['203.0.113.10', '203.0.113.11'] } } },
      'addresses while nothing stands',
      'link.stage none and 203.0.113.10, 203.0.113.11',
    ],
    [
      { connectivity: { link: { ...links.connected, gatewayAddresses: ['203.0.113.10'] } } },
      'azure.connectivity.link.gatewayAddresses must have 2 entries at stage connected',
      '203.0.113.10',
    ],
    [
      { connectivity: { link: { ...links.connected, tunnelAddresses: [] } } },
      'azure.connectivity.link.tunnelAddresses must have 4 entries at stage connected',
      'none',
    ],
    [
      { connectivity: { link: { ...links['gateway with addresses'], routeTableIds: [] } } },
      'azure.connectivity.link.routeTableIds is empty at stage gateway',
      '[]',
    ],
    [
      { connectivity: { link: { ...links.connected, routeTableIds: ['main'] } } },
      'azure.connectivity.link.routeTableIds',
      'main',
    ],
    [
      { connectivity: { link: { ...links.connected, gatewayAddresses: ['203.0.113.10', '10.0.0.1'] } } },
      'no public IPv4 address',
      '10.0.0.1',
    ],
    [
      {
        connectivity: {
          link: {
            ...links.connected,
            tunnelAddresses: ['203.0.113.10', '198.51.100.2', '198.51.100.3', '198.51.100.4'],
          },
        },
      },
      'azure.connectivity.link names an address twice',
      '203.0.113.10, 203.0.113.11, 203.0.113.10',
    ],
    [
      { connectivity: { link: { ...links.verified, endpointAddress: undefined } } },
      'azure.connectivity.link.endpointAddress is missing at stage verified',
      'undefined',
    ],
    [
      { connectivity: { link: { ...links.verified, endpointAddress: '10.60.3.4' } } },
      'azure.connectivity.link.endpointAddress lies outside',
      '10.60.3.4 and 10.60.0.0/26',
    ],
    [
      { connectivity: { link: links.verified }, ...secondRegion },
      'azure.secondRegion.endpointAddress is missing at stage verified',
      'undefined',
    ],
    [
      { connectivity: { ...closed.connectivity, publicAccess: 'off', privateEndpoint: false } },
      'off without a private endpoint',
      'privateEndpoint false',
    ],
    [
      { connectivity: { privateEndpoint: false, link: { stage: 'gateway' } } },
      'azure.connectivity.link',
      'link.stage gateway',
    ],
    [
      { network: { gatewaySubnet: '10.60.0.0/27' } },
      'azure.network.gatewaySubnet overlaps',
      '10.60.0.0/27 and 10.60.0.0/26',
    ],
    [{ network: { gatewaySubnet: '10.60.3.0/28' } }, 'azure.network.gatewaySubnet is too small', '10.60.3.0/28'],
    [{ network: { gatewaySubnet: '10.61.3.0/27' } }, 'azure.network.gatewaySubnet lies outside', '10.61.3.0/27'],
    [second({ location: 'eastus2' }), 'azure.secondRegion.location is that of the first account', 'eastus2'],
    [second({ location: 'Sweden Central' }), 'azure.secondRegion.location is no region name', 'Sweden Central'],
    [second({ accountName: 'x' }), 'azure.secondRegion.accountName', 'x'],
    [second({ subdomain: 'Huntaze' }), 'azure.secondRegion.subdomain', 'Huntaze'],
    [second({ subdomain: 'huntaze-ai-api' }), 'azure.secondRegion.subdomain is that of the first', 'huntaze-ai-api'],
    [second({ tiers: { premium: { capacity: 0 } } }), 'azure.secondRegion.tiers.premium.capacity', '0'],
    [{ contentFilter: { policy: 'own', name: 'a b' } }, 'azure.contentFilter.name is no policy name', 'a b'],
    [{ contentFilter: { policy: 'own', name: 'Microsoft.Default' } }, "kept for Microsoft's own", 'Microsoft.Default'],
    [state({ storageAccountName: 'Huntaze-State' }), 'azure.backend.storageAccountName', 'Huntaze-State'],
    [state({ containerName: 'a--b' }), 'azure.backend.containerName', 'a--b'],
    [state({ key: '/state' }), 'azure.backend.key', '/state'],
    [{ importFrom: { 'azurerm_resource_group.group': 'huntaze-rg' } }, 'azure.importFrom', 'huntaze-rg'],
    [{ budget: { startDate: '2026-12-15' } }, 'azure.budget.startDate is not the first of a month', '2026-12-15'],
    [{ budget: { startDate: 'December 2026' } }, 'azure.budget.startDate', 'December 2026'],
    [{ budget: { startDate: '2017-05-01' } }, 'azure.budget.startDate is before', '2017-05-01'],
    [{ budget: { startDate: '2027-12-01' } }, 'more than twelve months ahead of 2026-11-23', '2027-12-01'],
    [{ monitoring: { insightsDailyCapGb: 0 } }, 'azure.monitoring.insightsDailyCapGb', '0'],
    [{ monitoring: { alertEmails: ['oncall'] } }, 'azure.monitoring.alertEmails', 'oncall'],
    [{ monitoring: { logRetentionDays: 29 } }, 'azure.monitoring.logRetentionDays', '29'],
    [{ monitoring: { logRetentionDays: 731 } }, 'azure.monitoring.logRetentionDays', '731'],
    [{ monitoring: { logCategories: [] } }, 'azure.monitoring.logCategories is empty', '[]'],
    [{ monitoring: { logCategories: ['AuditLogs'] } }, 'azure.monitoring.logCategories', 'AuditLogs'],
    [{ monitoring: { logCategories: ['Audit', 'Audit'] } }, 'names a category twice', 'Audit, Audit'],
    [{ tags: { 'a/b': 'x' } }, 'azure.tags', 'a/b=x'],
    [{ tags: { name: 'x'.repeat(257) } }, 'azure.tags', 'name='],
    [
      { tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`t${index}`, 'x'])) },
      'azure.tags has too many',
      '51',
    ],
  ])('%j', (input, setting, got) => {
    const estate = estateOf(input);
    expect(() => assertAzureSettings(estate)).toThrow(setting);
    if (got) expect(() => assertAzureSettings(estate)).toThrow(`got: ${got}`);
    expect(validateAzureSettings(estate).filter((message) => message.includes('Rule: '))).not.toEqual([]);
  });

  test('several rules are broken: every one is named at once', () => {
    const estate = estateOf({ location: 'East US 2', subdomain: 'API', monitoring: { logRetentionDays: 7 } });
    expect(validateAzureSettings(estate)).toHaveLength(3);
    expect(() => assertAzureSettings(estate)).toThrow(/break 3 rule\(s\)/);
  });

  test.each<[HybridSettingsInput, string]>([
    [
      {
        callers: [
          { role: 'a.b', network: 'nat' },
          { role: 'a-b', network: 'nat' },
        ],
      },
      'two that give one name on Azure',
    ],
    [{ callers: [{ role: 'huntaze-azure-probe-role', network: 'nat' }] }, 'hybrid.callers names a role twice'],
    [
      { callers: Array.from({ length: 19 }, (_, index) => ({ role: `r${index}`, network: 'nat' as const })) },
      'hybrid.callers makes too many roles, got: 21',
    ],
  ])('callers %j', (hybrid, message) => {
    expect(() => assertAzureSettings(estateOf({}, hybrid))).toThrow(message);
  });

  test.each<[string, unknown]>([
    ['an unknown key', { publicAcces: 'off' }],
    ['an unknown key inside', { connectivity: { publicAcess: 'off' } }],
    ['an unknown tier', { tiers: { economy: {} } }],
    ['an unknown mode', { connectivity: { publicAccess: 'open' } }],
    ['a filter switched off', { contentFilter: { policy: 'own', hate: { prompt: 'Off' } } }],
    ['an unknown gateway', { connectivity: { link: { gatewaySku: 'Basic' } } }],
    ['a backend without its storage account', { backend: { kind: 'azurerm', resourceGroupName: 'x' } }],
    ['an unknown stage', { connectivity: { link: { stage: 'up' } } }],
    ['a provisioned SKU', { tiers: { premium: { skuName: 'ProvisionedManaged' } } }],
    ['half a unit of capacity', { tiers: { premium: { capacity: 1.5 } } }],
    ['a subscription that is no id', { subscriptionId: 'production' }],
  ])('the schema meets %s', (_, input) => {
    expect(azureSettingsSchema.safeParse(input).success).toBe(false);
  });
});

describe('notices', () => {
  const joined = (input: AzureSettingsInput) => azureNotices(estateOf(input, federated)).join('\n');

  test('the default speaks of both models and of the public way in', () => {
    const notices = azureNotices(estateOf({}, federated));
    expect(notices).toHaveLength(3);
    expect(notices[0]).toContain('gpt-4o 2024-11-20 counts as RETIRED since 2026-10-01');
    expect(notices[1]).toContain('gpt-4o-mini 2024-07-18 counts as RETIRED since 2026-10-01');
    expect(notices[2]).toContain('only through its public address');
    expect(notices[2]).toContain('azure.connectivity.link.stage is none');
  });

  test('an allow-list says whom it shuts out', () => {
    const text = joined({ connectivity: { publicAccess: 'allow-list', allowedAddresses: ['203.0.113.7'] } });
    expect(text).toContain('Lambda functions outside a VPC and Fargate tasks with public addresses');
  });

  test('capacity above what a subscription starts with is announced', () => {
    const { premium, standard } = successors.tiers;
    const tiersAt = (capacity: number) => ({ ...successors, tiers: { premium: { ...premium, capacity }, standard } });
    expect(joined(tiersAt(1_000))).not.toContain('starts with');
    expect(joined(tiersAt(1_001))).toContain('azure.tiers.premium.capacity is 1001');
  });

  test('with public access off and models that have years to live there is nothing to say', () => {
    const silent = estateOf({ ...closed, ...successors, connectivity: { link: links.verified } }, onlyNat);
    expect(azureNotices({ ...silent, callers: silent.callers.slice(2) }, '2026-01-01')).toEqual([]);
  });

  test('without an issuer nobody can call, and the notice says how to get one', () => {
    expect(azureNotices(estateOf()).join()).toContain('estate hybrid federation --enable');
  });

  test('a caller that was given up is named', () => {
    expect(joined(closed)).toContain('huntaze-azure-probe cannot call Azure while public access is off');
  });

  test('a verified link says who keeps public access open', () => {
    expect(joined({ connectivity: { link: links.verified } })).toContain(
      'would cut off huntaze-azure-probe: give them a way in',
    );
  });

  test.each([
    ['gateway', 'put its key into the secret huntaze/azure/vpn-shared-key'],
    ['gateway with addresses', 'run estate hybrid tunnels'],
  ] as const)('at %s the next step is said', (stage, step) => {
    expect(joined({ connectivity: { link: links[stage] } })).toContain(step);
  });
});

describe('public access that nobody set', () => {
  const at = (link: keyof typeof links, hybrid: HybridSettingsInput = {}, cutOffCallers: string[] = []) =>
    publicAccessOf(estateOf({ connectivity: { link: links[link], cutOffCallers } }, hybrid));

  test.each(['gateway', 'gateway with addresses', 'connected'] as const)('stays open at %s', (stage) => {
    expect(at(stage, {}, ['huntaze-azure-probe-role'])).toBe('identity');
  });

  test('closes at verified, unless a caller would be cut off', () => {
    expect(at('verified', {}, ['huntaze-azure-probe-role'])).toBe('off');
    expect(at('verified')).toBe('identity');
  });

  test.each([
    ['nat', 'off'],
    ['public-address', 'off'],
    ['outside-vpc', 'identity'],
    // It gets no token: the link does not lead to Entra.
    ['private', 'identity'],
  ] as const)('with a caller that is %s: %s', (network, mode) => {
    expect(at('verified', { callers: [{ role: 'web', network }] }, ['huntaze-azure-probe-role'])).toBe(mode);
  });
});

describe('deployable models', () => {
  test('a retired model stops an apply, acknowledged or not, and names its successor', () => {
    expect(validateAzureSettings(estateOf())).toEqual([]);
    expect(() => assertDeployableModels(estateOf(), '2026-11-24')).toThrow(
      /2 model\(s\) are retired on 2026-11-24[\s\S]*set azure\.tiers\.premium\.model to gpt-5\.1/,
    );
  });

  test('before its retirement, and with a successor, nothing stops it', () => {
    expect(() => assertDeployableModels(estateOf(), '2026-09-30')).not.toThrow();
    expect(() => assertDeployableModels(estateOf(successors), '2026-11-24')).not.toThrow();
  });
});
