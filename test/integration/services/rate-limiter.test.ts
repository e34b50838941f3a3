import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type Emulator, startEmulator } from '../../../lib/rehearsal/emulator';
import { projectRoot } from '../../support/estate';
import { startValkey, type Valkey } from '../../support/servers/valkey';
import { captureOutput, contextWith } from '../../unit/lambda/support/invocation';

const account = '123456789012';
const authToken = 'redis-token-nobody-may-see';
const privateText = 'text-nobody-may-see';
const realEnvironment = process.env;
let emulator: Emulator;
let valkey: Valkey;
let sqs: SQSClient;
let output: ReturnType<typeof captureOutput> | undefined;

beforeAll(async () => {
  emulator = await startEmulator({
    account,
    region: 'us-east-1',
    directory: join(projectRoot, '.rehearsal', 'test'),
    projectRoot,
  });
  valkey = await startValkey();
  sqs = new SQSClient(emulator.clientOptions());
}, 180_000);

afterEach(() => {
  output?.restore();
  output = undefined;
  process.env = realEnvironment;
});

afterAll(async () => {
  // The functions of the tests above lose their connections here, and say so.
  output = captureOutput();
  await valkey.stop();
  output.restore();
  await emulator.stop();
});

interface Stage {
  readonly queue: string;
  readonly deadLetters: string;
  readonly send: string;
  readonly handler: (event: SQSEvent) => Promise<SQSBatchResponse | Record<string, never>>;
  readonly healthCheck: () => Promise<{ statusCode: number; body: string }>;
}

let stages = 0;

/** Queues of its own, an emptied Redis, and the function as a fresh container has it. */
async function stage(variables: Record<string, string>, visibilitySeconds = 2): Promise<Stage> {
  stages += 1;
  const create = async (name: string, attributes: Record<string, string> = {}) =>
    (await sqs.send(new CreateQueueCommand({ QueueName: `${name}-${stages}`, Attributes: attributes }))).QueueUrl ?? '';
  const deadLetters = await create('dead');
  const queue = await create('limited', {
    VisibilityTimeout: String(visibilitySeconds),
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: `arn:aws:sqs:us-east-1:${account}:dead-${stages}`,
      maxReceiveCount: 5,
    }),
  });
  const send = await create('send');
  const admin = await valkey.connect();
  await admin.flushAll();
  admin.destroy();

  process.env = {
    ...emulator.environment,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    // Another region than the queue's: REGION decides.
    AWS_REGION: 'eu-west-3',
    REGION: 'us-east-1',
    QUEUE_URL: queue,
    REDIS_HOST: valkey.host,
    REDIS_PORT: String(valkey.port),
    SEND_QUEUE_URL: send,
    ...variables,
  };
  output = captureOutput();
  jest.resetModules();
  const { handler, healthCheck } = jest.requireActual<typeof import('../../../lambda/huntaze-rate-limiter/handler')>(
    '../../../lambda/huntaze-rate-limiter/handler',
  );
  let runs = 0;
  return {
    queue,
    deadLetters,
    send,
    healthCheck,
    handler: (event) => {
      runs += 1;
      return handler(event, { ...contextWith(30_000), awsRequestId: `run-${runs}` });
    },
  };
}

const fast = { BUCKET_CAPACITY: '5', TOKENS_PER_WINDOW: '10', WINDOW_SECONDS: '1', USER_BUCKET_CAPACITY: '5' };

