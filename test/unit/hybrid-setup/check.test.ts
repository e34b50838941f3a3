import type { AzureSettingsInput } from '../../../lib/estate/azure-settings';
import type { HybridSettingsInput } from '../../../lib/estate/hybrid-settings';
import { type CheckRow, checkHybrid, isDeployable } from '../../../lib/hybrid-setup/check';
import { renderCheck } from '../../../lib/hybrid-setup/report';
import { closed, federated, links, secondRegion, successors } from '../azure/synthesize';
import { accountWith } from '../stacks/azure-access';

const surroundings = { today: '2026-11-24', subscription: undefined };
const subscriptionId = '00000000-0000-0000-0000-000000000000';
const identity = {
  ...federated.identity,
  tenantId: '00000000-0000-0000-0000-000000000001',
  clientId: '00000000-0000-0000-0000-000000000002',
};

const check = (azure: AzureSettingsInput = {}, hybrid: HybridSettingsInput = {}) =>
  checkHybrid(accountWith(azure, hybrid), surroundings);

/** The row about something, by the start of its name. */
function row({ rows }: ReturnType<typeof check>, topic: CheckRow['topic'], what: string): CheckRow {
  const found = rows.find((candidate) => candidate.topic === topic && candidate.what.startsWith(what));
  if (found === undefined) throw new Error(`No row of ${topic} about ${what}`);
  return found;
}

describe('minimal', () => {
  const first = check();

  test('what stops the first deploy is that both models are retired', () => {
    expect(first.rows.filter(({ verdict }) => verdict === 'stop').map(({ what }) => what)).toEqual([
      'premium: gpt-4o 2024-11-20',
      'standard: gpt-4o-mini 2024-07-18',
    ]);
    expect(isDeployable(first)).toBe(false);
  });

  test.each([
    ['azure.subscriptionId', 'ARM_SUBSCRIPTION_ID'],
    ['azure.backend', 'a file of whoever applies'],
    ['hybrid.identity.issuer', 'estate hybrid federation --enable'],
    ['hybrid.identity.tenantId', 'output tenant_id'],
    ['hybrid.identity.clientId', 'output client_id'],
    ['hybrid.enabled', 'Last step of the bring-up'],
  ])('%s is open, and says how to close it', (what, remedy) => {
    expect(row(first, 'settings', what)).toMatchObject({ verdict: 'open', found: expect.stringContaining(remedy) });
  });

  test('the networks of both clouds are told apart', () => {
    expect(first.rows.filter(({ topic }) => topic === 'addresses').map(({ verdict }) => verdict)).toEqual(['ok', 'ok']);
  });

  test('the subscription of the shell counts', () => {
    const found = checkHybrid(accountWith(), { ...surroundings, subscription: subscriptionId });
    expect(row(found, 'settings', 'azure.subscriptionId')).toMatchObject({ verdict: 'ok', found: subscriptionId });
  });
});

