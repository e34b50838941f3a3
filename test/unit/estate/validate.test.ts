import { estateRows } from '../../../lib/estate';
import { type EstateRows, InventoryError, validateEstate } from '../../../lib/estate/validate';

/** The first row of a list, changed: what a bad edit would leave behind. */
function withFirst<K extends 'queues' | 'buckets' | 'functions' | 'tables' | 'rules' | 'standaloneDeadLetterQueues'>(
  key: K,
  change: object,
): EstateRows {
  const [first, ...rest] = estateRows[key] as readonly object[];
  return { ...estateRows, [key]: [{ ...first, ...change }, ...rest] };
}

const firstQueue = 'huntaze-analytics';

test('the inventory itself is sound', () => {
  expect(() => validateEstate(estateRows)).not.toThrow();
});

describe('a bad row stops synth, and says row, value and remedy', () => {
  test.each<[string, EstateRows, string]>([
    [
      'a queue without a dead-letter queue',
      withFirst('queues', { deadLetterQueue: undefined }),
      `queue ${firstQueue} has no dead-letter queue, got: undefined. Add deadLetterQueue`,
    ],
    [
      'a standard queue with a FIFO dead-letter queue',
      withFirst('queues', { deadLetterQueue: { name: 'x-dlq.fifo', retentionDays: 14, evidence: [1] } }),
      `queue ${firstQueue} and its dead-letter queue differ in kind, got: x-dlq.fifo. SQS wants both FIFO`,
    ],
    [
      'FIFO settings of a standard queue',
      withFirst('queues', { highThroughput: true }),
      `queue ${firstQueue} has FIFO settings but is a standard queue. Remove them`,
    ],
    [
      'a dead-letter queue that forgets first',
      withFirst('queues', { retentionDays: 14, deadLetterQueue: { name: 'x-dlq', retentionDays: 4, evidence: [1] } }),
      'dead-letter queue x-dlq keeps messages shorter than huntaze-analytics (14 days), got: 4.',
    ],
    [
      'maxReceiveCount of none',
      withFirst('queues', { maxReceiveCount: 0 }),
      `queue ${firstQueue} has maxReceiveCount outside 1 to 1000, got: 0. Set it in its row.`,
    ],
    [
      'a visibility timeout over twelve hours',
      withFirst('queues', { visibilitySeconds: 43_201 }),
      `queue ${firstQueue} has visibilitySeconds outside 0 to 43200, got: 43201. Set it in its row.`,
    ],
    [
      'a wait over twenty seconds',
      withFirst('queues', { waitSeconds: 21 }),
      `queue ${firstQueue} has waitSeconds outside 0 to 20, got: 21. Set it in its row.`,
    ],
    [
      'a retention of fifteen days',
      withFirst('standaloneDeadLetterQueues', { retentionDays: 15 }),
      'queue stripe-events-dlq has retentionDays outside 1 to 14, got: 15. Set it in its row.',
    ],
    [
      'a name twice',
      { ...estateRows, queues: [...estateRows.queues, ...estateRows.queues.slice(0, 1)] },
      `queue is named by two rows, got: ${firstQueue}. Remove one: a physical name is unique.`,
    ],
    [
      'a dead-letter queue that two queues name as theirs',
      withFirst('queues', { deadLetterQueue: { name: 'huntaze-email-dlq', retentionDays: 14, evidence: [1] } }),
      'queue is named by two rows, got: huntaze-email-dlq. Remove one',
    ],
    [
      'a bucket of ours that is also foreign',
      { ...estateRows, foreignBuckets: [...estateRows.foreignBuckets, ...estateRows.buckets.slice(0, 1)] as never },
      'bucket is named by two rows, got: huntaze-beta-assets. Remove one',
    ],
    [
      'a cluster twice',
      {
        ...estateRows,
        others: { cluster: [...(estateRows.others.cluster ?? []), ...(estateRows.others.cluster ?? [])] },
      },
      'cluster is named by two rows, got: ai-team. Remove one',
    ],
    [
      'a row without evidence',
      withFirst('buckets', { evidence: [] }),
      'bucket huntaze-beta-assets has no evidence, got: []. Say which document shows it, or mark it proposed.',
    ],
    [
      'a function that reads a queue nobody has',
      withFirst('functions', { consumes: { queue: 'nowhere', batchSize: 1 } }),
      'function huntaze-flag-cleanup consumes a queue that has no row, got: nowhere. Add it to lib/estate/messaging.ts.',
    ],
    [
      'a function that may run for hours',
      withFirst('functions', { timeout: 901 }),
      'function huntaze-flag-cleanup has a timeout outside 1 to 900 seconds, got: 901. Set it in its row.',
    ],
    [
      'a rule that calls nothing',
      withFirst('rules', { target: { function: 'nobody' } }),
      'rule content-dispatcher-production targets a function that has no row, got: nobody. Add it to lib/estate/functions.ts.',
    ],
    [
      'a rule whose dead-letter queue is not there',
      withFirst('rules', { deadLetterQueue: 'nowhere' }),
      'rule content-dispatcher-production names a dead-letter queue that has no row, got: nowhere. Add it to lib/estate/messaging.ts.',
    ],
  ])('%s', (_title, rows, message) => {
    expect(() => validateEstate(rows)).toThrow(InventoryError);
    expect(() => validateEstate(rows)).toThrow(message);
  });

  test('a viewer-request function over five seconds, which CloudFront refuses', () => {
    const functions = estateRows.functions.map((row) =>
      row.name === 'huntaze-viewer-request' ? { ...row, timeout: 6 } : row,
    ) as EstateRows['functions'];
    expect(() => validateEstate({ ...estateRows, functions })).toThrow(
      'function huntaze-viewer-request has a timeout outside 1 to 5 seconds, got: 6.',
    );
  });

  test('every problem at once', () => {
    const rows = withFirst('queues', { maxReceiveCount: 0, waitSeconds: 21 });
    expect(() => validateEstate(rows)).toThrow('The inventory has 2 problem(s):');
  });
});

describe('a name that breaks the rule of its service', () => {
  test.each<['queues' | 'buckets' | 'functions' | 'tables' | 'rules', string, string]>([
    ['queues', 'with space', 'queue'],
    ['queues', 'q'.repeat(81), 'queue'],
    ['queues', 'jobs.fifo.old', 'queue'],
    ['queues', '', 'queue'],
    ['buckets', 'Capital', 'bucket'],
    ['buckets', 'ab', 'bucket'],
    ['buckets', 'b'.repeat(64), 'bucket'],
    ['buckets', '-starts-with-hyphen', 'bucket'],
    ['buckets', '192.168.0.1', 'bucket'],
    ['buckets', 'xn--punycode', 'bucket'],
    ['buckets', 'ends-in-s3alias', 'bucket'],
    ['functions', 'f'.repeat(65), 'function'],
    ['functions', 'dotted.name', 'function'],
    ['tables', 'ab', 'table'],
    ['tables', 'with space', 'table'],
    ['rules', 'r'.repeat(65), 'rule'],
    ['rules', 'with/slash', 'rule'],
  ])('%s: %p', (key, name, kind) => {
    expect(() => validateEstate(withFirst(key, { name }))).toThrow(`${kind} name breaks the service's rule`);
    expect(() => validateEstate(withFirst(key, { name }))).toThrow(`got: ${name}. Rename the row.`);
  });
});
