import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundleAll, isGoalMet, packageSize } from '../../../bench/packages';
import { deployedSizes } from '../../../lib/estate/deployed-sizes';
import { confidenceOf } from '../../../lib/estate/evidence';
import { modelledFunctions } from '../../../lib/estate/functions';

const names = deployedSizes.map(({ name }) => name);
const scratch = mkdtempSync(join(tmpdir(), 'sizes-'));
const sizes = new Map<string, number>();

beforeAll(async () => {
  for (const [name, folder] of bundleAll(resolve(__dirname, '../../..'), scratch)) {
    sizes.set(name, await packageSize(folder));
  }
  // All functions are bundled and packed here.
}, 60_000);

afterAll(() => rmSync(scratch, { recursive: true }));

const bytesOf = (name: string): number => sizes.get(name) ?? Number.NaN;

test('every function with code that was deployed has one row', () => {
  const deployed = modelledFunctions.filter((row) => confidenceOf(row) !== 'proposed');
  expect([...names].sort()).toEqual(deployed.map(({ name }) => name).sort());
});

test.each([
  ['the three that carried Prisma', 50, ['huntaze-flag-cleanup', 'huntaze-mock-read', 'huntaze-prisma-read']],
  ['rate limiter and Instagram publisher', 10, ['huntaze-rate-limiter', 'publisher-instagram']],
])('%s: at least %i times smaller', (_, times, functions) => {
  for (const name of functions) {
    const row = deployedSizes.find((candidate) => candidate.name === name);
    expect(row?.goal).toEqual({ kind: 'smaller', times });
    expect((row?.bytes ?? 0) / bytesOf(name)).toBeGreaterThanOrEqual(times);
  }
});

test.each(deployedSizes.filter(({ goal }) => goal.kind === 'smaller'))('$name: as small as its row asks', (row) => {
  expect(isGoalMet(row, bytesOf(row.name))).toBe(true);
});

test.each(deployedSizes.filter(({ goal }) => goal.kind === 'larger'))(
  '$name: larger than what runs, and its row says why',
  ({ name, bytes, goal }) => {
    // A reason that is no longer needed has to go.
    expect(bytesOf(name)).toBeGreaterThan(bytes);
    expect(goal).toMatchObject({ reason: expect.stringMatching(/\w+ \w+/) });
  },
);

test('the package leaves source maps out and packs the rest', async () => {
  const folder = mkdtempSync(join(scratch, 'package-'));
  writeFileSync(join(folder, 'index.js'), 'x'.repeat(100_000));
  const alone = await packageSize(folder);
  expect(alone).toBeGreaterThan(100);
  expect(alone).toBeLessThan(1_000);
  writeFileSync(join(folder, 'index.js.map'), '{}');
  expect(await packageSize(folder)).toBe(alone);
});

test.each([
  ['as large as today', 100, { kind: 'smaller', times: 1 }, true],
  ['one byte larger', 101, { kind: 'smaller', times: 1 }, false],
  ['just so many times smaller', 10, { kind: 'smaller', times: 10 }, true],
  ['not so many times smaller', 11, { kind: 'smaller', times: 10 }, false],
  ['larger with a reason', 5_000, { kind: 'larger', reason: 'does more' }, true],
  ['larger without one', 5_000, { kind: 'larger', reason: '' }, false],
] as const)('goal: %s', (_, bytes, goal, met) => {
  expect(isGoalMet({ name: 'f', bytes: 100, goal, evidence: [] }, bytes)).toBe(met);
});
