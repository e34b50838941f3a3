import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditReport } from '../../../lib/audit';
import { bodyLimit } from '../../../lib/delivery/github';
import {
  awsDrift,
  azureDrift,
  dependencyReport,
  issueMarker,
  lifecycleReport,
  nightlyParts,
  type PartReport,
  publishReport,
  readParts,
  renderReport,
  writePart,
} from '../../../lib/delivery/nightly';
import { settingsWith } from '../../support/estate';
import { estateOf, successors } from '../azure/synthesize';
import { FakeGitHub } from './fake-github';

const runUrl = 'https://github.example/run/7';
const scratch = mkdtempSync(join(tmpdir(), 'estate-nightly-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const none = { matched: 0, mismatch: 0, missing: 0, unexpected: 0, pending: 0, 'not modelled': 0 };
const audit = (rows: Readonly<Record<string, string>>): AuditReport => {
  const verdicts = Object.entries(rows);
  const count = (verdict: string) => verdicts.filter(([, one]) => one === verdict).length;
  const summary = {
    ...none,
    rows: verdicts.length,
    matched: count('matched'),
    mismatch: count('mismatch'),
    missing: count('missing'),
    unexpected: count('unexpected'),
  };
  return {
    schemaVersion: 1,
    sections: [{ id: 'queues', part: 'audit', rows: verdicts.map(([name, verdict]) => ({ name, verdict })) }],
    summary: { audit: summary, support: { ...none, rows: 0 } },
    exemptions: [],
    unusedExemptions: [],
  } as unknown as AuditReport;
};

describe('what each part finds', () => {
  test('an account as the inventory says is clean, and its totals are shown all the same', () => {
    const { clean, lines } = awsDrift(audit({ one: 'matched' }));
    expect(clean).toBe(true);
    expect(lines).toEqual([expect.stringContaining('1 matched'), expect.any(String)]);
  });

  test.each(['mismatch', 'missing', 'unexpected'])('a row that is %s is drift, and its name no markup', (verdict) => {
    const { clean, lines } = awsDrift(audit({ one: 'matched', 'a`](x)': verdict }));
    expect(clean).toBe(false);
    expect(lines.slice(2)).toEqual([expect.stringMatching(new RegExp(`\`a\\?\\?\\?x\\?\` ${verdict}$`))]);
  });

  test.each([
    ['nothing left to change', undefined, []],
    [
      'a plan',
      { create: [], update: ['a.b'], replace: [], destroy: ['c.d', 'e.f'] },
      ['update: `a.b`', 'destroy: `c.d`', 'destroy: `e.f`'],
    ],
  ])('Azure, %s', (_, left, lines) => {
    expect(azureDrift(left)).toEqual({ schemaVersion: 1, part: 'azure-drift', clean: lines.length === 0, lines });
  });

  test('lifecycles go by the day that is given', () => {
    const report = (today: string) => lifecycleReport(settingsWith(), estateOf(successors), today);
    expect(report('2020-01-01')).toMatchObject({ clean: true, lines: [] });
    const later = report('2040-01-01');
    expect(later.clean).toBe(false);
    expect(later.lines.join('\n')).toMatch(/nodejs20\.x[\s\S]*postgres[\s\S]*gpt-5/);
  });

  test('packages are as the registry reports them', () => {
    expect(dependencyReport([]).clean).toBe(true);
    expect(dependencyReport(['a line'])).toMatchObject({ part: 'dependencies', clean: false, lines: ['a line'] });
  });
});

describe('between the jobs', () => {
  test('a part is read as it was written; one that left none is told by its name', () => {
    const directory = join(scratch, 'parts');
    const part = dependencyReport(['a line']);
    writePart(directory, part);
    expect(readParts(directory)).toEqual(nightlyParts.map((name) => (name === part.part ? part : name)));
    expect(readParts(join(scratch, 'absent'))).toEqual(nightlyParts);
  });

  test('a report that is none of ours is refused', () => {
    const directory = mkdtempSync(join(scratch, 'foreign-'));
    writeFileSync(join(directory, 'lifecycles.json'), JSON.stringify({ schemaVersion: 2, part: 'lifecycles' }));
    expect(() => readParts(directory)).toThrow(/schemaVersion/);
  });
});

const clean = (part: PartReport['part']): PartReport => ({ schemaVersion: 1, part, clean: true, lines: [] });
const found = (...lines: string[]): PartReport => ({ ...clean('lifecycles'), clean: false, lines });

describe('the report', () => {
  test('says of every part what to do, and of one that failed that nobody looked', () => {
    const text = renderReport([clean('aws-drift'), 'azure-drift', found('first\nsecond')], runUrl);
    expect(text).toBe(
      [
        '## AWS against the inventory',
        '',
        'Nothing to do.',
        '',
        '## Azure against the state',
        '',
        'Could not be looked at: see the run. A cloud whose identities do not stand yet is not looked at either.',
        '',
        '## Versions and models that the clouds withdraw',
        '',
        '- first second',
        '',
        `Written by ${runUrl}.`,
      ].join('\n'),
    );
  });

  test('fifty lines of a part are shown, and how many more there are', () => {
    const text = renderReport([found(...Array.from({ length: 53 }, (_, n) => `line ${n}`))], runUrl);
    expect(text).toContain('- line 49\n- … and 3 more');
    expect(text).not.toContain('line 50');
  });

  test('is never longer than an issue takes, and says where the rest is', () => {
    const text = renderReport([found(...Array.from({ length: 50 }, () => 'x'.repeat(5_000)))], runUrl);
    expect(`${issueMarker}\n${text}`.length).toBeLessThanOrEqual(bodyLimit);
    expect(text).toMatch(new RegExp(`cut off; the whole report: ${runUrl}$`));
  });
});

describe('the issue', () => {
  let fake: FakeGitHub;
  beforeEach(() => {
    fake = new FakeGitHub();
  });
  afterEach(() => fake.stop());

  test('is opened, updated in place, closed when all is well, and opened anew', async () => {
    const github = await fake.start();
    const publish = (...parts: PartReport[]) => publishReport({ github, parts, runUrl });
    await expect(publish(found('one'))).resolves.toBe(false);
    await expect(publish(found('two'))).resolves.toBe(false);
    expect(fake.issues).toMatchObject([{ number: 1, state: 'open', title: 'Nightly report of the estate' }]);
    expect(fake.issues[0]?.body).toMatch(new RegExp(`^${issueMarker}\n[\\s\\S]*- two`));

    await expect(publish(clean('lifecycles'))).resolves.toBe(true);
    expect(fake.issues).toMatchObject([{ state: 'closed', body: `${issueMarker}\nAll is well again: ${runUrl}` }]);
    await publish(found('three'));
    expect(fake.issues).toMatchObject([{ state: 'closed' }, { state: 'open', body: expect.stringContaining('three') }]);
  }, 60_000);

  test('a part that failed is no good news', async () => {
    const github = await fake.start();
    await expect(publishReport({ github, parts: ['aws-drift'], runUrl })).resolves.toBe(false);
    expect(fake.issues).toHaveLength(1);
  }, 60_000);

  test('good news opens nothing', async () => {
    const github = await fake.start();
    await expect(publishReport({ github, parts: [clean('aws-drift')], runUrl })).resolves.toBe(true);
    expect(fake.issues).toEqual([]);
  }, 60_000);
});
