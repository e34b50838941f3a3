import fc from 'fast-check';
import { exact, formatCount, formatDelta, formatUsd, sum, toJsonNumber } from '../../../lib/cost/money';

test.each([
  ['0', '$0.00'],
  ['0.004', '< $0.01'],
  ['0.005', '$0.01'],
  ['-0.001', '-< $0.01'],
  ['1234567.895', '$1,234,567.90'],
  ['-12.3', '-$12.30'],
])('%s dollars are shown as %s', (amount, shown) => {
  expect(formatUsd(exact(amount))).toBe(shown);
});

test.each([
  ['3', '+$3.00'],
  ['-3', '-$3.00'],
  ['0', '$0.00'],
])('a difference of %s is shown as %s', (amount, shown) => {
  expect(formatDelta(exact(amount))).toBe(shown);
});

test('a count is grouped, its decimals are not', () => {
  expect(formatCount(exact('10000000.5'))).toBe('10,000,000.5');
});

test('tenths add up to what they add up to', () => {
  expect(sum([exact('0.1'), exact('0.2')]).toString()).toBe('0.3');
});

test('a sum does not depend on its order', () => {
  const amount = fc.tuple(fc.nat(10_000_000), fc.nat(999_999)).map(([whole, parts]) => exact(`${whole}.${parts}`));
  fc.assert(
    fc.property(fc.array(amount, { maxLength: 50 }), (amounts) => {
      expect(sum(amounts).eq(sum([...amounts].reverse()))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('JSON has micro-dollars, rounded half up', () => {
  expect(toJsonNumber(exact('0.0000005'))).toBe(0.000001);
  expect(toJsonNumber(exact('0.00000049'))).toBe(0);
});

test.each(['', 'NaN', '1,5', '$3'])('%j is no decimal number', (text) => {
  expect(() => exact(text)).toThrow(/Not a decimal number, got:/);
});
