import { join } from 'node:path';
import { ReviewError, readWaivers, type Waiver } from '../../../lib/review';
import { bucket, database, newFolder, reviewOf, treeOf, writeFiles } from './written-trees';

const waiver = (change: Partial<Waiver> = {}): Waiver => ({
  id: 'encrypt-the-shop',
  resource: 'app/Db',
  change: 'Properties.StorageEncrypted',
  reason: 'The copy of 20 November stands and was compared.',
  owner: 'platform-lead',
  expires: '2026-12-24',
  ...change,
});

const [base, head] = [
  treeOf({ Db: database(), B: bucket() }),
  treeOf({ Db: database({ StorageEncrypted: true }), B: bucket() }),
];
const judged = (waivers: readonly Waiver[], baseWaivers?: readonly Waiver[], asOf = '2026-11-24') =>
  reviewOf(base, head, { waivers, asOf, ...(baseWaivers && { baseWaivers }) }).gate;

test.each([
  ['stack and logical id', {}],
  ['the whole address', { resource: 'aws/123456789012/us-east-1/app/Db' }],
  ['the property alone', { change: 'StorageEncrypted' }],
  ['on its last day', { expires: '2026-11-24' }],
])('lets the one change pass: %s', (_, change) => {
  const verdict = judged([waiver(change)]);
  expect(verdict.open).toBe(true);
  expect(verdict.reasons).toEqual([expect.objectContaining({ rule: 'replacement', waivedBy: 'encrypt-the-shop' })]);
  expect(verdict.waivers).toEqual([expect.objectContaining({ status: 'used', fails: false, owner: 'platform-lead' })]);
});

test.each<[string, Partial<Waiver>, string]>([
  ['expired', { expires: '2026-11-23' }, 'expired'],
  ['a wildcard in the resource', { resource: 'app/*' }, 'too-broad'],
  ['a wildcard in the change', { change: 'Properties.*' }, 'too-broad'],
  ['good for years', { expires: '2030-01-01' }, 'too-broad'],
])('covers nothing and closes by itself: %s', (_, change, status) => {
  const verdict = judged([waiver(change)]);
  expect(verdict).toMatchObject({ open: false, waivers: [{ status, fails: true }] });
  expect(verdict.reasons[0]?.waivedBy).toBeUndefined();
});

test('a name that two resources bear is too broad', () => {
  const two = (properties = {}) => ({
    ...treeOf({ Db: database(properties) }),
    stacks: new Map([
      ...treeOf({ Db: database(properties) }).stacks,
      ...[...treeOf({ Db: database(properties) }).stacks.values()].map((stack) => {
        const identity = { ...stack.identity, region: 'eu-west-1' };
        const resources = new Map(
          [...stack.resources].map(([id, resource]) => [
            id,
            { ...resource, stack: identity, address: `aws/123456789012/eu-west-1/app/${id}` },
          ]),
        );
        return ['aws/123456789012/eu-west-1/app', { ...stack, identity, resources }] as const;
      }),
    ]),
  });
  const { gate } = reviewOf(two(), two({ StorageEncrypted: true }), { waivers: [waiver()] });
  expect(gate.waivers).toEqual([
    expect.objectContaining({ status: 'too-broad', message: expect.stringContaining('Names 2 resources') }),
  ]);
});

describe('unused', () => {
  const unused = waiver({ id: 'of-another-day', change: 'remove' });

  test.each<[string, readonly Waiver[] | undefined, boolean]>([
    ['added by this change', [], true],
    ['changed by this change', [{ ...unused, expires: '2026-11-30' }], true],
    ['older', [unused], false],
    ['of unknown age', undefined, false],
  ])('%s', (_, baseWaivers, fails) => {
    const verdict = judged([waiver(), unused], baseWaivers && [waiver(), ...baseWaivers]);
    expect(verdict.waivers[1]).toMatchObject({ status: 'unused', fails });
    expect(verdict.open).toBe(!fails);
  });

  test('older fails once it expires', () => {
    expect(
      judged([waiver(), { ...unused, expires: '2026-11-01' }], [waiver(), { ...unused, expires: '2026-11-01' }]).open,
    ).toBe(false);
  });
});

describe('the file', () => {
  const read = (content: unknown) =>
    readWaivers(join(writeFiles(newFolder(), { 'waivers.json': content }), 'waivers.json'));

  test('gives its waivers', () => {
    expect(read({ waivers: [waiver()] })).toEqual([waiver()]);
  });

  test.each<[string, unknown, RegExp]>([
    ['no JSON', '{"waivers": [', /File of waivers is no whole JSON/],
    ['no reason', { waivers: [{ ...waiver(), reason: 'ok' }] }, /waivers\.0\.reason/],
    ['a person as owner', { waivers: [waiver({ owner: 'someone@example.com' })] }, /waivers\.0\.owner: a role/],
    ['no date', { waivers: [waiver({ expires: 'soon' })] }, /waivers\.0\.expires/],
    ['a key that nobody reads', { waivers: [{ ...waiver(), until: '2027-01-01' }] }, /waivers\.0/],
    ['one id twice', { waivers: [waiver(), waiver()] }, /same id, got: encrypt-the-shop/],
  ])('refuses %s', (_, content, message) => {
    expect(() => read(content)).toThrow(ReviewError);
    expect(() => read(content)).toThrow(message);
  });
});
