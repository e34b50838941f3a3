import { contains, overlaps, parseAddressRange } from '../../../lib/policy/address-range';

const range = (text: string) => {
  const parsed = parseAddressRange(text);
  if (!parsed) throw new Error(`no block: ${text}`);
  return parsed;
};

test.each([
  ['0.0.0.0/0', 0, 2 ** 32 - 1, 0],
  ['10.60.0.0/22', 171_704_320, 171_705_343, 22],
  ['255.255.255.255', 2 ** 32 - 1, 2 ** 32 - 1, 32],
])('%s is read with its first and last address', (text, first, last, prefix) => {
  expect(parseAddressRange(text)).toEqual({ cidr: text, first, last, prefix });
});

test.each(['', '10.0.0', '10.0.0.256', '10.0.0.0/33', '10.0.0.1/24', ' 10.0.0.0/8', '10.0.0.0/', 'fd00::/8'])(
  '"%s" is no block',
  (text) => {
    expect(parseAddressRange(text)).toBeUndefined();
  },
);

test.each([
  ['10.2.0.0/16', '10.2.255.0/24', true],
  ['10.2.0.0/16', '10.3.0.0/16', false],
  ['10.0.0.0/8', '10.2.0.0/16', true],
])('%s overlaps with %s: %s, either way round', (a, b, expected) => {
  expect(overlaps(range(a), range(b))).toBe(expected);
  expect(overlaps(range(b), range(a))).toBe(expected);
});

test('a block contains itself and what lies inside, not what it lies in', () => {
  expect(contains(range('10.60.0.0/22'), range('10.60.0.0/22'))).toBe(true);
  expect(contains(range('10.60.0.0/22'), range('10.60.3.224/27'))).toBe(true);
  expect(contains(range('10.60.0.0/22'), range('10.60.4.0/27'))).toBe(false);
  expect(contains(range('10.60.0.0/26'), range('10.60.0.0/22'))).toBe(false);
});
