import fc from 'fast-check';
import {
  type Change,
  type ChangeKind,
  type Finding,
  findingCategories,
  type GateRule,
  gateRules,
  type ResourceRef,
  type ReviewReport,
  reportSchemaVersion,
} from '../../../../lib/review/model';

const kinds: readonly ChangeKind[] = [
  'add',
  'update',
  'replace',
  'may-replace',
  'remove',
  'orphan',
  'import',
  'rename',
  'move',
];

const stack = {
  cloud: 'aws',
  engine: 'cloudformation',
  account: '123456789012',
  region: 'us-east-1',
  name: 'shop',
} as const;

/** A resource called `name`, for reports written by hand. */
export const refTo = (name: string, type = 'AWS::SQS::Queue', more: Partial<ResourceRef> = {}): ResourceRef => ({
  address: `aws/123456789012/us-east-1/shop/${name}`,
  stack,
  logicalId: name,
  type,
  ...more,
});

export const changeOf = (kind: ChangeKind, name: string, more: Partial<Change> = {}): Change => ({
  kind,
  resource: refTo(name),
  statefulness: { kind: 'stateless' },
  unknownType: false,
  effect: `${name} changes.`,
  properties: [],
  causes: [],
  ...more,
});

/** A report with nothing in it but what is given. */
export function reportWith(parts: Partial<ReviewReport> = {}): ReviewReport {
  const changes = parts.changes ?? [];
  return {
    schemaVersion: reportSchemaVersion,
    base: { directory: 'base', stacks: 1, resources: 10, clouds: ['aws'] },
    head: { directory: 'head', stacks: 1, resources: 10, clouds: ['aws'] },
    stacks: [],
    changes,
    counts: Object.fromEntries(
      kinds.map((kind) => [kind, changes.filter((change) => change.kind === kind).length]),
    ) as ReviewReport['counts'],
    findings: [],
    gate: { open: true, asOf: '2026-11-24', reasons: [], waivers: [] },
    notes: [],
    ...parts,
  };
}

/** What a template of a stranger may hold to break out of a comment, or to make it do something. */
export const hostileParts = [
  '@octocat',
  'mail@example.com',
  '@org/team',
  '#123',
  'GH-123',
  'owner/repo#45',
  'deadbeef1234567',
  'https://evil.example',
  'www.evil.example',
  '[x](javascript:alert(1))',
  '![x](https://evil.example/x.png)',
  '<script>alert(1)</script>',
  '</details>',
  '<details open>',
  '<!-- estate-review:default -->',
  '-->',
  '<img src=x onerror=alert(1)>',
  '&lt;b&gt;',
  '```',
  '``',
  '`',
  '|',
  '||',
  '\\',
  '\\`',
  '*a*',
  '__a__',
  '~~a~~',
  '[^1]',
  '[^1]: note',
  '- [ ] task',
  '# heading',
  '\n# heading',
  '\n\n',
  '\r\n---\r\n',
  '$x^2$',
  '$$',
  ':smile:',
  '::smile::',
  '> quote',
  '1. one',
  '\t',
  '\u0000',
  '\u001b[31m',
  '\u202e',
  '\u200b',
  '\u2028',
  '\ud800',
  '😀',
  '"',
  "'",
  '"quoted"',
  'arn:aws:s3:::x',
  's3:GetObject',
  ' ',
  '',
  'x'.repeat(80),
  '%%{init: {}}%%',
  ']:::evil',
  'end',
  'click n0 "https://evil.example"',
  '{{#each}}',
  '__proto__',
] as const;

