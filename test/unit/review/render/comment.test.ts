import fc from 'fast-check';
import type { Nodes, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import type { Finding } from '../../../../lib/review';
import { commentLimit, commentMarker, renderComment } from '../../../../lib/review/render';
import { changeOf, hostileReport, refTo, reportWith } from './reports';

/** The comment as GitHub's dialect reads it: CommonMark with tables, autolinks, footnotes and strikethrough. */
const parse = (markdown: string): Root =>
  fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });

const nodesOf = (node: Nodes): Nodes[] => [node, ...('children' in node ? node.children.flatMap(nodesOf) : [])];

const html = /^(<!-- estate-review:[\w./-]+ -->|<details>\n<summary>[\w ,.()/:-]*<\/summary>|<\/details>)$/;

/** What may stand in the tree of a comment; anything else got in from a template. */
const known = new Set([
  'root',
  'heading',
  'paragraph',
  'text',
  'inlineCode',
  'strong',
  'list',
  'listItem',
  'table',
  'tableRow',
  'tableCell',
  'html',
  'code',
  'link',
]);

const titles =
  /^(Review of the infrastructure|Data at risk|Also at risk|Access broadened|Network exposed|Cost|Monthly cost|Waivers)$/;

function complaints(markdown: string): string[] {
  const nodes = nodesOf(parse(markdown));
  const wrong: string[] = [];
  for (const node of nodes) {
    if (!known.has(node.type)) wrong.push(`node ${node.type}`);
    if (node.type === 'html' && !html.test(node.value)) wrong.push(`html ${node.value}`);
    if (node.type === 'link' && !/^https:\/\/[\w.-]+\//.test(node.url)) wrong.push(`link ${node.url}`);
    if (node.type === 'code' && node.lang !== 'mermaid') wrong.push(`code ${node.value}`);
    if (node.type === 'heading') {
      const title = node.children.map((child) => ('value' in child ? child.value : child.type)).join('');
      if (!titles.test(title)) wrong.push(`heading ${title}`);
    }
    if (node.type === 'text') {
      for (const live of [
        /@\w/,
        /#\d/,
        /\bGH-\d/i,
        /\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b/i,
        /:\/\/\w/,
        /\bwww\.\w/i,
        /:[a-z0-9_+-]+:/,
        /\$/,
      ]) {
        if (live.test(node.value)) wrong.push(`text ${live} ${node.value}`);
      }
    }
    if (node.type === 'table') {
      const columns = node.children[0]?.children.length;
      if (node.children.some(({ children }) => children.length !== columns)) wrong.push('a row with other columns');
    }
  }
  const opened = nodes.filter((node) => node.type === 'html' && node.value.startsWith('<details>')).length;
  const closed = nodes.filter((node) => node.type === 'html' && node.value === '</details>').length;
  if (opened !== closed) wrong.push(`${opened} details opened, ${closed} closed`);
  if (/[\p{Cc}\p{Cf}\p{Cs}]/u.test(markdown.replace(/[\n\u200b]/g, ''))) wrong.push('a control character');
  return wrong;
}

test('no text of a template breaks the Markdown, links, mentions or refers', () => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const markdown = renderComment(report);
      expect(complaints(markdown)).toEqual([]);
      expect(markdown.startsWith(`${commentMarker()}\n`)).toBe(true);
      expect(markdown.indexOf('<!--', 1)).toBe(-1);
    }),
    { numRuns: 50, seed: 20251201 },
  );
});

test('whatever the report and the limit, the comment is not longer, and still whole Markdown', () => {
  fc.assert(
    fc.property(hostileReport, fc.integer({ min: 2_000, max: 20_000 }), (report, limit) => {
      const markdown = renderComment(report, {
        limit,
        artifact: { name: 'x'.repeat(500), url: `https://ci.example/${'y'.repeat(500)}` },
      });
      expect(markdown.length).toBeLessThanOrEqual(limit);
      expect(complaints(markdown)).toEqual([]);
    }),
    { numRuns: 40, seed: 20251201 },
  );
});

test('ten thousand changes with long names fit, the first ones shown, the others counted', () => {
  const long = 'n'.repeat(400);
  const changes = Array.from({ length: 10_000 }, (_, index) => changeOf('remove', `${index}-${long}`));
  const reasons = changes.map(({ resource }) => ({
    rule: 'removal' as const,
    resource,
    change: 'remove',
    message: long,
    remedy: long,
  }));
  const findings = changes.map(({ resource }) => ({
    category: 'access' as const,
    rule: 'access/identity-widened',
    level: 'error' as const,
    status: 'new' as const,
    message: long,
    resource,
  }));
  const markdown = renderComment(
    reportWith({ changes, findings, gate: { open: false, asOf: '2026-11-24', reasons, waivers: [] } }),
    { artifact: { name: 'estate-review' } },
  );
  expect(markdown.length).toBeLessThanOrEqual(commentLimit);
  expect(markdown.length).toBeGreaterThan(commentLimit / 2);
  expect(markdown).toContain('🔴 10,000 changes');
  expect(markdown).toMatch(
    /\*\*Not shown here:\*\* Data at risk: 9,\d\d\d more changes; Access broadened: .*Changes: /,
  );
  expect(markdown).toContain('The whole review is in the artifact `estate-review`.');
  expect(complaints(markdown)).toEqual([]);
});

