import fc from 'fast-check';
import { canonical, type Json, same } from '../../../lib/adopt/json';

describe('same', () => {
  test.each<[Json, Json]>([
    [20, '20'],
    [true, 'true'],
    [['a'], 'a'],
    [
      ['a', 'b'],
      ['b', 'a'],
    ],
    [
      { a: 1, b: [2] },
      { b: '2', a: '1' },
    ],
  ])('%j and %j', (a, b) => {
    expect(same(a, b)).toBe(true);
  });

  test.each<[Json | undefined, Json | undefined]>([
    [20, 21],
    ['a', 'A'],
    [
      ['a', 'b'],
      ['a', 'b', 'b'],
    ],
    [{ a: 1 }, { a: 1, b: 2 }],
    [undefined, false],
    [['a', 'b'], 'a,b'],
  ])('not %j and %j', (a, b) => {
    expect(same(a, b)).toBe(false);
  });

  test('holds whatever the order of members and elements', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        expect(canonical(reversed(value as Json))).toBe(canonical(value as Json));
      }),
    );
  });
});

function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed).reverse();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}
