import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { PublisherPlatform } from '../../../lambda/shared/publishing/post';
import { type Emulator, startEmulator } from '../../../lib/rehearsal/emulator';
import { InstagramServer } from '../../../lib/rehearsal/platforms/instagram';
import { RedditServer } from '../../../lib/rehearsal/platforms/reddit';
import { TikTokServer } from '../../../lib/rehearsal/platforms/tiktok';

export const projectRoot = resolve(__dirname, '../../..');
const account = '317805897534';
const region = 'us-east-1';
export const maxReceiveCount = 5;
export const bucket = 'huntaze-test-uploads';
export const tables = { posts: 'huntaze-posts', pubkeys: 'huntaze-pubkeys', tokens: 'huntaze-oauth-tokens' } as const;
export const accessToken = 'access-token-that-no-log-may-hold';

export type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** Tables, queues, a bucket and three platforms; the clock of this process can be set forward. */
export class World {
  readonly instagram = new InstagramServer();
  readonly reddit = new RedditServer();
  readonly tiktok = new TikTokServer();
  /** Delays that the publishers asked SQS for, in seconds. */
  readonly delays: number[] = [];
  /** Seconds for which the publishers hid a message. */
  readonly hidden: number[] = [];
  readonly directory = mkdtempSync(join(tmpdir(), 'publishers-'));
  private ahead = 0;
  private posts = 0;
  private readonly realNow = Date.now;
  private readonly realEnvironment = process.env;

  private constructor(
    readonly emulator: Emulator,
    readonly dynamo: DynamoDBDocumentClient,
    readonly sqs: SQSClient,
    readonly s3: S3Client,
  ) {}