/** Plays Lambda's event source mapping until it is told to stop: batches of five, partial batch responses. */
async function poll(
  { queue, handler }: Stage,
  until: () => Promise<boolean>,
  { crashBeforeAcknowledging = () => false }: { crashBeforeAcknowledging?: () => boolean } = {},
): Promise<{ deliveries: number; failures: number }> {
  const tally = { deliveries: 0, failures: 0 };
  while (!(await until())) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queue,
        MaxNumberOfMessages: 5,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
        WaitTimeSeconds: 0,
      }),
    );
    if (Messages.length === 0) {
      await sleep(100);
      continue;
    }
    tally.deliveries += Messages.length;
    const response = await handler({
      Records: Messages.map(
        ({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {}, MessageAttributes = {} }) => ({
          messageId: MessageId,
          receiptHandle: ReceiptHandle,
          body: Body,
          attributes: Attributes as SQSEvent['Records'][number]['attributes'],
          messageAttributes: Object.fromEntries(
            Object.entries(MessageAttributes).map(([name, { DataType = 'String', StringValue, BinaryValue }]) => [
              name,
              {
                dataType: DataType as 'String',
                stringValue: StringValue,
                binaryValue: BinaryValue && Buffer.from(BinaryValue).toString('base64'),
              },
            ]),
          ),
          md5OfBody: '',
          eventSource: 'aws:sqs',
          eventSourceARN: '',
          awsRegion: 'us-east-1',
        }),
      ),
    });
    const failed = new Set(response.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
    tally.failures += failed.size;
    for (const { MessageId = '', ReceiptHandle } of Messages) {
      if (failed.has(MessageId) || crashBeforeAcknowledging()) continue;
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle }));
    }
  }
  return tally;
}

async function depth(queue: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: ['All'] }),
  );
  const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible, ApproximateNumberOfMessagesDelayed } =
    Attributes;
  return (
    Number(ApproximateNumberOfMessages) +
    Number(ApproximateNumberOfMessagesNotVisible) +
    Number(ApproximateNumberOfMessagesDelayed)
  );
}

async function bodies(queue: string): Promise<string[]> {
  const found: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }),
    );
    if (Messages.length === 0) return found.sort();
    found.push(...Messages.map(({ Body = '' }) => Body));
  }
}

async function submit({ queue }: Stage, bodies: readonly string[]): Promise<void> {
  for (const body of bodies) {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queue,
        MessageBody: body,
        MessageAttributes: { messageType: { DataType: 'String', StringValue: 'dm' } },
      }),
    );
  }
}

const messages = (count: number, users = 4): string[] =>
  Array.from({ length: count }, (_, n) => JSON.stringify({ userId: `u${n % users}`, n, text: privateText })).sort();

test('what has to wait is neither lost nor failed: every message comes through once, and only poison is dead', async () => {
  const set = await stage(fast);
  const sent = messages(40);
  await submit(set, [...sent, `{"broken": "${privateText}"`]);
  const started = Date.now();
  const { failures } = await poll(
    set,
    async () => (await depth(set.queue)) === 0 && (await depth(set.deadLetters)) === 1,
  );
  const seconds = (Date.now() - started) / 1000;

  expect(await bodies(set.send)).toEqual(sent);
  expect(await bodies(set.deadLetters)).toEqual([`{"broken": "${privateText}"`]);
  // Each failure is one of the five deliveries of the poison message: waiting counts as none.
  expect(failures).toBe(5);
  // Five at once, then ten a second.
  expect(seconds).toBeGreaterThanOrEqual((40 - 5) / 10);

  const log = output?.text() ?? '';
  expect(log).not.toContain(privateText);
  expect(log).toContain('PoisonMessageError');
}, 60_000);

test('one message that waits longer than five visibility timeouts does not die of it', async () => {
  const set = await stage({ BUCKET_CAPACITY: '1', TOKENS_PER_WINDOW: '1', WINDOW_SECONDS: '6' }, 1);
  const sent = messages(2, 2);
  await submit(set, sent);
  await poll(set, async () => (await depth(set.queue)) === 0);
  expect(await bodies(set.send)).toEqual(sent);
  expect(await depth(set.deadLetters)).toBe(0);
}, 60_000);

test('a run that dies before it acknowledges leaves copies, and the effect is once', async () => {
  const set = await stage(fast);
  const sent = messages(12);
  await submit(set, sent);
  let crashes = 0;
  const { deliveries } = await poll(set, async () => (await depth(set.queue)) === 0, {
    crashBeforeAcknowledging: () => {
      crashes += 1;
      return crashes <= 12;
    },
  });
  expect(deliveries).toBeGreaterThan(12 + 12);
  expect(await bodies(set.send)).toEqual(sent);
  expect(await depth(set.deadLetters)).toBe(0);
}, 60_000);