test('no long section pushes out a later one: lifecycle warnings stand beside thousands of acknowledged findings', () => {
  const many = (count: number, finding: Omit<Finding, 'message' | 'status'>, words: string): Finding[] =>
    Array.from({ length: count }, (_, index) => ({
      ...finding,
      status: 'new',
      message: `${words} ${index}: ${'reason '.repeat(100)}`,
    }));
  const markdown = renderComment(
    reportWith({
      changes: Array.from({ length: 500 }, (_, index) => changeOf('update', `queue-${index}-${'n'.repeat(150)}`)),
      findings: [
        ...many(400, { category: 'access', rule: 'access/identity-widened', level: 'error' }, 'Opened'),
        ...many(400, { category: 'policy', rule: 'policy/acknowledged', level: 'note' }, 'Acknowledged'),
        ...many(2, { category: 'policy', rule: 'policy/validation', level: 'error' }, 'Refused'),
        ...many(4, { category: 'lifecycle', rule: 'lifecycle/runtime', level: 'warning' }, 'Retired'),
      ],
    }),
  );
  expect(markdown.length).toBeLessThanOrEqual(commentLimit);
  expect(markdown.match(/Opened/g)?.length).toBeGreaterThan(20);
  expect(markdown.match(/Refused/g)).toHaveLength(2);
  expect(markdown.match(/Retired/g)?.length).toBeGreaterThanOrEqual(3);
  expect(markdown.indexOf('Retired')).toBeLessThan(markdown.indexOf('Acknowledged'));
  expect(complaints(markdown)).toEqual([]);
});

test.each([1_999, 65_537, 3.5, Number.NaN])('a limit of %s is refused', (limit) => {
  expect(() => renderComment(reportWith(), { limit })).toThrow(
    /limit of a comment must be from 2000 to 65536 characters, got:/,
  );
});

test('nothing changed is said in two lines', () => {
  const markdown = renderComment(reportWith());
  expect(markdown).toContain('Nothing changes: both trees say the same.');
  expect(markdown.split('\n').filter((line) => line !== '')).toHaveLength(4);
});

test('the marker tells projects apart, and no id breaks out of it', () => {
  expect(commentMarker('shop/api')).toBe('<!-- estate-review:shop/api -->');
  expect(commentMarker('a --> <b>')).toMatch(/^<!-- estate-review:[\w./-]+ -->$/);
});

test('what to decide stands before what to look up', () => {
  const finding = (category: 'access' | 'network' | 'policy', message: string) =>
    ({ category, rule: `${category}/x`, level: 'error', status: 'new', message }) as const;
  const markdown = renderComment(
    reportWith({
      changes: [changeOf('replace', 'orders', { statefulness: { kind: 'stateful', reason: 'messages' } })],
      findings: [finding('policy', 'Policy.'), finding('network', 'Port opens.'), finding('access', 'Role may.')],
      gate: {
        open: false,
        asOf: '2026-11-24',
        reasons: [
          {
            rule: 'replacement',
            resource: refTo('orders'),
            change: 'QueueName',
            message: 'orders is replaced.',
            remedy: 'Keep the name.',
          },
        ],
        waivers: [],
      },
      cost: {
        currency: 'USD',
        base: 1,
        head: 3,
        delta: 2,
        lines: [{ resource: refTo('orders'), base: 1, head: 3, detail: 'a' }],
        unpricedTypes: [],
        assumptions: ['b'],
        pricesOf: ['2026-01-01', '2026-11-24'],
      },
    }),
  );
  const order = [
    '⛔',
    '### Data at risk',
    ') is replaced.',
    '→ Keep the name.',
    '### Access broadened',
    '### Network exposed',
    '### Monthly cost',
    '<summary>Changes',
    '<summary>Policy',
    '<summary>Picture',
  ];
  const places = order.map((text) => markdown.indexOf(text));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test('names in a sentence are code, a source is a link only if it is a plain https address', () => {
  const reason = (source: string) => ({
    rule: 'removal' as const,
    resource: refTo('q'),
    change: 'remove',
    message: 'Role "a b" may now call s3:GetObject on arn:aws:s3:::x/*.',
    remedy: 'No.',
    source,
  });
  const render = (source: string) =>
    renderComment(reportWith({ gate: { open: false, asOf: '2026-11-24', reasons: [reason(source)], waivers: [] } }));
  expect(render('https://docs.example.com/a#b')).toContain(
    'Role `a b` may now call `s3:GetObject` on `arn:aws:s3:::x/*`.',
  );
  expect(render('https://docs.example.com/a#b')).toContain('[source](https://docs.example.com/a#b)');
  expect(render('javascript:alert(1)')).not.toContain('](');
});
