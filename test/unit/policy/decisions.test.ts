import { type AccountSettings, resolveSettings } from '../../../lib/estate/settings';
import { openDecisions } from '../../../lib/policy/decisions';
import { settingsFiles } from '../../../settings';

const settings = resolveSettings(settingsFiles);
const taken: AccountSettings = {
  ...settings,
  origin: 'create',
  databases: { ...settings.databases, closePublicAccess: true },
  delivery: { repository: 'example-org/estate' },
  edge: { userPool: { id: 'us-east-1_Abc', clientId: 'a'.repeat(20) } },
};

test.each([
  [
    'none taken',
    settings,
    ['decision-origin', 'decision-public-database', 'decision-user-pool', 'decision-repository'],
  ],
  ['all taken', taken, []],
  ['one open', { ...taken, origin: 'undecided' } as const, ['decision-origin']],
])('%s', (_, given, open) => {
  expect(openDecisions(given).map(({ id }) => id)).toEqual(open);
  expect(openDecisions(given).filter(({ level }) => level !== 'info')).toEqual([]);
});