  static async create(): Promise<World> {
    const emulator = await startEmulator({
      account,
      region,
      directory: join(projectRoot, '.rehearsal', 'test'),
      projectRoot,
    });
    const options = emulator.clientOptions();
    const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(options));
    const world = new World(
      emulator,
      dynamo,
      new SQSClient(options),
      new S3Client({ ...options, forcePathStyle: true }),
    );
    await Promise.all([
      world.createTables(),
      world.createQueues(),
      world.s3.send(new CreateBucketCommand({ Bucket: bucket })),
    ]);
    await Promise.all([world.instagram.start(), world.reddit.start(), world.tiktok.start()]);
    process.env = { ...world.realEnvironment, ...world.environment() };
    jest.spyOn(Date, 'now').mockImplementation(() => world.realNow() + world.ahead);
    world.shortenWaits();
    return world;
  }

  async destroy(): Promise<void> {
    jest.restoreAllMocks();
    process.env = this.realEnvironment;
    await Promise.all([this.instagram.stop(), this.reddit.stop(), this.tiktok.stop()]);
    await this.emulator.stop();
  }

  async reset(): Promise<void> {
    this.instagram.reset();
    this.reddit.reset();
    this.tiktok.reset();
    this.delays.length = 0;
    this.hidden.length = 0;
    process.env = { ...this.realEnvironment, ...this.environment() };
    for (const platform of ['instagram', 'reddit', 'tiktok'] as const) {
      await this.sqs.send(new PurgeQueueCommand({ QueueUrl: this.queueUrl(platform) }));
      await this.sqs.send(new PurgeQueueCommand({ QueueUrl: this.queueUrl(platform, '-dlq') }));
    }
  }

  /** Environment of the publishers. */
  environment(): Record<string, string> {
    return {
      ...Object.fromEntries(
        Object.entries(this.emulator.environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ),
      // The emulator verifies presigned links, and this is its root's key.
      AWS_SECRET_ACCESS_KEY: 'test',
      ENABLE_PUBLISH: 'true',
      POSTS_TABLE: tables.posts,
      PUBKEYS_TABLE: tables.pubkeys,
      TOKENS_TABLE: tables.tokens,
      UPLOAD_BUCKET: bucket,
      REDDIT_DEFAULT_SR: 'test',
      INSTAGRAM_BASE: this.instagram.url,
      REDDIT_BASE: this.reddit.url,
      TIKTOK_BASE: this.tiktok.url,
      TIKTOK_MODE: 'upload',
    };
  }

  /** Milliseconds by which the clock of this process was set forward. */
  get aheadMs(): number {
    return this.ahead;
  }

  advance(seconds: number): void {
    this.ahead += seconds * 1000;
  }

  /** Stores a post that the dispatcher has sent to `platforms`, and its author's tokens. @returns its id. */
  async post(attributes: Record<string, unknown> = {}, platforms: readonly string[] = ['reddit']): Promise<string> {
    this.posts += 1;
    const postId = `post-${this.posts}`;
    await this.put(tables.posts, {
      userId: 'user-1',
      postId,
      status: 'dispatched',
      scheduledAt: '2025-12-01T09:00:00.000Z',
      platformTargets: platforms,
      dispatchedPlatforms: platforms,
      title: `Title of ${postId}`,
      caption: `Caption of ${postId}`,
      assets: [{ key: 'media/photo.jpg' }],
      ...attributes,
    });
    for (const provider of ['instagram', 'reddit', 'tiktok']) {
      const expiresAt = Math.floor(Date.now() / 1000) + 86_400;
      await this.put(tables.tokens, {
        userId: 'user-1',
        provider,
        accessToken,
        accountId: '17841400000000000',
        expiresAt,
      });
    }
    return postId;
  }

  async put(TableName: string, Item: Record<string, unknown>): Promise<void> {
    await this.dynamo.send(new PutCommand({ TableName, Item }));
  }

  async storedPost(postId: string): Promise<Record<string, unknown>> {
    const { Item } = await this.dynamo.send(
      new GetCommand({ TableName: tables.posts, Key: { userId: 'user-1', postId }, ConsistentRead: true }),
    );
    return Item ?? {};
  }

  async claim(postId: string, platform: PublisherPlatform): Promise<Record<string, unknown> | undefined> {
    const Key = { pk: `${postId}#${platform}` };
    return (await this.dynamo.send(new GetCommand({ TableName: tables.pubkeys, Key, ConsistentRead: true }))).Item;
  }

  async everything(table: string): Promise<Record<string, unknown>[]> {
    return (await this.dynamo.send(new ScanCommand({ TableName: table }))).Items ?? [];
  }

  async putObject(key: string, body: Buffer): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  }

  /** Sends what the dispatcher sends. */
  async dispatch(postId: string, platform: PublisherPlatform, userId = 'user-1'): Promise<void> {
    await this.send(platform, JSON.stringify({ userId, postId, platform }));
  }

  async send(platform: PublisherPlatform, body: string): Promise<void> {
    await this.sqs.send(
      new SendMessageCommand({
        QueueUrl: this.queueUrl(platform),
        MessageBody: body,
        MessageAttributes: { correlationId: { DataType: 'String', StringValue: 'run-1' } },
      }),
    );
  }

  /** Messages of a queue that can be received, hidden or are delayed. */
  async depth(platform: PublisherPlatform, suffix = ''): Promise<number> {
    const { Attributes = {} } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: this.queueUrl(platform, suffix), AttributeNames: ['All'] }),
    );
    const figures: Record<string, string> = Attributes;
    return ['', 'NotVisible', 'Delayed'].reduce(
      (sum, part) => sum + Number(figures[`ApproximateNumberOfMessages${part}`] ?? 0),
      0,
    );
  }

  /** One batch, as the event source mapping receives it. */
  async receive(platform: PublisherPlatform): Promise<SQSEvent> {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.queueUrl(platform),
        MaxNumberOfMessages: 5,
        WaitTimeSeconds: 1,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    return { Records: Messages.map((message) => asRecord(message, platform)) };
  }

  /** Gives a batch to a publisher and deletes what it worked off. @returns how many messages have to come back. */
  async consume(handler: Handler, event: SQSEvent, remainingMs = 60_000): Promise<number> {
    // A delayed message comes in time, though the test does not wait for it.
    const due = event.Records.map(({ body }) => notBeforeOf(body) * 1000);
    this.advance(Math.max(0, Math.max(0, ...due) - Date.now()) / 1000);
    const { batchItemFailures } = await handler(event, contextWith(remainingMs));
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    await Promise.all(
      event.Records.map((record) => (failed.has(record.messageId) ? this.comeBack(record) : this.acknowledge(record))),
    );
    return failed.size;
  }

  /** Ends the time for which a failed message is hidden: the test does not wait for it. */
  private async comeBack({ eventSourceARN, receiptHandle }: SQSRecord): Promise<void> {
    const change = this.sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: this.urlOf(eventSourceARN),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: 0,
      }),
    );
    await change.catch(unlessItCameBack);
  }

  async acknowledge({ eventSourceARN, receiptHandle }: SQSRecord): Promise<void> {
    const deletion = this.sqs.send(
      new DeleteMessageCommand({ QueueUrl: this.urlOf(eventSourceARN), ReceiptHandle: receiptHandle }),
    );
    await deletion.catch(unlessItCameBack);
  }

  /** Works a queue off until it is empty. */
  async drain(
    handler: Handler,
    platform: PublisherPlatform,
    { mostRounds = 40, remainingMs }: { readonly mostRounds?: number; readonly remainingMs?: number } = {},
  ): Promise<void> {
    for (let round = 0; round < mostRounds; round += 1) {
      if ((await this.depth(platform)) === 0) return;
      const event = await this.receive(platform);
      if (event.Records.length > 0) await this.consume(handler, event, remainingMs);
    }
    throw new Error(`The queue of ${platform} is not empty, got: ${await this.depth(platform)} messages.`);
  }

  queueUrl(platform: PublisherPlatform, suffix = ''): string {
    return `${this.emulator.endpoint}/${account}/publisher-${platform}${suffix}`;
  }

  private urlOf(queueArn: string): string {
    return `${this.emulator.endpoint}/${account}/${queueArn.split(':').at(-1)}`;
  }

  private async createTables(): Promise<void> {
    const schemas: Record<string, readonly string[]> = {
      [tables.posts]: ['userId', 'postId'],
      [tables.pubkeys]: ['pk'],
      [tables.tokens]: ['userId', 'provider'],
    };
    for (const [TableName, keys] of Object.entries(schemas)) {
      await this.dynamo.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: keys.map((name) => ({ AttributeName: name, AttributeType: 'S' })),
          KeySchema: keys.map((name, index) => ({ AttributeName: name, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
        }),
      );
    }
  }

  private async createQueues(): Promise<void> {
    for (const platform of ['instagram', 'reddit', 'tiktok']) {
      const name = `publisher-${platform}`;
      await this.sqs.send(new CreateQueueCommand({ QueueName: `${name}-dlq` }));
      const deadLetterTargetArn = `arn:aws:sqs:${region}:${account}:${name}-dlq`;
      await this.sqs.send(
        new CreateQueueCommand({
          QueueName: name,
          // Short, so that what fails comes back within the test.
          Attributes: {
            VisibilityTimeout: '1',
            RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount }),
          },
        }),
      );
    }
  }

  /** Notes the waits that the publishers ask for, and makes them short: the clock is set forward instead. */
  private shortenWaits(): void {
    const { delays, hidden } = this;
    const send = SQSClient.prototype.send;
    jest.spyOn(SQSClient.prototype, 'send').mockImplementation(function (
      this: SQSClient,
      command: unknown,
      ...rest: unknown[]
    ) {
      if (command instanceof SendMessageCommand && command.input.DelaySeconds !== undefined) {
        delays.push(command.input.DelaySeconds);
        command.input.DelaySeconds = 0;
      }
      // Zero is the test's own, see comeBack.
      if (command instanceof ChangeMessageVisibilityCommand && command.input.VisibilityTimeout) {
        hidden.push(command.input.VisibilityTimeout);
        command.input.VisibilityTimeout = 1;
      }
      return Reflect.apply(send, this, [command, ...rest]) as never;
    });
  }
}

