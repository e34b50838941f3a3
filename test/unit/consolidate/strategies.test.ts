import type { BlueGreen } from '../../../lib/consolidate/aws/blue-green';
import type { DeployGuard } from '../../../lib/consolidate/aws/deploy-guard';
import type { Finding } from '../../../lib/consolidate/findings';
import type { InstanceFacts, PlanInput, StrategyRun, World } from '../../../lib/consolidate/ports';
import { type StrategyId, strategyIds } from '../../../lib/consolidate/state';
import type { AnotherInstance } from '../../../lib/consolidate/strategies/another';
import { blueGreen, provenId } from '../../../lib/consolidate/strategies/blue-green';
import { seeded } from '../../../lib/consolidate/strategies/seeded';
import { snapshotCopy } from '../../../lib/consolidate/strategies/snapshot-copy';
import { forbiddenBecause, namesOf } from '../../../lib/consolidate/strategies/support';
import { consolidatedInstancePrefix, consolidationSnapshotPrefix } from '../../../lib/estate/consolidation';
import { consolidationStrategies } from '../../../lib/estate/consolidation-phase';
import { newState } from './aws/state';
import { instance } from './observed';

const facts = (identifier: string, change: Partial<InstanceFacts> = {}): InstanceFacts =>
  instance({
    identifier,
    encrypted: identifier === 'encrypted',
    ...(identifier === 'encrypted' && { kmsKeyId: 'key' }),
    host: identifier,
    parameterGroup: `${identifier}-postgres17`,
    ...change,
  });
const finding = (id: string): Finding => ({ id, gravity: 'decision', message: id, remedy: 'look' });
const input = (change: Partial<PlanInput> = {}): PlanInput => ({
  facts: { source: facts('plain'), target: facts('encrypted') },
  findings: [],
  sourceBytes: 1e9,
  tables: 40,
  rows: 1e6,
  quarantined: true,
  accepted: [provenId],
  ...change,
});
const another = {} as AnotherInstance;
const strategies = [snapshotCopy(another), seeded(another), blueGreen({} as never)];

test('the settings and the tool name the same strategies', () => {
  expect([...consolidationStrategies].sort()).toEqual([...strategyIds].sort());
});

describe.each(strategies.map((strategy) => [strategy.id, strategy] as const))('%s', (id, strategy) => {
  const plan = strategy.plan(input());

  test('tells steps, outage with its basis, cost with its source, and what going back loses', () => {
    expect(plan.strategy).toBe(id);
    expect(plan.steps.some(({ outage }) => outage)).toBe(true);
    expect(plan.outage.fromSeconds).toBeLessThan(plan.outage.toSeconds);
    expect(plan.outage.basis).not.toBe('');
    for (const { dollars, source } of plan.cost) {
      expect(dollars).toBeGreaterThan(0);
      expect(source).not.toBe('');
    }
    expect(plan.backLosesWrites).toBe(id !== 'seeded-replication');
  });

  test('begins by forbidding deploys and ends with the import that admits them', () => {
    expect(strategy.replacesInstance).toBe(true);
    expect(plan.steps[0]?.title).toContain('forbid deploys');
    expect(plan.steps.at(-1)?.title).toContain('import');
  });

  test('nothing stands against it where all is prepared', () => {
    expect(plan.objections).toEqual([]);
  });

  test('what the survey left open is a risk, what is handled is not', () => {
    const handled: Finding = { ...finding('done'), gravity: 'handled' };
    expect(strategy.plan(input({ findings: [finding('open'), handled] })).risks.map(({ id: risk }) => risk)).toEqual([
      'open',
    ]);
  });
});

describe('objections', () => {
  const of = (id: StrategyId, change: Partial<PlanInput>) =>
    strategies.find((strategy) => strategy.id === id)?.plan(input(change)).objections ?? [];
  const pair = (source: Partial<InstanceFacts>, target: Partial<InstanceFacts> = {}) => ({
    facts: { source: facts('plain', source), target: facts('encrypted', target) },
  });

  test.each<[StrategyId, string, Partial<PlanInput>, RegExp]>([
    [
      'snapshot-copy',
      'the default parameter group',
      pair({}, { parameterGroup: 'default.postgres17' }),
      /phase to prepare/,
    ],
    ['snapshot-copy', 'no key', pair({}, { kmsKeyId: undefined }), /names no key/],
    [
      'seeded-replication',
      'little room for the log',
      pair({ freeBytes: 2 ** 30 }),
      /less than a quarter of its storage free/,
    ],
    ['blue-green', 'not proven', { accepted: [] }, /Nobody has said that this account encrypts/],
    ['blue-green', 'old contents not set aside', { quarantined: false }, /nobody has set aside/],
    ['blue-green', 'a source that is encrypted', pair({ encrypted: true }), /is encrypted already/],
    [
      'blue-green',
      'a leg that is there',
      { findings: [finding('leftovers:slot consolidation_forward')] },
      /may not publish or subscribe/,
    ],
    ['blue-green', 'no backups', pair({ backupRetentionDays: 0 }), /no automated backups/],
  ])('%s: %s', (id, _, change, expected) => {
    expect(of(id, change)).toEqual([expect.stringMatching(expected)]);
  });
});