test('a sender that fails leaves the message to SQS, and none is lost when it works again', async () => {
  const set = await stage({ ...fast, SEND_QUEUE_URL: `${emulator.endpoint}/${account}/nowhere` });
  expect(await set.handler({ Records: [sampleRecord] })).toEqual({
    batchItemFailures: [{ itemIdentifier: 'message-1' }],
  });
  const admin = await valkey.connect();
  // The claim is given back: the next delivery need not wait for its lease.
  expect(await admin.exists('rate_limit:onlyfans:message:message-1')).toBe(0);
  admin.destroy();
});

test('without a send queue a granted message is acknowledged, and counted', async () => {
  const set = await stage({ ...fast, SEND_QUEUE_URL: '' });
  expect(await set.handler({ Records: [sampleRecord] })).toEqual({});
  expect(output?.lines()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ level: 'WARN', correlation_id: 'request-7', variable: 'SEND_QUEUE_URL' }),
      expect.objectContaining({ MessagesWithoutReceiver: 1, MessagesSent: 1, MessagesFailed: 0 }),
    ]),
  );
});

test('Redis behind AUTH: the token comes from its secret and goes into no log', async () => {
  const guarded = await startValkey({ password: authToken });
  await new SecretsManagerClient(emulator.clientOptions()).send(
    new CreateSecretCommand({ Name: 'redis-auth', SecretString: authToken }),
  );
  const set = await stage({
    ...fast,
    REDIS_PORT: String(guarded.port),
    REDIS_AUTH_TOKEN_SECRET_ARN: 'redis-auth',
  });
  expect(await set.handler({ Records: [sampleRecord] })).toEqual({});
  expect(await bodies(set.send)).toEqual([sampleRecord.body]);

  const lost = await stage({
    ...fast,
    REDIS_PORT: String(guarded.port),
    REDIS_AUTH_TOKEN_SECRET_ARN: 'no-such-secret',
  });
  expect(await lost.handler({ Records: [sampleRecord] })).toEqual({
    batchItemFailures: [{ itemIdentifier: 'message-1' }],
  });
  expect(output?.text()).toContain('PasswordUnavailableError');
  expect(output?.text()).not.toContain(authToken);
  await guarded.stop();
}, 30_000);

test('Redis away: the whole batch is left to SQS, within the time of an invocation', async () => {
  const set = await stage({ ...fast, REDIS_PORT: '1' });
  const started = Date.now();
  const answer = await set.handler({ Records: [sampleRecord, { ...sampleRecord, messageId: 'message-2' }] });
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }, { itemIdentifier: 'message-2' }] });
  expect(Date.now() - started).toBeLessThan(10_000);
});

describe('health check', () => {
  test('200 when Redis answers', async () => {
    const { statusCode, body } = await (await stage(fast)).healthCheck();
    expect([statusCode, JSON.parse(body)]).toMatchObject([200, { status: 'healthy', redis: 'connected' }]);
  });

  test('500 when it does not', async () => {
    const { statusCode, body } = await (await stage({ ...fast, REDIS_PORT: '1' })).healthCheck();
    expect([statusCode, JSON.parse(body)]).toMatchObject([500, { status: 'unhealthy' }]);
  });
});

const sampleRecord: SQSEvent['Records'][number] = {
  messageId: 'message-1',
  receiptHandle: 'receipt',
  body: JSON.stringify({ userId: 'u', text: privateText }),
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '1700000000000',
    SenderId: 'sender',
    ApproximateFirstReceiveTimestamp: '1700000000000',
  },
  messageAttributes: { correlationId: { dataType: 'String', stringValue: 'request-7' } },
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: '',
  awsRegion: 'us-east-1',
};