describe('maximum', () => {
  const remote = {
    backend: { kind: 'azurerm', resourceGroupName: 'x', storageAccountName: 'huntazetfstate' },
  } as const;
  const settings = accountWith(
    { ...successors, ...remote, subscriptionId },
    { enabled: true, rolloutPercentage: 10, identity },
  );
  const complete = checkHybrid(settings, { ...surroundings, today: '2026-05-01' });

  test('with everything set there is nothing left', () => {
    expect(complete.rows.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
    expect(isDeployable(complete)).toBe(true);
  });

  test('each region has its quota', () => {
    const found = check({ ...successors, ...secondRegion }).rows.filter(({ topic }) => topic === 'quota');
    expect(found.map(({ what }) => what)).toEqual([
      'eastus2, gpt-5.1: 100K tokens/min GlobalStandard',
      'eastus2, gpt-5-mini: 200K tokens/min GlobalStandard',
      'swedencentral, gpt-5.1: 50K tokens/min GlobalStandard',
      'swedencentral, gpt-5-mini: 200K tokens/min GlobalStandard',
    ]);
  });
});

describe('callers', () => {
  const at = (azure: AzureSettingsInput, name: string, hybrid: HybridSettingsInput = { identity }) =>
    row(check({ ...successors, ...azure }, hybrid), 'caller', name);
  const allowList: AzureSettingsInput = {
    connectivity: { publicAccess: 'allow-list', allowedAddresses: ['203.0.113.7'] },
  };
  const web = (network: 'nat' | 'private'): HybridSettingsInput => ({ identity, callers: [{ role: 'web', network }] });

  test.each<[string, AzureSettingsInput, string, HybridSettingsInput, CheckRow['verdict'], string]>([
    ['before the issuer', {}, 'huntaze-azure-probe', {}, 'open', 'gets no token yet'],
    ['with an issuer', {}, 'huntaze-azure-probe', { identity }, 'ok', 'public address, with its identity'],
    ['in an allow-list', allowList, 'huntaze-azure-probe', { identity }, 'stop', 'no fixed address'],
    ['behind a NAT', allowList, 'web', web('nat'), 'ok', 'if allowedAddresses names the address of its NAT'],
    ['with no way out', {}, 'web', web('private'), 'stop', "no way out to Entra's token endpoint"],
    ['over the link', closed, 'ai-summarizer', { identity }, 'ok', 'over the link, to the private endpoint'],
    ['given up', closed, 'huntaze-azure-probe', { identity }, 'open', 'Given up in azure.connectivity.cutOffCallers'],
  ])('%s', (_, azure, name, hybrid, verdict, found) => {
    expect(at(azure, name, hybrid)).toMatchObject({ verdict, found: expect.stringContaining(found) });
  });

  test('a verified link that would cut the probe off leaves public access open', () => {
    expect(check({ ...successors, connectivity: { link: links.verified } }, { identity })).toMatchObject({
      publicAccess: 'identity',
      linkStage: 'verified',
    });
  });
});

describe('stops when', () => {
  test.each<[string, AzureSettingsInput, CheckRow['topic'], string, string]>([
    ['a setting breaks a rule', { subdomain: 'API' }, 'settings', 'azure.subdomain', 'no host name label'],
    [
      'networks overlap',
      { network: { addressSpace: '10.2.0.0/22', endpointSubnet: '10.2.0.0/26', gatewaySubnet: '10.2.3.0/26' } },
      'addresses',
      '10.2.0.0/22 and 10.2.0.0/16',
      'They overlap',
    ],
    ['a model is unknown', { tiers: { premium: { model: 'gpt-9' } } }, 'model', 'premium: gpt-9', 'No such version'],
    [
      'capacity is beyond every quota',
      { tiers: { premium: { capacity: 30_001 } } },
      'quota',
      'eastus2, gpt-4o:',
      '30000K',
    ],
  ])('%s', (_, azure, topic, what, found) => {
    const result = check(azure);
    expect(row(result, topic, what)).toMatchObject({ verdict: 'stop', found: expect.stringContaining(found) });
    expect(isDeployable(result)).toBe(false);
  });

  test('quota above what a subscription starts with is open, not stopped', () => {
    expect(row(check({ tiers: { premium: { capacity: 451 } } }), 'quota', 'eastus2, gpt-4o:')).toMatchObject({
      verdict: 'open',
      found: expect.stringContaining('starts with 450K'),
    });
  });

  test('a budget of a past month is open: Azure refuses to make it, and keeps one that exists', () => {
    const later = checkHybrid(accountWith(), { ...surroundings, today: '2027-02-03' });
    expect(row(later, 'settings', 'azure.budget.startDate')).toMatchObject({ verdict: 'open' });
    expect(row(check(), 'settings', 'azure.budget.startDate')).toMatchObject({ verdict: 'ok' });
  });
});

test('the table has every row, and a line that counts them', () => {
  const result = check({ ...successors }, { identity });
  const text = renderCheck(result);
  for (const { topic } of result.rows) expect(text).toContain(topic);
  expect(text).toContain('Account 317805897534, 2026-11-24: public access identity, link none');
  expect(text).toMatch(/\d+ rows: \d+ ok, \d+ open, 0 that stop a deploy$/);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
});