describe('names', () => {
  test('are those that the role of the task may make, and RDS takes', () => {
    const names = namesOf(newState());
    for (const snapshot of [names.plain, names.encrypted])
      expect(snapshot).toMatch(new RegExp(`^${consolidationSnapshotPrefix}`));
    expect(names.instance).toMatch(new RegExp(`^${consolidatedInstancePrefix}-[a-z0-9]{4}$`));
    expect(names.instance.length).toBeLessThanOrEqual(63);
    expect(names.deployment.length).toBeLessThanOrEqual(60);
  });

  test('the reason why deploys are forbidden names the instance and the way out', () => {
    expect(forbiddenBecause('it')).toMatch(/^it serves.*forbidden until.*retained.*removed.*imported/);
  });
});

describe('a blue/green run', () => {
  /** What was done, in order; each part as RDS and the engine would answer. */
  function scene({
    encrypted = false,
    confirmed = {},
    accepted = {},
  }: {
    encrypted?: boolean;
    confirmed?: object;
    accepted?: Record<string, string>;
  }) {
    const done: string[] = [];
    const note = (what: string) => async () => void done.push(what);
    const rds: BlueGreen = {
      ensure: async () => ({ deployment: 'bgd', green: 'green', kmsKeyId: 'key' }),
      switchOver: async (_, source) => ({ serves: source, old: `${source}-old1` }),
      forget: note('forget'),
    };
    const guard: DeployGuard = { forbid: note('forbid'), admit: note('admit'), state: async () => 'forbidden' };
    const world = {
      instances: { describe: async () => facts('plain', { encrypted }), protect: note('protect') },
      endpoint: { redeploy: async () => ({ deployments: {} }) },
    } as unknown as World;
    const run: StrategyRun = {
      world,
      state: newState({ confirmed, accepted }),
      step: async (name, work) => {
        const result = await work();
        done.push(name);
        return result;
      },
      forbidDeploys: async () => void done.push('marked'),
    };
    const strategy = blueGreen({ blueGreen: rds, guard });
    return { done, go: () => strategy.run?.(run), strategy, run };
  }
  const now = '2026-11-24T12:00:00.000Z';
  const flags = { 'fence-source': now, open: now };

  test('marks the state before CloudFormation is told, and swaps names only behind both flags', async () => {
    const { done, go } = scene({ confirmed: flags, accepted: { [provenId]: now } });
    expect(await go()).toMatchObject({ serves: 'plain', old: 'plain-old1', kmsKeyId: 'key' });
    expect(done.slice(0, 2)).toEqual(['marked', 'forbid']);
    expect(done.indexOf('swap the names')).toBeGreaterThan(done.indexOf('green instance, encrypted'));
    expect(done.at(-1)).toBe('forget the deployment');
    expect(done).not.toContain('admit');
  });

  test.each<[string, object, string]>([
    ['without --fence', { open: now }, '--fence'],
    ['without --open', { 'fence-source': now }, '--open'],
  ])('%s the green instance is made and nothing is switched', async (_, confirmed, flag) => {
    const { done, go } = scene({ confirmed, accepted: { [provenId]: now } });
    await expect(go()).rejects.toMatchObject({ code: 'flag-needed', remedy: expect.stringContaining(flag) });
    expect(done).toContain('green instance, encrypted');
    expect(done).not.toContain('swap the names');
  });

  test('unproven: refused before anything is made, marked or forbidden', async () => {
    const { done, go } = scene({ confirmed: flags });
    await expect(go()).rejects.toMatchObject({ code: 'survey-blocks' });
    expect(done).toEqual([]);
  });

  test('died after the swap: the name shows an encrypted instance, and nothing is made again', async () => {
    const { done, go } = scene({ encrypted: true, confirmed: flags, accepted: { [provenId]: now } });
    await go();
    expect(done).not.toContain('green instance, encrypted');
    expect(done).toEqual(
      expect.arrayContaining(['deploy the services anew', 'protect what serves', 'forget the deployment']),
    );
  });

  test('goes back until the names are swapped: the deployment is forgotten, and deploys are admitted before the mark goes', async () => {
    const { done, strategy, run } = scene({});
    await strategy.assertWayBack?.(run);
    await strategy.back?.(run);
    expect(done).toEqual(['forget', 'forget the deployment', 'admit', 'admit deploys of the data stack', 'marked']);
    const swapped = scene({ encrypted: true });
    await expect(swapped.strategy.assertWayBack?.(swapped.run)).rejects.toMatchObject({ code: 'no-way-back' });
    expect(swapped.done).toEqual([]);
  });
});
