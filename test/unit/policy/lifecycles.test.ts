import { resolveSettings } from '../../../lib/estate/settings';
import { acknowledgedVersions } from '../../../lib/policy/acknowledgements';
import {
  checkLifecycles,
  lambdaRuntimes,
  noticeDays,
  postgresVersions,
  redisVersions,
} from '../../../lib/policy/lifecycles';
import { reviewDate } from '../../../lib/policy/review-date';
import { settingsFiles } from '../../../settings';

const found = (context: Record<string, string>, today?: string) =>
  Object.fromEntries(
    checkLifecycles(resolveSettings(settingsFiles, context), today).map((finding) => [finding.id, finding]),
  );
const supported = { engineVersion: '17.7' };
const dayBefore = (date: string, days: number): string =>
  new Date(Date.parse(date) - days * 86_400_000).toISOString().slice(0, 10);

describe('runtime', () => {
  test.each([
    ['far from its end', 'nodejs24.x', reviewDate, undefined],
    ['the day before the notice', 'nodejs22.x', dayBefore('2027-04-30', noticeDays + 1), undefined],
    ['the day of the notice', 'nodejs22.x', dayBefore('2027-04-30', noticeDays), 'warning'],
    ['the audited runtime on the review date', 'nodejs20.x', reviewDate, 'warning'],
    ['the day before creation is refused', 'nodejs20.x', '2027-01-31', 'warning'],
    ['the day on which creation is refused', 'nodejs20.x', '2027-02-01', 'error'],
    ['in no table', 'nodejs12.x', reviewDate, 'error'],
  ])('%s', (_, runtime, today, level) => {
    expect(found({ ...supported, runtime }, today)['lifecycle-lambda']?.level).toBe(level);
  });

  test('the message gives both dates and the setting', () => {
    const message = found(supported)['lifecycle-lambda']?.message;
    expect(message).toContain('support ended on 2026-04-30');
    expect(message).toContain('creation is refused from 2027-02-01');
    expect(message).toContain('-c runtime=nodejs22.x');
  });
});

describe('postgres', () => {
  test('the audited version is withdrawn, acknowledged, and still said', () => {
    const finding = found({})['lifecycle-postgres'];
    expect(finding).toMatchObject({ level: 'warning', createRefused: true, subject: 'postgres 17.4' });
    expect(finding?.message).toContain(acknowledgedVersions['postgres 17.4']);
    expect(finding?.message).toContain('-c engineVersion=17.9');
  });

  test('a withdrawn version that nobody acknowledged is an error', () => {
    expect(found({ engineVersion: '17.5' })['lifecycle-postgres']?.level).toBe('error');
  });

  test('a date that is not documented says so', () => {
    expect(found({ engineVersion: '17.9' })['lifecycle-postgres']?.message).toContain('inferred, not documented');
  });
});

test('a version without an announced end gives no finding', () => {
  expect(found(supported)).not.toHaveProperty('lifecycle-redis');
  expect(found(supported)).not.toHaveProperty('lifecycle-postgres');
});

describe('tables', () => {
  const rows = Object.entries({ ...lambdaRuntimes, ...postgresVersions, ...redisVersions });

  test.each(rows)('%s: support ends before updates are refused', (_, row) => {
    const { ends, createRefused = '0000', updateRefused = '9999' } = row;
    expect(createRefused < updateRefused).toBe(true);
    expect((ends ?? '0000') < updateRefused).toBe(true);
  });

  test('an acknowledged version is one that the tables end', () => {
    for (const subject of Object.keys(acknowledgedVersions)) {
      const [, version = ''] = subject.split(' ');
      expect(Object.fromEntries(rows)).toHaveProperty([version, 'createRefused']);
    }
  });
});
