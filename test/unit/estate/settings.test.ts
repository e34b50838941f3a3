import cdkJson from '../../../cdk.json';
import {
  type AccountSettingsInput,
  auditedAccount,
  type contextKeys,
  globalName,
  resolveSettings,
  SettingsError,
  unknownContextKeys,
} from '../../../lib/estate/settings';
import { settingsFiles } from '../../../settings';

const audited = settingsFiles[auditedAccount] as AccountSettingsInput;
const other = '111122223333';
const otherFile: AccountSettingsInput = { ...audited, account: other, namePrefix: 'acme-' };

describe('resolveSettings', () => {
  test('minimal: the committed file of the audited account', () => {
    expect(resolveSettings(settingsFiles)).toMatchObject({
      account: auditedAccount,
      posture: 'hardened',
      origin: 'undecided',
      runtime: 'nodejs20.x',
      compute: { scraperDesiredCount: 0 },
      databases: { engineVersion: '17.4', closePublicAccess: false },
    });
  });

  test.each<[keyof typeof contextKeys, string, (settings: ReturnType<typeof resolveSettings>) => unknown, unknown]>([
    ['posture', 'audited', (s) => s.posture, 'audited'],
    ['runtime', 'nodejs22.x', (s) => s.runtime, 'nodejs22.x'],
    ['engineVersion', '17.9', (s) => s.databases.engineVersion, '17.9'],
    ['closePublicAccess', 'true', (s) => s.databases.closePublicAccess, true],
    ['closePublicAccess', 'false', (s) => s.databases.closePublicAccess, false],
    ['scraperDesiredCount', '2', (s) => s.compute.scraperDesiredCount, 2],
  ])('maximum: -c %s=%s', (key, value, read, expected) => {
    expect(read(resolveSettings(settingsFiles, { [key]: value }))).toBe(expected);
  });

  test('a trial value does not stay in the file', () => {
    resolveSettings(settingsFiles, { posture: 'audited' });
    expect(resolveSettings(settingsFiles).posture).toBe('hardened');
  });

  test('another account has a prefix before its global names', () => {
    const settings = resolveSettings({ ...settingsFiles, [other]: otherFile }, { account: other });
    expect(globalName(settings, 'huntaze-assets')).toBe('acme-huntaze-assets');
    expect(globalName(resolveSettings(settingsFiles), 'huntaze-assets')).toBe('huntaze-assets');
  });

  describe('throws when', () => {
    test.each<[string, Record<string, string>, string]>([
      [
        'the posture is unknown',
        { posture: 'lax' },
        'posture: Invalid option: expected one of "audited"|"hardened", got: "lax"',
      ],
      [
        'a setting is unknown',
        { postur: 'audited' },
        'Unknown setting in the context, got: postur. Known: account, posture',
      ],
      [
        'the account has no file',
        { account: other },
        `No settings file for account, got: ${other}. Known: ${auditedAccount}. Add settings/${other}.ts`,
      ],
      ['the runtime is not Node.js', { runtime: 'python3.11' }, 'got: "python3.11"'],
      ['the version is malformed', { engineVersion: 'seventeen' }, 'databases.engineVersion'],
      [
        'a flag is no flag',
        { closePublicAccess: 'yes' },
        'databases.closePublicAccess: Invalid input: expected boolean, received string, got: "yes"',
      ],
      ['a count is no count', { scraperDesiredCount: 'two' }, 'compute.scraperDesiredCount'],
      ['a count is too large', { scraperDesiredCount: '11' }, 'compute.scraperDesiredCount'],
    ])('%s', (_title, context, message) => {
      expect(() => resolveSettings(settingsFiles, context)).toThrow(SettingsError);
      expect(() => resolveSettings(settingsFiles, context)).toThrow(message);
    });

    test.each<[string, Partial<AccountSettingsInput>, string]>([
      ['the account id is malformed', { account: '31780589753' }, 'account: an AWS account id has twelve digits'],
      [
        'the file is of another account',
        { account: '444455556666', namePrefix: 'x-' },
        'names another account, got: 444455556666',
      ],
      ['another account has no prefix', { namePrefix: undefined }, 'namePrefix: bucket names are global'],
      ['the prefix has no hyphen', { namePrefix: 'acme' }, 'namePrefix: lower-case letters'],
      [
        'the region is another one',
        { region: 'eu-west-1' as 'us-east-1' },
        'region: the audited estate, and every edge function',
      ],
    ])('%s', (_title, change, message) => {
      const files = { ...settingsFiles, [other]: { ...otherFile, ...change } };
      expect(() => resolveSettings(files, { account: other })).toThrow(message);
    });

    test('the audited account has a prefix', () => {
      const files = { [auditedAccount]: { ...audited, namePrefix: 'acme-' } };
      expect(() => resolveSettings(files)).toThrow('physical names of the audited account are the audited ones');
    });

    test('every problem is told at once, and the remedy names the file', () => {
      const act = () => resolveSettings(settingsFiles, { posture: 'lax', runtime: 'python3.11' });
      expect(act).toThrow(/posture:[\s\S]*runtime:[\s\S]*Mend settings\/317805897534\.ts or the -c value\./);
    });
  });
});

describe('unknownContextKeys', () => {
  test('knows every key that cdk.json holds', () => {
    expect(unknownContextKeys(cdkJson.context)).toEqual([]);
  });

  test.each(['aws:cdk:enable-path-metadata', 'availability-zones:account=1:region=us-east-1', 'cdktfVersion'])(
    'knows %s of the tools',
    (key) => {
      expect(unknownContextKeys({ [key]: true })).toEqual([]);
    },
  );

  test.each(['Posture', 'desiredCount', 'namePrefix', ''])('does not know %p', (key) => {
    expect(unknownContextKeys({ [key]: 'x' })).toEqual([key]);
  });
});
