import {
  assertNoStaleGap,
  type Gap,
  type GapList,
  gapListSchema,
  gapReport,
  readGapList,
} from '../../../lib/rehearsal/gaps';

const property: Gap = {
  id: 's3-bucket-tags',
  kind: 'property',
  type: 'AWS::S3::Bucket',
  property: 'Tags',
  emulator: 'CloudFormation drops the property.',
  filler: 'PutBucketTagging.',
  api: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html',
};
const unfillable: Gap = { ...property, id: 's3-bucket-tiering', kind: 'unfillable', filler: null };
const list = (...gaps: Gap[]): GapList => ({ emulator: { name: 'ministack', version: '1.5.33' }, gaps });

test('the checked-in list follows the schema', () => {
  const { gaps, emulator } = readGapList();
  expect(emulator.version).toBe('1.5.33');
  expect(gaps.length).toBeGreaterThan(0);
});

test.each<[string, unknown, RegExp]>([
  ['duplicate id', list(property, property), /gap ids are unique/],
  [
    'filler for an unfillable gap',
    list({ ...unfillable, filler: 'PutBucketTagging.' }),
    /an unfillable gap has no filler/,
  ],
  ['no filler for another gap', list({ ...property, filler: null }), /an unfillable gap has no filler/],
  ['property of a missing type', list({ ...property, kind: 'type' }), /kind type names no property/],
  ['property gap without a property', list({ ...property, property: null }), /names the property/],
  ['link elsewhere', list({ ...property, api: 'https://example.com/PutBucketTagging' }), /Invalid URL/],
  ['unknown member', { ...list(), comment: 'x' }, /Unrecognized key/],
])('throws when there is: %s', (_name, value, message) => {
  expect(() => gapListSchema.parse(value)).toThrow(message);
});

const use = { logicalId: 'Bucket', physicalId: 'assets' };

test.each<[string, Gap, object, string]>([
  ['filled', property, { uses: [use], stale: [] }, 'filled'],
  ['left open', unfillable, { uses: [use], stale: [] }, 'unfillable'],
  ['never met', property, { uses: [], stale: [] }, 'unused'],
  ['closed upstream, although used', property, { uses: [use], stale: ['Drop it.'] }, 'stale'],
])('outcome of a gap that is %s', (_name, gap, entry, status) => {
  const report = gapReport(list(gap), { gaps: { [gap.id]: entry }, seeded: [] });
  expect(report.outcomes).toEqual([expect.objectContaining({ gap, status })]);
});

test('a stale entry fails the run with its id and the remedy', () => {
  const fine = gapReport(list(property), { gaps: { [property.id]: { uses: [use], stale: [] } }, seeded: [] });
  expect(() => assertNoStaleGap(fine)).not.toThrow();
  const stale = gapReport(list(property), { gaps: { [property.id]: { uses: [], stale: ['Drop it.'] } }, seeded: [] });
  expect(() => assertNoStaleGap(stale)).toThrow(/ministack 1\.5\.33 no longer has:\n {2}s3-bucket-tags: Drop it\./);
});
