import { databases } from '../../../lib/estate/databases';
import { consumerOf } from '../../../lib/estate/functions';
import { type QueueRow, queues, standaloneDeadLetterQueues } from '../../../lib/estate/messaging';
import {
  effectiveBucket,
  effectiveDatabase,
  effectiveDeadLetterQueue,
  effectiveQueue,
  effectiveTable,
  isFifo,
  longestRetentionDays,
  visibilityFactor,
} from '../../../lib/estate/posture';
import type { Posture } from '../../../lib/estate/settings';
import { type BucketRow, buckets, productOrigins } from '../../../lib/estate/storage';
import { tables } from '../../../lib/estate/support';

function rowNamed<T extends { readonly name: string }>(rows: readonly T[], name: string): T {
  const row = rows.find((candidate) => candidate.name === name);
  if (row === undefined) throw new Error(`no row ${name}`);
  return row;
}

describe('effectiveQueue', () => {
  const row: QueueRow = rowNamed(queues, 'huntaze-rate-limiter-queue');

  test.each<[Posture, object]>([
    ['audited', { visibilitySeconds: 90, managedEncryption: false, tlsOnly: false }],
    // Its consumer may run for 30 s.
    ['hardened', { visibilitySeconds: 180, managedEncryption: true, tlsOnly: true }],
  ])('%s', (posture, expected) => {
    expect(effectiveQueue(row, posture)).toMatchObject({ ...expected, retentionDays: 4, waitSeconds: 20 });
  });

  test.each([
    [undefined, 90],
    [10, 90],
    [15, 90],
    [16, 96],
    [900, 5400],
  ])('a consumer of %p seconds needs a visibility timeout of %p', (timeout, expected) => {
    expect(effectiveQueue({ ...row, name: 'unread' }, 'hardened', timeout).visibilitySeconds).toBe(expected);
  });

  test.each(queues.map((queue) => [queue.name, queue] as const))(
    '%s keeps its redrive in both postures',
    (_n, queue) => {
      const redrive = { deadLetterQueue: queue.deadLetterQueue.name, maxReceiveCount: queue.maxReceiveCount };
      expect(effectiveQueue(queue, 'audited').redrive).toEqual(redrive);
      expect(effectiveQueue(queue, 'hardened').redrive).toEqual(redrive);
    },
  );

  test.each(queues.map((queue) => [queue.name, queue] as const))(
    '%s, hardened, waits for its consumer',
    (_n, queue) => {
      const timeout = consumerOf(queue.name)?.timeout ?? 0;
      expect(effectiveQueue(queue, 'hardened').visibilitySeconds).toBeGreaterThanOrEqual(visibilityFactor * timeout);
      expect(effectiveQueue(queue, 'hardened').visibilitySeconds).toBeGreaterThanOrEqual(queue.visibilitySeconds);
    },
  );

  test('name and kind never differ between postures: either replaces the queue', () => {
    for (const queue of queues) {
      const [audited, hardened] = [effectiveQueue(queue, 'audited'), effectiveQueue(queue, 'hardened')];
      expect([hardened.name, hardened.fifo]).toEqual([audited.name, audited.fifo]);
    }
  });
});

describe('effectiveDeadLetterQueue', () => {
  test.each<[Posture, number, boolean]>([
    ['audited', 4, false],
    ['hardened', longestRetentionDays, true],
  ])('%s', (posture, retentionDays, managedEncryption) => {
    const row = rowNamed(standaloneDeadLetterQueues, 'monthly-billing-dlq-production');
    expect(effectiveDeadLetterQueue(row, posture)).toMatchObject({ retentionDays, managedEncryption, waitSeconds: 0 });
  });

  test('has the visibility timeout of its row, else the one of SQS', () => {
    const visibility = (name: string) =>
      effectiveDeadLetterQueue(rowNamed(standaloneDeadLetterQueues, name), 'hardened').visibilitySeconds;
    expect([visibility('huntaze-lambda-dlq'), visibility('stripe-events-dlq')]).toEqual([60, 30]);
  });

  test('of a pair is of the same kind and deduplicates as its queue does', () => {
    const queue = rowNamed(queues, 'huntaze-hybrid-workflows.fifo');
    expect(effectiveDeadLetterQueue(queue.deadLetterQueue, 'hardened', queue)).toMatchObject({
      fifo: true,
      contentBasedDeduplication: true,
    });
  });

  test('has no redrive of its own', () => {
    for (const queue of queues) {
      expect(effectiveDeadLetterQueue(queue.deadLetterQueue, 'hardened', queue).redrive).toBeUndefined();
    }
  });
});

