import type { AuditedSection, AuditReport } from '../../../lib/audit/audit';
import { renderDocument } from '../../../lib/audit/document/document';
import { frenchLabels } from '../../../lib/audit/document/labels-fr';
import { code, mermaidLabel, plain } from '../../../lib/audit/document/markdown';
import { assertAccount, WrongAccountError } from '../../../lib/audit/identity';
import type { AuditedRow, Verdict } from '../../../lib/audit/model';
import { sections } from '../../../lib/audit/sections';
import { settingsWith } from '../../support/estate';

const row = (name: string, verdict: Verdict, more: Partial<AuditedRow> = {}): AuditedRow => ({
  name,
  label: '',
  verdict,
  differences: [],
  exempt: [],
  ...more,
});

const none = { rows: 0, matched: 0, mismatch: 0, missing: 0, unexpected: 0, pending: 0, 'not modelled': 0 };
const report = (...audited: AuditedSection[]): AuditReport => ({
  schemaVersion: 1,
  account: '317805897534',
  region: 'us-east-1',
  posture: 'audited',
  sections: audited,
  summary: { audit: none, support: none },
  exemptions: [],
  unusedExemptions: [],
});

const drifted = report(
  {
    id: 'databases',
    part: 'audit',
    rows: [
      row('huntaze-postgres-production', 'mismatch', {
        actual: { status: 'available', encrypted: false },
        differences: [{ property: 'storageType', expected: 'gp2', actual: 'gp3' }],
      }),
      row('huntaze-postgres-production-encrypted', 'missing'),
    ],
  },
  {
    id: 'functions',
    part: 'audit',
    rows: [
      row('huntaze-flag-cleanup', 'matched', { label: 'Flag clean-up', actual: { runtime: 'nodejs18.x' } }),
      row('stranger|@huntaze`', 'unexpected'),
    ],
  },
  {
    id: 'buckets',
    part: 'audit',
    rows: [
      row('cdk-hnb659fds-assets-317805897534-us-east-1', 'matched', {
        label: 'CDK assets, default qualifier (owner: CDKToolkit)',
        actual: {},
        exempt: [{ property: 'archiveTiers', expected: [], actual: null, reason: 'cannot be read' }],
      }),
    ],
  },
  { id: 'rules', part: 'support', rows: [row('a-rule', 'matched', { actual: { state: 'ENABLED' } })] },
);

const options = { date: new Date('2026-11-24T23:30:00Z'), runtime: 'nodejs20.x' };
const english = renderDocument(drifted, { ...options, language: 'en' });
const french = renderDocument(drifted, { ...options, language: 'fr' });

describe.each([
  ['English', english, ['24 November 2026', 'Appeared', 'Vanished', 'Changed', 'Flag clean-up', 'EXECUTIVE SUMMARY']],
  ['French', french, ['24 novembre 2026', 'Apparu', 'Disparu', 'Modifié', 'Nettoyage de flags', 'RÉSUMÉ EXÉCUTIF']],
])('the document in %s', (_language, text, words) => {
  test.each(words)('says %s', (word) => {
    expect(text).toContain(word);
  });

  test('has the sections of the audit in its order', () => {
    const numbers = [...text.matchAll(/^##+ (\d+)\. /gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual([2, 4, 3, 7, 8, 9, 10]);
  });

  test('shows drift per property', () => {
    expect(text).toContain('| `huntaze-postgres-production` | `storageType` | `"gp2"` | `"gp3"` |');
  });

  test('counts what is in the account, not what should be', () => {
    expect(text).toContain('PostgreSQL RDS (1)');
    expect(text).toMatch(/- 2 (Lambda functions|fonctions Lambda)/);
  });

  test('names functions that are not on the runtime', () => {
    expect(text).toContain('`huntaze-flag-cleanup` (nodejs18.x)');
  });

  test('lists what was not compared', () => {
    expect(text).toContain('`archiveTiers` | cannot be read');
  });

  test('a hostile name breaks no table and calls nobody', () => {
    const line = text.split('\n').find((candidate) => candidate.includes('stranger')) ?? '';
    expect(line.match(/(?<!\\)\|/g)?.length).toBe(3);
    expect(line).toContain("`stranger¦@huntaze'`");
  });
});

test('French takes the words of the inventory inside their owner', () => {
  expect(french).toContain('Assets CDK, qualificateur par défaut (owner: CDKToolkit)');
});

test('a clean account says so', () => {
  expect(renderDocument(report(), { ...options, language: 'en' })).toContain('Nothing appeared, vanished or changed.');
});

test("every label of the audit's tables has a French one", () => {
  const labels = sections
    .filter(({ part }) => part === 'audit')
    .flatMap((section) => section.expected(settingsWith()).map(({ label }) => label.replace(/ \(owner: .*\)$/, '')));
  expect(labels.filter((label) => label !== '' && frenchLabels[label] === undefined)).toEqual([]);
});

describe('Markdown', () => {
  test.each([
    ['a|b', 'a\\|b'],
    ['<img> @team\nnext', '\\<img\\> @\u200bteam next'],
  ])('plain %j', (text, expected) => {
    expect(plain(text)).toBe(expected);
  });
  test('code', () => {
    expect(code('a`b|c\nd')).toBe("`a'b¦c d`");
  });
  test('mermaidLabel', () => {
    expect(mermaidLabel('a "b" [c];')).toBe('a  b   c');
  });
});

describe('assertAccount', () => {
  const clients = (account: string) =>
    ({ sts: { send: async () => ({ Account: account }) } }) as unknown as Parameters<typeof assertAccount>[0];
  const settings = { account: '317805897534', region: 'us-east-1' } as const;

  test('announces account and region', async () => {
    const said: string[] = [];
    await assertAccount(clients('317805897534'), settings, (line) => said.push(line));
    expect(said).toEqual(['Account 317805897534, region us-east-1']);
  });

  test('refuses another account, after it was announced', async () => {
    const said: string[] = [];
    const wrong = assertAccount(clients('111122223333'), settings, (line) => said.push(line));
    await expect(wrong).rejects.toThrow(WrongAccountError);
    await expect(wrong).rejects.toThrow('got: 111122223333, expected: 317805897534');
    expect(said).toEqual(['Account 111122223333, region us-east-1']);
  });
});
