import { checkModels, findModel, modelVersions, noticeDays, retirementDate } from '../../../lib/policy/models';
import { reviewDate } from '../../../lib/policy/review-date';

const use = (model: string, version: string) => ({ setting: 'azure.tiers.premium', model, version });
const gpt4o = use('gpt-4o', '2024-11-20');
const gpt51 = use('gpt-5.1', '2025-11-13');

test('the models of the audit count as retired on the review date, with the setting that moves them', () => {
  const [finding] = checkModels([gpt4o], reviewDate);
  expect(finding).toMatchObject({ severity: 'retired', retires: '2026-10-01' });
  expect(finding?.message).toContain('azure.tiers.premium: gpt-4o 2024-11-20 counts as RETIRED since 2026-10-01');
  expect(finding?.message).toContain('set azure.tiers.premium.model to gpt-5.1');
  expect(finding?.message).toContain('azure.tiers.premium.version to 2025-11-13');
});

test('editions of the schedule that differ are both named, editions that agree are not', () => {
  const [disputed] = checkModels([gpt4o], reviewDate);
  expect(disputed?.message).toContain('2026-10-01 (edition of 2026-07-07), 2027-04-14 (edition of 2026-09-02)');
  const [agreed] = checkModels([gpt51], '2027-05-15');
  expect(agreed?.message).not.toContain('edition');
});

test.each([
  ['2026-09-30', 'retires-soon'],
  ['2026-10-01', 'retired'],
  ['2030-01-01', 'retired'],
])('on %s gpt-4o is %s', (today, severity) => {
  expect(checkModels([gpt4o], today)).toMatchObject([{ severity }]);
});

test(`a version is reported ${noticeDays} days before it leaves, and not a day earlier`, () => {
  expect(checkModels([gpt51], '2026-11-15')).toEqual([]);
  expect(checkModels([gpt51], '2026-11-16')).toMatchObject([{ severity: 'retires-soon', retires: '2027-05-15' }]);
});

test('a version that the table does not know gives no finding', () => {
  expect(checkModels([use('gpt-9', '2031-01-01')], reviewDate)).toEqual([]);
});

test.each(['', 'today', '2026-13-01', '23 November 2026'])('the day "%s" is refused', (today) => {
  expect(() => checkModels([gpt4o], today)).toThrow(`got: ${today}.`);
});

describe('the table', () => {
  test('has each version once', () => {
    const ids = modelVersions.map(({ model, version }) => `${model} ${version}`);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each(modelVersions)('$model $version: successor lives longer, quotas are ordered, dates are dates', (row) => {
    for (const date of [...Object.values(row.retires), row.closedToNewCustomers ?? '2025-01-01']) {
      expect(new Date(date).toISOString().slice(0, 10)).toBe(date);
    }
    for (const { initial, highest } of Object.values(row.quota)) {
      expect(initial).toBeGreaterThan(0);
      expect(highest).toBeGreaterThanOrEqual(initial);
    }
    if (row.successor) {
      const successor = findModel(row.successor.model, row.successor.version);
      expect(successor && retirementDate(successor) > retirementDate(row)).toBe(true);
    }
  });
});
