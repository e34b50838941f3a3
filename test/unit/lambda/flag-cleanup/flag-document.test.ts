import { isFlagOn, withFlagOff } from '../../../../lambda/huntaze-flag-cleanup/flag-document';

const documentOf = (values: object) =>
  JSON.stringify({
    version: '1',
    flags: { prismaAdapter: { name: 'prismaAdapter' }, other: { name: 'other' } },
    values,
  });

test.each([
  ['on', documentOf({ prismaAdapter: { enabled: true } }), true],
  ['off', documentOf({ prismaAdapter: { enabled: false } }), false],
  ['without a value', documentOf({}), false],
])('a flag is %s', (_, content, expected) => {
  expect(isFlagOn(content, 'prismaAdapter')).toBe(expected);
});

test('off is all that changes', () => {
  const values = { prismaAdapter: { enabled: true, share: 5 }, other: { enabled: true, text: 'ü' } };
  expect(JSON.parse(withFlagOff(documentOf(values), 'prismaAdapter'))).toEqual(
    JSON.parse(documentOf({ ...values, prismaAdapter: { enabled: false, share: 5 } })),
  );
});

test.each([
  ['no JSON', 'private text'],
  ['no object', 'null'],
  ['the data of the flags in the place of their document', '{"prismaAdapter":{"enabled":true},"private":1}'],
])('throws when the version holds %s', (_, content) => {
  expect(() => isFlagOn(content, 'prismaAdapter')).toThrow(/must hold "flags" and "values"/);
  expect(() => withFlagOff(content, 'prismaAdapter')).not.toThrow(/private/);
});
