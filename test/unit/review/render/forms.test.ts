import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toBeValidSarifLog } from '@microsoft/jest-sarif';
import Ajv2020 from 'ajv/dist/2020';
import fc from 'fast-check';
import type { Log } from 'sarif';
import {
  mermaidPicture,
  renderJson,
  renderSarif,
  renderTerminal,
  reviewReportJsonSchema,
  reviewReportSchema,
  sarifLog,
} from '../../../../lib/review/render';
import { mermaidLabel } from '../../../../lib/review/render/mermaid';
import { differingTexts, middle, oneLine, shortened, valueText } from '../../../../lib/review/render/text';
import { dollarDelta, dollars } from '../../../../lib/review/render/view';
import { projectRoot } from '../../../support/estate';
import { changeOf, hostileParts, hostileReport, refTo, reportWith } from './reports';

// The schema of OASIS, as Microsoft's own SDK of SARIF carries it.
expect.extend({ toBeValidSarifLog });

describe('JSON', () => {
  const published = JSON.parse(readFileSync(join(projectRoot, 'lib/review/render/review-report.schema.json'), 'utf8'));

  test('the published schema is the one that the model has: after a change, run `npm run schemas`', () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(reviewReportJsonSchema())));
  });

  test('every report is valid by the published schema, and by the typed one', () => {
    const validate = new Ajv2020({ strict: false }).compile(published);
    fc.assert(
      fc.property(hostileReport, (report) => {
        const json = JSON.parse(renderJson(report));
        expect(validate(json) ? [] : validate.errors).toEqual([]);
        expect(reviewReportSchema.safeParse(json).success).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  test('a report with a field too many or too few is not valid', () => {
    const { notes: _, ...less } = reportWith();
    expect(reviewReportSchema.safeParse(less).success).toBe(false);
    expect(reviewReportSchema.safeParse({ ...reportWith(), more: 1 }).success).toBe(false);
  });
});

describe('SARIF', () => {
  /** What GitHub's code scanning asks of a result, and SARIF of a log. */
  const complaintsOf = (log: Log): string[] =>
    log.runs.flatMap(({ tool, results = [] }) =>
      results.flatMap((result) => {
        const rules = tool.driver.rules ?? [];
        const [location] = result.locations ?? [];
        const uri = location?.physicalLocation?.artifactLocation?.uri ?? '';
        const line = location?.physicalLocation?.region?.startLine ?? 0;
        return [
          ...(rules[result.ruleIndex ?? -1]?.id === result.ruleId ? [] : ['a rule that is not listed']),
          ...(result.message.text ? [] : ['no message']),
          ...(/^[^\s<>"{}|\\^`]+$/.test(uri) && !uri.startsWith('/') && !uri.includes('..') ? [] : [`uri ${uri}`]),
          ...(line >= 1 ? [] : ['a line below 1']),
          ...(/^[0-9a-f]{64}$/.test(result.partialFingerprints?.['estateReview/v1'] ?? '') ? [] : ['no fingerprint']),
        ];
      }),
    );

  test('whatever the report, the log holds what code scanning needs', () => {
    fc.assert(
      fc.property(hostileReport, (report) => {
        const log = JSON.parse(renderSarif(report)) as Log;
        expect(log).toBeValidSarifLog();
        expect(log.version).toBe('2.1.0');
        expect(complaintsOf(log)).toEqual([]);
        expect(new Set(log.runs[0]?.tool.driver.rules?.map(({ id }) => id)).size).toBe(
          log.runs[0]?.tool.driver.rules?.length,
        );
      }),
      { numRuns: 25 },
    );
  });

  test('a waived reason is suppressed with its reason, a mended finding is no result', () => {
    const log = sarifLog(
      reportWith({
        findings: [
          { category: 'network', rule: 'network/opened', level: 'note', status: 'fixed', message: 'Closed.' },
          {
            category: 'access',
            rule: 'access/identity-widened',
            level: 'warning',
            status: 'new',
            message: 'May.',
            resource: refTo('r', 'AWS::IAM::Role', { source: { file: 'stacks/a b.ts', line: 7 } }),
          },
        ],
        gate: {
          open: true,
          asOf: '2026-11-24',
          reasons: [
            {
              rule: 'removal',
              resource: refTo('q'),
              change: 'remove',
              message: 'q goes.',
              remedy: 'Keep it.',
              waivedBy: 'w1',
            },
          ],
          waivers: [
            {
              id: 'w1',
              status: 'used',
              fails: false,
              message: 'm',
              owner: 'platform',
              reason: 'It is empty.',
              expires: '2027-01-01',
            },
          ],
        },
      }),
    );
    expect(log).toBeValidSarifLog();
    expect(
      log.runs[0]?.results?.map(({ ruleId, level, suppressions }) => [ruleId, level, suppressions?.[0]?.justification]),
    ).toEqual([
      ['gate/removal', 'error', 'It is empty.'],
      ['access/identity-widened', 'warning', undefined],
    ]);
    expect(log.runs[0]?.results?.[1]?.locations?.[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: 'stacks/a%20b.ts', uriBaseId: 'PROJECT' },
      region: { startLine: 7 },
    });
  });

  test('more results than code scanning shows are counted', () => {
    const finding = { category: 'access', rule: 'x', level: 'note', status: 'new', message: 'm' } as const;
    const log = sarifLog(reportWith({ findings: Array.from({ length: 5_010 }, () => finding) }));
    expect(log).toBeValidSarifLog();
    expect(log.runs[0]?.results).toHaveLength(5_000);
    expect(log.runs[0]?.invocations?.[0]?.toolExecutionNotifications?.[0]?.message.text).toMatch(/^10 results more/);
  });

  test('a fingerprint outlives a moved line, and differs by resource', () => {
    const of = (name: string, line: number) =>
      sarifLog(
        reportWith({
          findings: [
            {
              category: 'access',
              rule: 'x',
              level: 'note',
              status: 'new',
              message: 'm',
              path: 'p',
              resource: refTo(name, 't', { source: { file: 'a.ts', line } }),
            },
          ],
        }),
      ).runs[0]?.results?.[0]?.partialFingerprints?.['estateReview/v1'];
    expect(of('a', 1)).toBe(of('a', 99));
    expect(of('a', 1)).not.toBe(of('b', 1));
  });
});

describe('Mermaid', () => {
  /** The grammar of what is written, line by line; labels hold letters, a few marks and entity codes alone. */
  const label = String.raw`"(?:[A-Za-z0-9 .,:/_-]|#\d+;|<br/>)*"`;
  const grammar = [
    /^flowchart LR$/,
    new RegExp(`^ {2}subgraph s\\d+\\[${label}\\]$`),
    new RegExp(`^ {4}n\\d+\\[${label}\\]:::[a-z]+$`),
    /^ {2}end$/,
    new RegExp(`^ {2}f\\d+\\[${label}\\] -->\\|[a-z ]+\\| n\\d+$`),
    /^ {2}more\["and \d+ more"\]$/,
    /^ {2}classDef [a-z]+ [a-z#0-9:,-]+$/,
  ];

  test('no name leaves its label', () => {
    fc.assert(
      fc.property(hostileReport, ({ changes }) => {
        const picture = mermaidPicture(changes);
        expect(picture === undefined).toBe(changes.length === 0);
        const wrong = (picture ?? 'flowchart LR')
          .split('\n')
          .filter((line) => !grammar.some((rule) => rule.test(line)));
        expect(wrong).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test.each(hostileParts.map((part) => [part]))('%j as a label is letters and entity codes', (part) => {
    expect(mermaidLabel(part)).toMatch(/^(?:[A-Za-z0-9 .,:/_-]|#\d+;)*$/);
  });

  test('a hundred changes are a picture of forty, and the others counted', () => {
    const picture = mermaidPicture(Array.from({ length: 100 }, (_, index) => changeOf('add', `q${index}`))) ?? '';
    expect(picture.match(/:::add/g)).toHaveLength(40);
    expect(picture).toContain('more["and 60 more"]');
  });

  test('a rename is an arrow from the earlier place', () => {
    expect(mermaidPicture([changeOf('rename', 'new', { from: refTo('old') })])).toContain(
      'f0["old<br/>shop #40;aws us-east-1#41;"] -->|rename| n0',
    );
  });
});

describe('terminal', () => {
  test('no name moves the cursor, colours or breaks a line', () => {
    fc.assert(
      fc.property(hostileReport, (report) => {
        const text = renderTerminal(report);
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
      { numRuns: 25 },
    );
  });

  test('says first what to decide, and counts what it leaves out', () => {
    const text = renderTerminal(
      reportWith({
        changes: Array.from({ length: 40 }, (_, index) => changeOf('add', `q${index}`)),
        gate: {
          open: false,
          asOf: '2026-11-24',
          reasons: [
            {
              rule: 'removal',
              resource: refTo('orders'),
              change: 'remove',
              message: 'orders goes.',
              remedy: 'Keep it.',
            },
          ],
          waivers: [],
        },
      }),
    );
    expect(text.split('\n').slice(0, 6)).toEqual([
      '✘ The gate is closed: 1 change puts data at risk.',
      '  Resources: 40 to add.',
      '',
      'Data at risk',
      '  ✘ orders (AWS::SQS::Queue) goes.',
      '    → Keep it.',
    ]);
    expect(text).toContain('… and 15 more');
    expect(renderTerminal(reportWith({ changes: [changeOf('add', 'q')] }), { full: true })).not.toContain(
      'more (--full',
    );
  });

  test('two equal trees are one line', () => {
    expect(renderTerminal(reportWith())).toBe('✔ Nothing changes: both trees say the same.\n');
  });
});

describe('text', () => {
  test.each([
    ['a\nb\tc', 'a b c'],
    ['a\u202eb', 'a\ufffdb'],
    ['a\ud800b', 'a\ufffdb'],
    ['a\u001b[31mb', 'a\ufffd[31mb'],
    ['é😀', 'é😀'],
  ])('%j on one line is %j', (text, line) => {
    expect(oneLine(text)).toBe(line);
  });

  test.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 4, 'abc…'],
    ['😀😀😀', 2, '😀…'],
  ])('%s in %i characters is %s', (text, length, expected) => {
    expect(shortened(text, length)).toBe(expected);
  });

  test('an address keeps both ends', () => {
    expect(middle('abcdefghij', 5)).toBe('ab…ij');
  });

  test('values differ from where they begin to', () => {
    const [before, after] = differingTexts(
      { list: Array(50).fill('same'), last: 1 },
      { list: Array(50).fill('same'), last: 2 },
    );
    expect(before).toMatch(/^….*"last":1}$/);
    expect(after).toMatch(/^….*"last":2}$/);
    expect(valueText('')).toBe('(empty)');
    expect(valueText(undefined)).toBe('nothing');
  });

  test.each([
    [0, '$0.00', '$0.00'],
    [1234.565, '$1,234.57', '+$1,234.57'],
    [-3, '-$3.00', '-$3.00'],
    [-0.001, '$0.00', '$0.00'],
  ])('%d dollars', (amount, plain, delta) => {
    expect(dollars(amount)).toBe(plain);
    expect(dollarDelta(amount)).toBe(delta);
  });
});