describe('effectiveBucket', () => {
  const of = (name: string): BucketRow => rowNamed(buckets, name);

  test.each<[string, Posture, object]>([
    [
      'huntaze-beta-assets',
      'audited',
      { tlsOnly: false, corsOrigins: ['https://*.huntaze.com', 'http://localhost:3000'] },
    ],
    ['huntaze-beta-assets', 'hardened', { tlsOnly: true, corsOrigins: productOrigins }],
    ['huntaze-assets', 'audited', { corsOrigins: ['*'] }],
    ['huntaze-assets', 'hardened', { corsOrigins: productOrigins, encryption: { kind: 'sse-s3' } }],
    ['huntaze-storage-lens-reports', 'audited', { publicAccessBlocked: false, corsOrigins: [] }],
    ['huntaze-storage-lens-reports', 'hardened', { publicAccessBlocked: true, corsOrigins: [] }],
    [
      'huntaze-cloudtrail-logs-317805897534',
      'hardened',
      { encryption: { kind: 'sse-kms', alias: 'alias/huntaze-cloudtrail' } },
    ],
  ])('%s, %s', (name, posture, expected) => {
    expect(effectiveBucket(of(name), posture)).toMatchObject(expected);
  });

  test('audited states no encryption where no document does', () => {
    expect(effectiveBucket(of('huntaze-assets'), 'audited')).not.toHaveProperty('encryption');
  });

  test('hardened closes every one of ours', () => {
    for (const row of buckets) {
      expect(effectiveBucket(row, 'hardened')).toMatchObject({ tlsOnly: true, publicAccessBlocked: true });
      expect(effectiveBucket(row, 'hardened').encryption).toBeDefined();
      expect(effectiveBucket(row, 'hardened').corsOrigins).not.toContain('*');
    }
  });
});

describe('effectiveTable', () => {
  test.each<[string, Posture, object]>([
    ['huntaze-users', 'audited', { pointInTimeRecovery: true, deletionProtection: false }],
    ['huntaze-posts', 'audited', { pointInTimeRecovery: false, deletionProtection: false }],
    ['huntaze-posts', 'hardened', { pointInTimeRecovery: true, deletionProtection: true }],
  ])('%s, %s', (name, posture, expected) => {
    expect(effectiveTable(rowNamed(tables, name), posture)).toEqual(expected);
  });
});

describe('effectiveDatabase', () => {
  const [plain, encrypted] = databases as [(typeof databases)[number], (typeof databases)[number]];

  test.each<[string, typeof plain, Posture, boolean, boolean]>([
    ['plain', plain, 'audited', false, true],
    ['plain: a default deploy cuts nobody off', plain, 'hardened', false, true],
    ['plain, closed on request', plain, 'hardened', true, false],
    ['encrypted', encrypted, 'hardened', false, false],
    ['encrypted', encrypted, 'audited', true, false],
  ])('%s, %#', (_title, row, posture, close, publiclyAccessible) => {
    expect(effectiveDatabase(row, posture, close)).toEqual({
      publiclyAccessible,
      deletionProtection: posture === 'hardened',
      copyTagsToSnapshot: posture === 'hardened',
    });
  });
});

test.each([
  ['jobs.fifo', true],
  ['jobs', false],
  ['fifo', false],
  ['jobs.fifo.old', false],
])('isFifo(%p)', (name, expected) => {
  expect(isFifo(name)).toBe(expected);
});
