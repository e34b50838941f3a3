import { SendMessageBatchCommand, type SendMessageBatchCommandInput, SQSClient } from '@aws-sdk/client-sqs';
import { BatchGetCommand, type BatchGetCommandInput, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { handler } from '../../../../lambda/content-dispatcher/handler';
import { FakeTable } from '../support/fake-table';
import { captureOutput, contextWith } from '../support/invocation';

const queues = {
  Q_INSTAGRAM: 'https://sqs.example/instagram',
  Q_REDDIT: 'https://sqs.example/reddit',
  Q_TIKTOK: 'https://sqs.example/tiktok',
};
const event = { id: 'event-1' };
const past = '2020-01-01T00:00:00.000Z';
const realEnvironment = process.env;

const table = new FakeTable(['userId', 'postId']);
const sqs = mockClient(SQSClient);
let output: ReturnType<typeof captureOutput>;

interface Sent {
  readonly queue: string;
  readonly body: { readonly userId: string; readonly postId: string; readonly platform: string };
  readonly correlationId?: string;
}
const sent: Sent[] = [];
/** Platforms or post ids whose entry SQS refuses while all others of the batch pass. */
const refused = new Set<string>();

beforeEach(() => {
  process.env = { ...realEnvironment, POSTS_TABLE: 'huntaze-posts', ...queues };
  table.reset();
  sent.length = 0;
  refused.clear();
  sqs.reset();
  sqs.on(SendMessageBatchCommand).callsFake(acceptBatch);
  output = captureOutput();
});

afterEach(() => {
  output.restore();
  process.env = realEnvironment;
});

function acceptBatch({ QueueUrl = '', Entries = [] }: SendMessageBatchCommandInput) {
  if (Entries.length > 10) throw Object.assign(new Error(), { name: 'TooManyEntriesInBatchRequest' });
  if (new Set(Entries.map(({ Id }) => Id)).size < Entries.length) throw new Error('BatchEntryIdsNotDistinct');
  const outcome = { Successful: [] as object[], Failed: [] as object[] };
  for (const { Id, MessageBody = '', MessageAttributes } of Entries) {
    const body = JSON.parse(MessageBody);
    if (refused.has(body.platform) || refused.has(body.postId)) {
      outcome.Failed.push({ Id, Code: 'InternalError', SenderFault: false });
      continue;
    }
    sent.push({ queue: QueueUrl, body, correlationId: MessageAttributes?.correlationId?.StringValue });
    outcome.Successful.push({ Id });
  }
  return outcome;
}

function schedule(count: number, platformTargets: unknown, scheduledAt = past): void {
  for (let i = 0; i < count; i += 1) {
    const postId = `post-${table.items.length}`;
    table.items.push({ userId: 'user-1', postId, status: 'queued', scheduledAt, platformTargets });
  }
}

const bodies = (): string[] => sent.map(({ body }) => `${body.postId}:${body.platform}`).sort();
const statuses = (): unknown[] => table.items.map(({ status }) => status);

describe('what is sent', () => {
  test('minimal: nothing is due', async () => {
    schedule(1, ['reddit'], '2999-01-01T00:00:00.000Z');
    expect(await handler(event, contextWith())).toMatchObject({ enqueued: 0, messages: 0, completed: 0, failed: [] });
    expect(statuses()).toEqual(['queued']);
  });

  test('the message keeps its format, with the correlation id as an attribute', async () => {
    schedule(1, ['instagram']);
    await handler(event, contextWith());
    expect(sent).toEqual([
      {
        queue: queues.Q_INSTAGRAM,
        body: { userId: 'user-1', postId: 'post-0', platform: 'instagram' },
        correlationId: 'event-1',
      },
    ]);
    expect(Object.keys(sent[0]?.body ?? {})).toEqual(['userId', 'postId', 'platform']);
  });

  test('without an event id the request id correlates', async () => {
    schedule(1, ['reddit']);
    await handler(undefined, contextWith());
    expect(sent[0]?.correlationId).toBe('request-1');
  });

  test('maximum: several pages, never more than ten entries in a batch', async () => {
    schedule(450, ['instagram', 'reddit', 'tiktok']);
    const report = await handler(event, contextWith());
    expect(report).toMatchObject({ enqueued: 450, messages: 1350, completed: 450, stoppedEarly: false, failed: [] });
    expect(new Set(bodies()).size).toBe(1350);
    const sizes = sqs.commandCalls(SendMessageBatchCommand).map(({ args }) => args[0].input.Entries?.length ?? 0);
    expect(Math.max(...sizes)).toBe(10);
    expect(table.mock.commandCalls(QueryCommand).map(({ args }) => args[0].input.Limit)).toEqual([200, 200, 200]);
    const reads = table.mock.commandCalls(BatchGetCommand).map(({ args }) => keysOf(args[0].input).length);
    expect(Math.max(...reads)).toBe(100);
  });

  test('a set of targets, as DynamoDB may hold it, is read like a list', async () => {
    schedule(1, new Set(['reddit', 'tiktok']));
    await handler(event, contextWith());
    expect(bodies()).toEqual(['post-0:reddit', 'post-0:tiktok']);
  });

  test('a post that the index still shows as queued but the table does not is left alone', async () => {
    schedule(1, ['reddit']);
    table.mock.on(BatchGetCommand).resolves({
      Responses: {
        'huntaze-posts': [
          { userId: 'user-1', postId: 'post-0', status: 'posted', scheduledAt: past, platformTargets: ['reddit'] },
        ],
      },
    });
    expect(await handler(event, contextWith())).toMatchObject({ messages: 0 });
    expect(sent).toEqual([]);
  });

  test('a key that an index page holds twice is asked for once', async () => {
    schedule(1, ['reddit']);
    table.mock.on(QueryCommand).resolves({
      Items: [
        { userId: 'user-1', postId: 'post-0' },
        { userId: 'user-1', postId: 'post-0' },
      ],
    });
    await handler(event, contextWith());
    expect(bodies()).toEqual(['post-0:reddit']);
  });
});

describe('the status moves on', () => {
  test('a second run sends nothing again', async () => {
    schedule(3, ['instagram', 'reddit']);
    await handler(event, contextWith());
    const first = bodies();
    const second = await handler({ id: 'event-2' }, contextWith());
    expect(first).toHaveLength(6);
    expect(bodies()).toEqual(first);
    expect(second).toMatchObject({ enqueued: 0, messages: 0 });
    expect(table.items[0]).toMatchObject({
      status: 'dispatched',
      dispatchedPlatforms: ['instagram', 'reddit'],
      skippedPlatforms: [],
    });
    expect(table.items[0]?.statusUpdatedAt).toBe(table.items[0]?.dispatchedAt);
    expect(table.items[0]).not.toHaveProperty('dispatchProgress');
  });

  test('a platform without a queue is skipped and reported', async () => {
    schedule(2, ['reddit', 'twitter']);
    schedule(1, ['twitter']);
    expect(await handler(event, contextWith())).toMatchObject({
      enqueued: 2,
      messages: 2,
      completed: 3,
      skipped: { twitter: 3 },
    });
    expect(statuses()).toEqual(['dispatched', 'dispatched', 'skipped']);
    expect(table.items[2]).toMatchObject({ dispatchedPlatforms: [], skippedPlatforms: ['twitter'] });
  });

  test('a refused entry is retried by the next run, without the others', async () => {
    schedule(12, ['instagram', 'reddit']);
    refused.add('post-3');
    const first = await handler(event, contextWith());
    expect(first).toMatchObject({ enqueued: 11, messages: 22, completed: 11 });
    expect(first.failed).toEqual([
      { userId: 'user-1', postId: 'post-3', step: 'send', reason: 'InternalError', platform: 'instagram' },
      { userId: 'user-1', postId: 'post-3', step: 'send', reason: 'InternalError', platform: 'reddit' },
    ]);
    expect(table.items[3]?.status).toBe('queued');

    refused.clear();
    sent.length = 0;
    expect(await handler(event, contextWith())).toMatchObject({ enqueued: 1, messages: 2, failed: [] });
    expect(bodies()).toEqual(['post-3:instagram', 'post-3:reddit']);
  });

  test('a queue that is down holds back only its own platform', async () => {
    schedule(1, ['instagram', 'reddit']);
    sqs
      .on(SendMessageBatchCommand, { QueueUrl: queues.Q_REDDIT })
      .rejects(Object.assign(new Error(), { name: 'QueueDoesNotExist' }));
    const report = await handler(event, contextWith());
    expect(report.failed).toEqual([
      { userId: 'user-1', postId: 'post-0', step: 'send', reason: 'QueueDoesNotExist', platform: 'reddit' },
    ]);
    expect(table.items[0]).toMatchObject({ status: 'queued', dispatchProgress: new Set(['instagram']) });

    sqs.on(SendMessageBatchCommand).callsFake(acceptBatch);
    await handler(event, contextWith());
    expect(bodies()).toEqual(['post-0:instagram', 'post-0:reddit']);
    expect(table.items[0]).toMatchObject({ status: 'dispatched', dispatchedPlatforms: ['instagram', 'reddit'] });
  });

  test('an entry that the answer does not mention counts as refused', async () => {
    schedule(1, ['reddit']);
    sqs.on(SendMessageBatchCommand).resolves({});
    const { failed } = await handler(event, contextWith());
    expect(failed).toMatchObject([{ step: 'send', reason: 'NoAnswer', platform: 'reddit' }]);
    expect(statuses()).toEqual(['queued']);
  });

  test('a post queued again later is sent again', async () => {
    schedule(1, ['reddit']);
    await handler(event, contextWith());
    Object.assign(table.items[0] ?? {}, { status: 'queued' });
    await handler(event, contextWith());
    expect(bodies()).toEqual(['post-0:reddit', 'post-0:reddit']);
  });
});

describe('runs that die or overlap', () => {
  test('a run that dies midway is resumed without what it recorded', async () => {
    schedule(250, ['reddit']);
    let reads = 0;
    table.mock.on(BatchGetCommand).callsFake((input: BatchGetCommandInput) => {
      reads += 1;
      if (reads === 2) throw new Error('killed');
      return table.batchGet(input);
    });
    await expect(handler(event, contextWith())).rejects.toThrow('killed');
    expect(sent).toHaveLength(100);

    expect(await handler(event, contextWith())).toMatchObject({ enqueued: 150, messages: 150 });
    expect(new Set(bodies()).size).toBe(250);
    expect(sent).toHaveLength(250);
  });

  test('a post sent but not recorded is sent again: at least once', async () => {
    schedule(1, ['reddit']);
    table.mock
      .on(UpdateCommand)
      .rejectsOnce(Object.assign(new Error(), { name: 'ProvisionedThroughputExceededException' }));
    const { failed } = await handler(event, contextWith());
    expect(failed).toEqual([
      { userId: 'user-1', postId: 'post-0', step: 'record', reason: 'ProvisionedThroughputExceededException' },
    ]);
    table.mock.on(UpdateCommand).resolves({});
    await handler(event, contextWith());
    expect(bodies()).toEqual(['post-0:reddit', 'post-0:reddit']);
  });

  test('a post that its publisher has marked as posted meanwhile is not moved back', async () => {
    schedule(1, ['reddit']);
    sqs.on(SendMessageBatchCommand).callsFake((input) => {
      Object.assign(table.items[0] ?? {}, { status: 'posted' });
      return acceptBatch(input);
    });
    expect(await handler(event, contextWith())).toMatchObject({ messages: 1, completed: 0, overtaken: 1, failed: [] });
    expect(statuses()).toEqual(['posted']);
  });

  test('two runs at once leave one finished state', async () => {
    schedule(120, ['instagram', 'reddit', 'twitter']);
    const [a, b] = await Promise.all([handler(event, contextWith()), handler({ id: 'event-2' }, contextWith())]);
    expect(a.completed + b.completed).toBe(120);
    expect(a.overtaken + b.overtaken).toBe(a.messages / 2 + b.messages / 2 - 120);
    expect(new Set(bodies()).size).toBe(240);
    expect(new Set(statuses())).toEqual(new Set(['dispatched']));
  });

  test('overlapping runs merge what each of them sent in part, and the next run only concludes', async () => {
    schedule(1, ['instagram', 'reddit']);
    const refusedOf: Record<string, string> = { 'event-1': 'reddit', 'event-2': 'instagram' };
    sqs.on(SendMessageBatchCommand).callsFake((input: SendMessageBatchCommandInput) => {
      refused.clear();
      refused.add(refusedOf[input.Entries?.[0]?.MessageAttributes?.correlationId?.StringValue ?? ''] ?? '');
      return acceptBatch(input);
    });
    await Promise.all([handler(event, contextWith()), handler({ id: 'event-2' }, contextWith())]);
    expect(table.items[0]).toMatchObject({ status: 'queued', dispatchProgress: new Set(['instagram', 'reddit']) });

    expect(await handler({ id: 'event-3' }, contextWith())).toMatchObject({ messages: 0, completed: 1 });
    expect(bodies()).toEqual(['post-0:instagram', 'post-0:reddit']);
    expect(statuses()).toEqual(['dispatched']);
  });
});

describe('limits', () => {
  test('stops when time runs out, and the next run goes on', async () => {
    schedule(350, ['reddit']);
    const first = await handler(event, contextWith(30_000, 30_000, 20_000, 7_999));
    expect(first).toMatchObject({ enqueued: 200, stoppedEarly: true });
    expect(await handler(event, contextWith())).toMatchObject({ enqueued: 150, stoppedEarly: false });
    expect(new Set(bodies()).size).toBe(350);
  });

  test('keys that DynamoDB leaves unprocessed are asked for again', async () => {
    schedule(3, ['reddit']);
    table.mock.on(BatchGetCommand).callsFakeOnce((input: BatchGetCommandInput) => {
      const [first, ...others] = keysOf(input);
      return {
        ...table.batchGet({ RequestItems: { 'huntaze-posts': { Keys: first ? [first] : [] } } }),
        UnprocessedKeys: { 'huntaze-posts': { Keys: others } },
      };
    });
    table.mock.on(BatchGetCommand).callsFake((input: BatchGetCommandInput) => table.batchGet(input));
    expect(await handler(event, contextWith())).toMatchObject({ enqueued: 3, failed: [] });
  });

  test('keys that stay unprocessed are reported and left to the next run', async () => {
    schedule(1, ['reddit']);
    table.mock.on(BatchGetCommand).callsFake((input: BatchGetCommandInput) => ({
      Responses: {},
      UnprocessedKeys: { 'huntaze-posts': { Keys: keysOf(input) } },
    }));
    const { failed } = await handler(event, contextWith());
    expect(failed).toEqual([{ userId: 'user-1', postId: 'post-0', step: 'read', reason: 'UnprocessedKeys' }]);
    expect(table.mock.commandCalls(BatchGetCommand)).toHaveLength(5);
    expect(statuses()).toEqual(['queued']);
  });
});

describe('throws when', () => {
  test.each([
    ['no table is named', { POSTS_TABLE: '' }, /POSTS_TABLE/],
    [
      'no queue is configured',
      { Q_INSTAGRAM: '', Q_REDDIT: undefined, Q_TIKTOK: ' ' },
      /No publisher queue.*Q_INSTAGRAM/,
    ],
  ])('%s', async (_, change, message) => {
    process.env = { ...process.env, ...change };
    schedule(1, ['reddit']);
    await expect(handler(event, contextWith())).rejects.toThrow(message);
    expect(statuses()).toEqual(['queued']);
  });
});

test('each log line carries the correlation id, and the counts go out as metrics', async () => {
  schedule(2, ['reddit']);
  refused.add('post-1');
  await handler(event, contextWith());
  const lines = output.lines();
  const logs = lines.filter((line) => 'level' in line);
  expect(logs.map(({ level, correlation_id }) => [level, correlation_id])).toEqual([
    ['INFO', 'event-1'],
    ['ERROR', 'event-1'],
  ]);
  expect(lines.find((line) => '_aws' in line)).toMatchObject({
    service: 'content-dispatcher',
    MessagesSent: 1,
    DispatchFailures: 1,
    PlatformsSkipped: 0,
  });
});

function keysOf({ RequestItems }: BatchGetCommandInput): Record<string, unknown>[] {
  return RequestItems?.['huntaze-posts']?.Keys ?? [];
}
