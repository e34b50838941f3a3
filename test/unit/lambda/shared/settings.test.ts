import { requiredSettings } from '../../../../lambda/shared/settings';

const names = { table: 'TABLE', secret: 'SECRET' } as const;

test.each([
  ['minimal', { table: 'TABLE' }, { TABLE: 't' }, { table: 't' }],
  [
    'maximum, other variables left out, spaces cut off',
    names,
    { TABLE: ' t ', SECRET: 's', OTHER: 'x' },
    { table: 't', secret: 's' },
  ],
] as [string, Record<string, string>, NodeJS.ProcessEnv, Record<string, string>][])(
  '%s',
  (_, wanted, environment, settings) => {
    expect(requiredSettings(wanted, environment)).toEqual(settings);
  },
);

test.each([
  ['one is missing', { TABLE: 't' }, 'got none for: SECRET'],
  ['one is empty', { TABLE: '  ', SECRET: 's' }, 'got none for: TABLE'],
  ['all are missing', {}, 'got none for: TABLE, SECRET'],
])('throws when %s', (_, environment, message) => {
  expect(() => requiredSettings(names, environment)).toThrow(message);
});
