import type { AuditReport, Counts } from '../../../lib/audit/audit';
import { readBackExemptions } from '../../../lib/rehearsal/exemptions';
import { type GapOutcome, type GapReport, readGapList } from '../../../lib/rehearsal/gaps';
import {
  failuresOf,
  type RehearsalReport,
  renderGaps,
  renderRehearsal,
  renderTraffic,
} from '../../../lib/rehearsal/rehearsal-report';
import type { StoryResult } from '../../../lib/rehearsal/traffic';

const counts: Counts = { rows: 1, matched: 1, mismatch: 0, missing: 0, unexpected: 0, pending: 0, 'not modelled': 0 };

const audit = (more: Partial<Counts> = {}): AuditReport => ({
  schemaVersion: 1,
  account: '317805897534',
  region: 'us-east-1',
  posture: 'hardened',
  sections: [],
  summary: { audit: { ...counts, ...more }, support: counts },
  exemptions: [],
  unusedExemptions: [],
});

const gaps = (...outcomes: readonly GapOutcome[]): GapReport => ({ emulatorVersion: '1.5.33', outcomes, seeded: [] });

const outcome = (status: GapOutcome['status'], staleBecause: readonly string[] = []): GapOutcome => ({
  gap: {
    id: 's3-bucket-encryption',
    kind: 'property',
    type: 'AWS::S3::Bucket',
    property: 'BucketEncryption',
    emulator: 'CloudFormation drops the property.',
    filler: 'PutBucketEncryption',
    api: 'https://docs.aws.amazon.com/',
  },
  status,
  uses: status === 'unused' ? [] : [{ logicalId: 'Bucket', physicalId: 'assets' }],
  staleBecause,
});

const told: StoryResult = { title: 'A post is dispatched', passed: true, facts: ['one message'] };
const failed: StoryResult = { ...told, passed: false, failure: 'no message came' };

describe('failuresOf', () => {
  test.each<[string, Pick<RehearsalReport, 'audit' | 'traffic' | 'gaps'>, string[]]>([
    ['nothing wrong', { audit: audit(), traffic: [told], gaps: gaps(outcome('filled'), outcome('unused')) }, []],
    [
      'a mismatch',
      { audit: audit({ mismatch: 1 }), traffic: [told], gaps: gaps() },
      ['The account is not what the inventory says: see the rows above.'],
    ],
    [
      'a story that failed',
      { audit: audit(), traffic: [told, failed], gaps: gaps() },
      ['Traffic: A post is dispatched: no message came'],
    ],
    [
      'a gap that has closed',
      { audit: audit(), traffic: [], gaps: gaps(outcome('stale', ['It is kept now.'])) },
      ['Gap s3-bucket-encryption has closed: It is kept now. Remove it and its filler.'],
    ],
  ])('%s', (_title, report, expected) => {
    expect(failuresOf(report)).toEqual(expected);
  });
});

test('renderGaps shows what was met and counts the rest', () => {
  const text = renderGaps(gaps(outcome('filled'), outcome('unused'), outcome('unused')));
  expect(text).toContain('filled       1 × AWS::S3::Bucket BucketEncryption (s3-bucket-encryption)');
  expect(text).toContain('2 more entries of the list were met by no template of this run');
});

test('renderTraffic shows facts and failures', () => {
  expect(renderTraffic([told, failed])).toBe(
    [
      'Traffic',
      '  ✔ A post is dispatched',
      '      one message',
      '  ✘ A post is dispatched',
      '      one message',
      '      failed: no message came',
    ].join('\n'),
  );
});

test('renderRehearsal ends in verdict and total time', () => {
  const text = renderRehearsal({
    schemaVersion: 1,
    passed: false,
    failures: ['something'],
    seconds: 61.24,
    steps: [],
    audit: audit(),
    traffic: [told, failed],
    gaps: gaps(),
  });
  expect(text).toMatch(/^✘ something\n/);
  expect(text).toMatch(/Traffic: 1 of 2 stories passed\nRehearsal failed in 61\.2 s$/);
});

test('a rehearsal without traffic says that nothing is known of the functions', () => {
  const text = renderRehearsal({
    schemaVersion: 1,
    passed: true,
    failures: [],
    seconds: 40,
    steps: [],
    audit: audit(),
    traffic: [],
    gaps: gaps(),
  });
  expect(text).toMatch(/Traffic: none was sent, so nothing is said of what the functions do\nRehearsal passed/);
});

describe('readBackExemptions', () => {
  test('each is of an unfillable gap and gives its reason', () => {
    const { gaps: list } = readGapList();
    const exemptions = readBackExemptions(list);
    expect(exemptions.length).toBeGreaterThan(0);
    for (const { reason } of exemptions) expect(reason).toMatch(/\(([a-z0-9-]+)\)$/);
  });

  test('throws when the list has lost the gap', () => {
    expect(() => readBackExemptions([])).toThrow('names a gap that is not unfillable any more, got: s3-bucket-');
  });
});
