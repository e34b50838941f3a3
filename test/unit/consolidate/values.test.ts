import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { compareSchemas } from '../../../lib/consolidate/database/catalogue';
import { bucketsFor, differingBuckets, differingKeys, withKeys } from '../../../lib/consolidate/database/hashes';
import { ChangeReader, parseLsn } from '../../../lib/consolidate/database/pgoutput';
import { scramVerifier } from '../../../lib/consolidate/database/scram';
import { isTransient } from '../../../lib/consolidate/errors';
import { continuedAt } from '../../../lib/consolidate/sequences';
import { table } from './observed';

test('the verifier is the one of RFC 7677', () => {
  // Section 3: password "pencil", the exchange of user "user".
  const verifier = scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'));
  const serverKey = Buffer.from(verifier.slice(verifier.lastIndexOf(':') + 1), 'base64');
  const message =
    'n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,' +
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
  expect(createHmac('sha256', serverKey).update(message).digest('base64')).toBe(
    '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  );
  expect(verifier).toMatch(/^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$/);
});

describe('the stream', () => {
  const text = (value: string) => Buffer.concat([Buffer.from(value), Buffer.of(0)]);
  const int16 = (value: number) => Buffer.from([value >> 8, value & 255]);
  const int32 = (value: number) => {
    const buffer = Buffer.alloc(4);
    buffer.writeUInt32BE(value);
    return buffer;
  };
  const column = (name: string) => Buffer.concat([Buffer.of(1), text(name), int32(25), int32(0)]);
  const relation = Buffer.concat([
    Buffer.from('R'),
    int32(7),
    text('app'),
    text('orders'),
    Buffer.from('d'),
    int16(2),
    column('id'),
    column('body'),
  ]);
  const value = (content: string) =>
    Buffer.concat([Buffer.from('t'), int32(Buffer.byteLength(content)), Buffer.from(content)]);
  const tuple = (...values: Buffer[]) => Buffer.concat([int16(values.length), ...values]);
  const reader = () => {
    const made = new ChangeReader();
    expect(made.read(relation)).toBeUndefined();
    return made;
  };

  test('an update that moves the key names both rows', () => {
    const message = Buffer.concat([
      ...[Buffer.from('U'), int32(7)],
      ...[Buffer.from('K'), tuple(value('1'), Buffer.from('n'))],
      ...[Buffer.from('N'), tuple(value('2'), Buffer.from('u'))],
    ]);
    expect(reader().read(message)).toEqual({
      kind: 'row',
      action: 'update',
      table: 'app.orders',
      rows: [
        { id: '1', body: null },
        { id: '2', body: undefined },
      ],
    });
  });

  test.each([
    ['I', 'insert'],
    ['D', 'delete'],
  ])('%s is an %s', (letter, action) => {
    const message = Buffer.concat([Buffer.from(letter), int32(7), Buffer.from('N'), tuple(value('é'), value(''))]);
    expect(reader().read(message)).toMatchObject({ action, rows: [{ id: 'é', body: '' }] });
  });

  test('a truncate names its tables', () => {
    const message = Buffer.concat([Buffer.from('T'), int32(1), Buffer.of(0), int32(7)]);
    expect(reader().read(message)).toEqual({ kind: 'truncate', tables: ['app.orders'] });
  });

  test('a transaction begins with the position of its commit', () => {
    const message = Buffer.concat([Buffer.from('B'), int32(22), int32(0xb374d848), Buffer.alloc(12)]);
    expect(reader().read(message)).toEqual({ kind: 'begin', commitLsn: parseLsn('16/B374D848') });
  });

  test('a relation that was not described is no change of any table', () => {
    expect(() => new ChangeReader().read(Buffer.concat([Buffer.from('I'), int32(9)]))).toThrow('got: 9');
  });
});

test.each([
  [0, 16],
  [1_000, 16],
  [100_000, 128],
  [1_000_000, 1024],
  [1e12, 65_536],
])('%s rows go into %s buckets', (estimatedRows, buckets) => {
  expect(bucketsFor({ estimatedRows })).toBe(buckets);
});

test('differences are what is on one side alone, or otherwise', () => {
  const left = new Map([
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
  ]);
  const right = new Map([
    [1, 'a'],
    [2, 'x'],
    [4, 'd'],
  ]);
  expect(differingBuckets(left, right)).toEqual([2, 3, 4]);
  expect(differingKeys(new Map([['["1"]', '1:9']]), new Map([['["1"]', '2:9']]))).toEqual(['["1"]']);
});

test('keys go in as parameters, typed as the columns are', () => {
  const composite = table({
    key: ['a', 'the "b"'],
    columns: ['a', 'the "b"'].map((name) => ({
      name,
      type: 'uuid',
      notNull: true,
      generated: false,
      identity: false,
      comparable: true,
    })),
  });
  expect(withKeys(composite, ['["1","2"]', '["3","4"]'])).toEqual({
    join: '"app"."orders" t join unnest($1::text[], $2::text[]) as k(k0, k1) on t."a" = k.k0::uuid and t."the ""b""" = k.k1::uuid',
    values: [
      ['1', '3'],
      ['2', '4'],
    ],
  });
});

test('a sequence continues beyond its last value and within its bounds', () => {
  fc.assert(
    fc.property(fc.bigInt(-1_000_000n, 1_000_000n), fc.constantFrom(-5n, -1n, 1n, 50n), (lastValue, increment) => {
      const next = continuedAt({
        sql: '',
        label: '',
        lastValue,
        increment,
        min: -2_000_000n,
        max: 2_000_000n,
        cycle: false,
      });
      expect(next).toBeDefined();
      if (next === undefined) return;
      expect(increment > 0n ? next >= lastValue : next <= lastValue).toBe(true);
      expect(next <= 2_000_000n && next >= -2_000_000n).toBe(true);
    }),
  );
  expect(continuedAt({ sql: '', label: '', increment: 1n, min: 1n, max: 9n, cycle: false })).toBeUndefined();
});

test('schemas are compared by what the servers say of each object', () => {
  const same = { object: 'a', definition: '1' };
  expect(
    compareSchemas(
      [same, { object: 'b', definition: '1' }],
      [same, { object: 'b', definition: '2' }, { object: 'c', definition: '3' }],
    ),
  ).toEqual([
    { object: 'b', source: '1', target: '2' },
    { object: 'c', source: undefined, target: '3' },
  ]);
});

test.each([
  [Object.assign(new Error('x'), { code: '57P01' }), true],
  [Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), true],
  [new Error('Connection terminated unexpectedly'), true],
  [Object.assign(new Error('x'), { code: '42P01' }), false],
  ['text', false],
])('%s is transient: %s', (error, expected) => {
  expect(isTransient(error)).toBe(expected);
});
