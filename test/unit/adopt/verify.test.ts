import { renderVerification } from '../../../lib/adopt/report';
import { changedCode, verifyAdoption } from '../../../lib/adopt/verify';
import { factsOf, live, stackOf } from './templates';

const created = '2025-10-01T00:00:00.000Z';
const stacks = [
  stackOf('s', {
    Dated: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q', VisibilityTimeout: 300, DelaySeconds: 0 } },
    Undated: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'c' } },
    Again: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'again' } },
    Gone: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'gone' } },
    New: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'new' } },
  }),
];
const queue = (name: string, timeout: number, createdAt = created) => ({
  type: 'AWS::SQS::Queue',
  live: live(
    { QueueUrl: `https://q/${name}` },
    { QueueName: name, VisibilityTimeout: timeout, DelaySeconds: 0 },
    { createdAt },
  ),
});
const cluster = { type: 'AWS::ECS::Cluster', live: live({ ClusterName: 'c' }, { ClusterName: 'c' }) };
const before = factsOf({
  's/Dated': queue('q', 31),
  's/Undated': cluster,
  's/Again': queue('again', 1),
  's/Gone': queue('gone', 1),
});
const imported = new Set(['s/Dated', 's/Undated', 's/Again', 's/Gone']);

const verified = verifyAdoption({
  stacks,
  before,
  now: factsOf({
    's/Dated': queue('q', 300),
    's/Undated': cluster,
    's/Again': queue('again', 1, '2026-11-24T00:00:00.000Z'),
    's/Gone': { type: 'AWS::SQS::Queue', live: null },
    's/New': queue('new', 1),
  }),
  imported,
});

test('each imported resource is the one of before, or said not to be', () => {
  expect(verified.map(({ logicalId, identity }) => [logicalId, identity])).toEqual([
    ['Dated', 'kept'],
    ['Undated', 'kept, undated'],
    ['Again', 'recreated'],
    ['Gone', 'gone'],
  ]);
});

test('a drifted setting is corrected, or said not to be', () => {
  expect(verified[0]?.corrections).toEqual([
    { property: 'VisibilityTimeout', before: 31, wanted: 300, live: 300, corrected: true },
  ]);
  const [left] = verifyAdoption({ stacks, before, now: before, imported });
  expect(left?.corrections).toEqual([
    { property: 'VisibilityTimeout', before: 31, wanted: 300, live: 31, corrected: false },
  ]);
});

test('a setting that was right and is not any more shows', () => {
  const [broken] = verifyAdoption({
    stacks,
    before: factsOf({ 's/Dated': queue('q', 300) }),
    now: factsOf({ 's/Dated': queue('q', 5) }),
    imported,
  });
  expect(broken?.corrections).toMatchObject([{ property: 'VisibilityTimeout', corrected: false }]);
});

test('reads well', () => {
  const text = renderVerification(verified);
  expect(text).toContain('✔ s/Dated VisibilityTimeout: was 31, is 300');
  expect(text).toContain('✘ s/Again: recreated');
  expect(text).toContain(
    '4 imported resources: 1 kept (same id, same creation date), 1 kept (same id, no date), 1 recreated, 1 gone',
  );
});

test('changedCode names functions whose package is another one', () => {
  const withCode = (sha256: string) =>
    factsOf({ 's/F': { type: 'AWS::Lambda::Function', live: live({ FunctionName: 'f' }, {}, { code: { sha256 } }) } });
  expect(changedCode(withCode('a'.repeat(64)), withCode('b'.repeat(64)))).toEqual(['s/F']);
  expect(changedCode(withCode('a'.repeat(64)), withCode('a'.repeat(64)))).toEqual([]);
});
