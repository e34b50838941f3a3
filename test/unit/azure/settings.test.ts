import {
  type AzureSettingsInput,
  azureEndpoint,
  azureSettingsOf,
  azureSettingsSchema,
} from '../../../lib/estate/azure-settings';
import { assertAzureSettings, azureNotices, validateAzureSettings } from '../../../lib/policy/azure';
import { closed, settingsOf, successors } from './synthesize';

const many = (count: number) => Array.from({ length: count }, (_, index) => `203.0.${index}.7`);

describe('minimal', () => {
  test('no setting at all gives the audited estate', () => {
    const settings = settingsOf();
    expect(validateAzureSettings(settings)).toEqual([]);
    expect(azureEndpoint(settings)).toBe('https://huntaze-ai-api.openai.azure.com/');
    expect(settings).toMatchObject({
      location: 'eastus2',
      tiers: {
        premium: { model: 'gpt-4o', version: '2024-11-20', skuName: 'GlobalStandard', capacity: 100 },
        standard: { model: 'gpt-4o-mini', version: '2024-07-18', skuName: 'GlobalStandard', capacity: 200 },
      },
      connectivity: { privateEndpoint: true, publicAccess: 'identity', link: { stage: 'none' } },
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
    ['no private endpoint', { connectivity: { privateEndpoint: false } }],
    ['a block next to the worker VPC', { network: { addressSpace: '10.3.0.0/16', endpointSubnet: '10.3.0.0/26' } }],
    ['a preview API', { apiVersion: '2024-10-01-preview' }],
    ['a subscription', { subscriptionId: '00000000-0000-0000-0000-000000000000' }],
  ])('%s', (_, input) => {
    expect(validateAzureSettings(settingsOf(input))).toEqual([]);
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
      { connectivity: { publicAccess: 'off', callersReachEntra: true, link: { stage: 'connected' } } },
      'off with no verified link',
      'link.stage connected',
    ],
    [
      { connectivity: { publicAccess: 'off', link: { stage: 'verified' } } },
      'azure.connectivity.callersReachEntra',
      'callersReachEntra false',
    ],
    [
      { connectivity: { ...closed.connectivity, privateEndpoint: false } },
      'off without a private endpoint',
      'privateEndpoint false',
    ],
    [
      { connectivity: { privateEndpoint: false, link: { stage: 'gateway' } } },
      'azure.connectivity.link',
      'link.stage gateway',
    ],
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
    const settings = settingsOf(input);
    expect(() => assertAzureSettings(settings)).toThrow(setting);
    if (got) expect(() => assertAzureSettings(settings)).toThrow(`got: ${got}`);
    expect(validateAzureSettings(settings).filter((message) => message.includes('Rule: '))).not.toEqual([]);
  });

  test('several rules are broken: every one is named at once', () => {
    const settings = settingsOf({ location: 'East US 2', subdomain: 'API', monitoring: { logRetentionDays: 7 } });
    expect(validateAzureSettings(settings)).toHaveLength(3);
    expect(() => assertAzureSettings(settings)).toThrow(/break 3 rule\(s\)/);
  });

  test.each<[string, unknown]>([
    ['an unknown key', { publicAcces: 'off' }],
    ['an unknown key inside', { connectivity: { publicAcess: 'off' } }],
    ['an unknown tier', { tiers: { economy: {} } }],
    ['an unknown mode', { connectivity: { publicAccess: 'open' } }],
    ['an unknown stage', { connectivity: { link: { stage: 'up' } } }],
    ['a provisioned SKU', { tiers: { premium: { skuName: 'ProvisionedManaged' } } }],
    ['half a unit of capacity', { tiers: { premium: { capacity: 1.5 } } }],
    ['a subscription that is no id', { subscriptionId: 'production' }],
  ])('the schema meets %s', (_, input) => {
    expect(azureSettingsSchema.safeParse(input).success).toBe(false);
  });
});

describe('notices', () => {
  const joined = (input: AzureSettingsInput) => azureNotices(settingsOf(input)).join('\n');

  test('the default speaks of both models and of the public way in', () => {
    const notices = azureNotices(settingsOf());
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
    expect(azureNotices(settingsOf({ ...closed, ...successors }), '2026-01-01')).toEqual([]);
  });
});