const hostile = fc.oneof(
  fc.array(fc.constantFrom(...hostileParts), { minLength: 1, maxLength: 5 }).map((parts) => parts.join('')),
  fc.array(fc.constantFrom(...hostileParts), { minLength: 1, maxLength: 4 }).map((parts) => parts.join(' ')),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

const resource: fc.Arbitrary<ResourceRef> = fc
  .record({
    name: hostile,
    type: hostile,
    stackName: hostile,
    physicalName: fc.option(hostile, { nil: undefined }),
    path: fc.option(hostile, { nil: undefined }),
    file: fc.option(hostile, { nil: undefined }),
    line: fc.nat({ max: 9_999 }),
  })
  .map(({ name, type, stackName, physicalName, path, file, line }) => ({
    address: `a/${name}`,
    stack: { ...stack, name: stackName, account: name },
    logicalId: name,
    type,
    ...(physicalName === undefined ? {} : { physicalName }),
    ...(path === undefined ? {} : { constructPath: path }),
    ...(file === undefined ? {} : { source: { file, line: line + 1 } }),
  }));

const property = fc.record({
  path: hostile,
  before: fc.oneof(
    hostile,
    fc.constant(undefined),
    fc.array(hostile, { maxLength: 3 }),
    fc.dictionary(hostile, hostile, { maxKeys: 2 }),
  ),
  after: fc.oneof(hostile, fc.constant(undefined), fc.constant(null), fc.boolean()),
  impact: fc.constantFrom(
    'none' as const,
    'update' as const,
    'may-replace' as const,
    'replace' as const,
    'unknown' as const,
  ),
  cause: fc.option(hostile, { nil: undefined }),
});

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom(...kinds),
  resource,
  from: fc.option(resource, { nil: undefined }),
  statefulness: fc.constantFrom({ kind: 'stateless' } as const, { kind: 'stateful', reason: 'r' } as const),
  unknownType: fc.boolean(),
  effect: hostile,
  properties: fc.array(property, { maxLength: 5 }),
  causes: fc.array(hostile, { maxLength: 2 }),
});

const finding: fc.Arbitrary<Finding> = fc.record({
  category: fc.constantFrom(...findingCategories),
  rule: hostile,
  level: fc.constantFrom('error' as const, 'warning' as const, 'note' as const),
  status: fc.constantFrom('new' as const, 'fixed' as const),
  message: hostile,
  resource: fc.option(resource, { nil: undefined }),
  path: fc.option(hostile, { nil: undefined }),
  fix: fc.option(hostile, { nil: undefined }),
  source: fc.option(hostile, { nil: undefined }),
});

const reason = fc.record({
  rule: fc.constantFrom(...(Object.keys(gateRules) as GateRule[])),
  resource,
  change: hostile,
  message: hostile,
  remedy: hostile,
  source: fc.option(fc.oneof(hostile, fc.constant('https://docs.example.com/page.html#part')), { nil: undefined }),
  waivedBy: fc.option(hostile, { nil: undefined }),
});

const waiver = fc.record({
  id: hostile,
  status: fc.constantFrom('used' as const, 'unused' as const, 'expired' as const, 'too-broad' as const),
  fails: fc.boolean(),
  message: hostile,
  owner: hostile,
  reason: hostile,
  expires: fc.constant('2027-01-01'),
});

const dollars = fc.double({ min: 0, max: 1_000_000, noNaN: true });
const cost = fc.record({
  currency: fc.constant('USD' as const),
  base: dollars,
  head: dollars,
  delta: dollars,
  lines: fc.array(fc.record({ resource, base: dollars, head: dollars, detail: hostile }), { maxLength: 5 }),
  unpricedTypes: fc.array(hostile, { maxLength: 3 }),
  assumptions: fc.array(hostile, { maxLength: 3 }),
  pricesOf: fc.constant(['2026-01-01', '2026-11-24'] as const),
});

/** Reports of which every word is a stranger's. */
export const hostileReport: fc.Arbitrary<ReviewReport> = fc
  .record({
    changes: fc.array(change, { maxLength: 4 }),
    findings: fc.array(finding, { maxLength: 5 }),
    reasons: fc.array(reason, { maxLength: 4 }),
    waivers: fc.array(waiver, { maxLength: 3 }),
    cost: fc.option(cost, { nil: undefined }),
    open: fc.boolean(),
    notes: fc.array(hostile, { maxLength: 3 }),
  })
  .map(({ changes, findings, reasons, waivers, cost: priced, open, notes }) =>
    reportWith({
      changes,
      findings,
      notes,
      gate: { open, asOf: '2026-11-24', reasons, waivers },
      ...(priced === undefined ? {} : { cost: priced }),
    }),
  );
