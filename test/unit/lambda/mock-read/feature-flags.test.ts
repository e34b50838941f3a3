import {
  AppConfigDataClient,
  GetLatestConfigurationCommand,
  StartConfigurationSessionCommand,
} from '@aws-sdk/client-appconfigdata';
import { mockClient } from 'aws-sdk-client-mock';
import { FeatureFlags } from '../../../../lambda/shared/flags/feature-flags';

const mock = mockClient(AppConfigDataClient);
let now: number;
let token: number;
/** What AppConfig serves next: text, empty for unchanged, or an error. */
let served: string | Error;

beforeEach(() => {
  now = 1_700_000_000_000;
  token = 0;
  served = profile({ prismaAdapter: { enabled: true } });
  mock.reset();
  mock.on(StartConfigurationSessionCommand).callsFake(() => ({ InitialConfigurationToken: `initial-${++token}` }));
  mock.on(GetLatestConfigurationCommand).callsFake(() => {
    if (served instanceof Error) throw served;
    return {
      Configuration: new TextEncoder().encode(served),
      NextPollConfigurationToken: `next-${++token}`,
      NextPollIntervalInSeconds: 30,
    };
  });
});

const profile = (flags: object) => JSON.stringify(flags);
const named = (name: string) => Object.assign(new Error(name), { name });
const flags = () =>
  new FeatureFlags(
    new AppConfigDataClient({ region: 'us-east-1' }),
    { applicationId: 'app', environmentId: 'env', profileId: 'profile' },
    () => now,
  );
const looks = () =>
  mock.commandCalls(GetLatestConfigurationCommand).map(({ args }) => args[0].input.ConfigurationToken);

test.each([
  ['on', { prismaAdapter: { enabled: true } }, true],
  ['on, with attributes', { prismaAdapter: { enabled: true, share: 5 }, other: { enabled: false } }, true],
  ['off', { prismaAdapter: { enabled: false } }, false],
  ['absent', {}, false],
  ['of no known form', { prismaAdapter: 'on' }, false],
])('a flag is %s', async (_, content, expected) => {
  served = profile(content);
  expect(await flags().isEnabled('prismaAdapter')).toBe(expected);
});

test('AppConfig is asked once in each poll interval that it names', async () => {
  const source = flags();
  for (let n = 0; n < 10; n += 1) await source.isEnabled('prismaAdapter');
  now += 29_999;
  await source.isEnabled('prismaAdapter');
  expect(looks()).toEqual(['initial-1']);
  now += 1;
  served = profile({ prismaAdapter: { enabled: false } });
  expect(await source.isEnabled('prismaAdapter')).toBe(false);
  expect(looks()).toEqual(['initial-1', 'next-2']);
  expect(mock.commandCalls(StartConfigurationSessionCommand)).toHaveLength(1);
});

test('looks beside each other are one', async () => {
  const source = flags();
  await Promise.all([1, 2, 3].map(() => source.isEnabled('prismaAdapter')));
  expect(looks()).toHaveLength(1);
});

test('an empty answer means unchanged', async () => {
  const source = flags();
  await source.isEnabled('prismaAdapter');
  now += 30_000;
  served = '';
  expect(await source.isEnabled('prismaAdapter')).toBe(true);
});

test('a profile that nothing was deployed to has every flag off', async () => {
  served = '';
  expect(await flags().isEnabled('prismaAdapter')).toBe(false);
});

test('an expired token is replaced at once', async () => {
  const source = flags();
  await source.isEnabled('prismaAdapter');
  now += 25 * 3600 * 1000;
  mock.on(GetLatestConfigurationCommand, { ConfigurationToken: 'next-2' }).rejects(named('BadRequestException'));
  served = profile({ prismaAdapter: { enabled: false } });
  expect(await source.isEnabled('prismaAdapter')).toBe(false);
  expect(looks()).toEqual(['initial-1', 'next-2', 'initial-3']);
});

test.each([
  ['AppConfig is away', named('InternalServerException')],
  ['the profile is no JSON', 'private text'],
  ['the profile is no object', '[1]'],
])('the last known value stands while %s, and AppConfig is left alone for ten seconds', async (_, failure) => {
  const source = flags();
  await source.isEnabled('prismaAdapter');
  now += 30_000;
  const good = served;
  served = failure;
  for (let n = 0; n < 5; n += 1) expect(await source.isEnabled('prismaAdapter')).toBe(true);
  expect(looks()).toHaveLength(2);
  now += 10_000;
  served = good;
  expect(await source.isEnabled('prismaAdapter')).toBe(true);
  expect(looks()).toHaveLength(3);
});

describe('throws when', () => {
  test.each([
    ['AppConfig never answered', named('AccessDeniedException'), /AccessDeniedException/],
    ['the profile never held flags', 'private text', /must hold a JSON object, got 12 characters/],
  ])('%s, without asking again for each caller', async (_, failure, message) => {
    served = failure;
    const source = flags();
    for (let n = 0; n < 3; n += 1) await expect(source.isEnabled('prismaAdapter')).rejects.toThrow(message);
    expect(looks()).toHaveLength(1);
  });
});