/** Another consumer has the message: SQS would take the old handle or ignore it. */
function unlessItCameBack(error: Error): void {
  if (error.name !== 'ReceiptHandleIsInvalid') throw error;
}

/** The handler, loaded after the environment is set: it makes its clients when it is loaded. */
export function loadHandler(name: string): Handler {
  return (require(join(projectRoot, 'lambda', name, 'handler')) as { handler: Handler }).handler;
}

export function contextWith(remainingMs: number): Context {
  const end = performance.now() + remainingMs;
  return {
    awsRequestId: 'request-1',
    functionName: 'publisher',
    getRemainingTimeInMillis: () => end - performance.now(),
  } as unknown as Context;
}

function asRecord(message: Message, platform: PublisherPlatform): SQSRecord {
  const { MessageId = '', ReceiptHandle = '', Body = '', Attributes = {}, MessageAttributes = {} } = message;
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: Attributes as unknown as SQSRecord['attributes'],
    messageAttributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue, DataType = 'String' }]) => [
        name,
        { stringValue: StringValue, dataType: DataType as 'String' },
      ]),
    ),
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${region}:${account}:publisher-${platform}`,
    awsRegion: region,
  };
}

function notBeforeOf(body: string): number {
  try {
    return (JSON.parse(body) as { continuation?: { notBefore: number } }).continuation?.notBefore ?? 0;
  } catch {
    return 0;
  }
}
