import type { AuditedSection, AuditReport, Counts } from '../../../lib/audit/audit';
import { isClean } from '../../../lib/audit/audit';
import type { AuditedRow, Verdict } from '../../../lib/audit/model';
import { fitWidths, renderAudit, summaryLine } from '../../../lib/audit/report';

const row = (name: string, verdict: Verdict, more: Partial<AuditedRow> = {}): AuditedRow => ({
  name,
  label: 'words of the inventory',
  verdict,
  differences: [],
  exempt: [],
  ...more,
});

const counts = (more: Partial<Counts> = {}): Counts => ({
  rows: 0,
  matched: 0,
  mismatch: 0,
  missing: 0,
  unexpected: 0,
  pending: 0,
  'not modelled': 0,
  ...more,
});

const report = (sections: readonly AuditedSection[], audit: Partial<Counts> = {}): AuditReport => ({
  schemaVersion: 1,
  account: '317805897534',
  region: 'us-east-1',
  posture: 'hardened',
  sections,
  summary: { audit: counts(audit), support: counts() },
  exemptions: [],
  unusedExemptions: [],
});

describe('fitWidths', () => {
  test.each<[string, number[], number, number[]]>([
    ['what fits stays', [10, 20], 30, [10, 20]],
    ['the widest gives', [10, 80], 60, [10, 50]],
    ['two widest give equally', [10, 80, 80], 110, [10, 50, 50]],
    ['the second widest gives once the widest has', [10, 40, 80], 70, [10, 30, 30]],
    ['nothing goes below the narrowest', [8, 8, 8], 10, [8, 8, 8]],
    ['one short column stays', [3, 200], 50, [3, 47]],
  ])('%s', (_title, natural, available, expected) => {
    expect(fitWidths(natural, available)).toEqual(expected);
  });
});

describe('renderAudit', () => {
  const endpoint = 'huntaze-postgres-production-encrypted.c2ryoow8c5m4.us-east-1.rds.amazonaws.com';
  const text = renderAudit(
    report(
      [
        {
          id: 'databases',
          part: 'audit',
          rows: [
            row('huntaze-postgres-production-encrypted', 'matched', { actual: { status: 'available', endpoint } }),
            row('huntaze-postgres-production', 'mismatch', {
              differences: [{ property: 'storageType', expected: 'gp2', actual: 'gp3' }],
            }),
          ],
        },
        { id: 'functions', part: 'audit', rows: [row('publisher-reddit', 'pending', { reason: 'comes later' })] },
      ],
      { rows: 3, matched: 1, mismatch: 1, pending: 1 },
    ),
  );

  test('no line of a table is wider than 100 columns', () => {
    const widths = text.split('\n').map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(100);
  });

  test('a wide cell is wrapped, not cut', () => {
    const cells = text.split('\n').filter((line) => line.includes('│'));
    expect(cells.map((line) => line.split('│')[3]?.trim() ?? '').join('')).toContain(endpoint);
  });

  test('a mismatch says property, expected and actual', () => {
    expect(text).toContain('huntaze-postgres-production storageType: expected "gp2", got "gp3"');
  });

  test('a pending row says why', () => {
    expect(text).toContain('pending: comes later');
  });

  test('the summary counts', () => {
    expect(text).toContain('3 rows: 1 matched, 1 pending, 1 mismatched, 0 missing');
  });
});

test('summaryLine leaves empty kinds out, but never mismatched and missing', () => {
  expect(summaryLine('Tables', counts({ rows: 2, matched: 2 }))).toBe(
    'Tables: 2 rows: 2 matched, 0 mismatched, 0 missing',
  );
});

describe('isClean', () => {
  test.each<[string, Partial<Counts>, boolean]>([
    ['everything matched', { matched: 3 }, true],
    ['pending and not modelled', { pending: 2, 'not modelled': 1 }, true],
    ['a mismatch', { mismatch: 1 }, false],
    ['a missing row', { missing: 1 }, false],
    ['an unexpected resource', { unexpected: 1 }, false],
  ])('%s', (_title, summary, expected) => {
    expect(isClean(report([], summary))).toBe(expected);
  });

  test('an exemption that nothing needs', () => {
    const unused = { section: 'buckets', property: 'x', reason: 'y' } as const;
    expect(isClean({ ...report([]), unusedExemptions: [unused] })).toBe(false);
  });
});
