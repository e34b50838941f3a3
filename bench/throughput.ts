import { join } from 'node:path';
import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { SQSBatchResponse } from 'aws-lambda';
import { environment as names } from '../lib/estate/environment';
import { type ModelledFunction, modelledFunctions } from '../lib/estate/functions';
import { LambdaProcess } from './lambda-process';
import { LocalServices } from './local-services';
import { type Bench, projectRoot, spread, spreadHeader } from './measure';
import { bundleAll } from './packages';
import { asRecord, madeRecord } from './sqs-records';

/** Messages of one round through the queue: some seconds of the embedded SQS. */
const queuedMessages = 300;
/** Messages of one round that no queue holds. */
const directMessages = 2_000;
const duePosts = 200;
const users = 50;
/** Containers, and messages of a batch, that the rate limiter's event source allows. */
const concurrency = 2;
const batchSize = 5;

/** Buckets that refuse nothing, so that the function and not its limit is measured. */
const noLimit = {
  [names.rateLimiter.bucketCapacity]: '100000000',
  [names.rateLimiter.tokensPerWindow]: '100000000',
  [names.rateLimiter.userBucketCapacity]: '100000000',
  [names.rateLimiter.windowSeconds]: '1',
};

/** How many messages a second go through the rate limiter and the dispatcher, in warm processes. */
export async function benchThroughput({ scratch, rounds, print }: Bench): Promise<void> {
  const folders = bundleAll(projectRoot, join(scratch, 'throughput'));
  const services = await LocalServices.start(join(scratch, 'services'));
  const containers: LambdaProcess[] = [];
  const start = async (name: string, environment: NodeJS.ProcessEnv): Promise<LambdaProcess> => {
    const container = await LambdaProcess.start(functionRow(name), {
      folder: folders.get(name) ?? '',
      environment: { ...services.environment, ...environment },
      logPath: join(scratch, `${name}.log`),
    });
    containers.push(container);
    return container;
  };
  const startLimiters = async (environment: NodeJS.ProcessEnv) =>
    Promise.all(Array.from({ length: concurrency }, () => start('huntaze-rate-limiter', environment)));

  try {
    const valkey = await services.valkey();
    const queue = await services.queue('limited');
    const granted = await services.queue('granted');
    const limiter = {
      ...noLimit,
      [names.rateLimiter.region]: 'us-east-1',
      [names.rateLimiter.queueUrl]: queue,
      [names.rateLimiter.redisHost]: valkey.host,
      [names.rateLimiter.redisPort]: String(valkey.port),
    };
    const direct = await startLimiters(limiter);
    const queued = await startLimiters({ ...limiter, [names.rateLimiter.sendQueueUrl]: granted });
    const dispatcher = await start('content-dispatcher', await dispatcherEnvironment(services));
    await grantDirectly(direct, 'warm-up', concurrency * batchSize);
    await grantQueued(services, queued, queue, concurrency * batchSize);
    await dispatch(services, dispatcher, 'warm-up', 1);

    const figures = { direct: [] as number[], queued: [] as number[], dispatched: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      figures.direct.push(await grantDirectly(direct, `direct-${round}`, directMessages));
      figures.queued.push(await grantQueued(services, queued, queue, queuedMessages));
      figures.dispatched.push(await dispatch(services, dispatcher, `round-${round}`, duePosts));
    }
    await assertReceived(services, granted, rounds * queuedMessages + concurrency * batchSize);

    print(
      `Rate limiter: ${concurrency} processes, batches of ${batchSize}, ${users} users, buckets that refuse nothing, real Valkey.`,
    );
    print(`  direct: ${directMessages} made messages, granted and acknowledged without a send queue`);
    print(`  queue to queue: ${queuedMessages} messages, received, granted, sent on and deleted; embedded SQS`);
    print(
      `Dispatcher: 1 process, ${duePosts} due posts for three platforms, sent and moved on; embedded DynamoDB and SQS.`,
    );
    print(spreadHeader('messages a second, warm', rounds));
    print(spread('rate limiter, direct', figures.direct, '/s'));
    print(spread('rate limiter, queue to queue', figures.queued, '/s'));
    print(spread('dispatcher', figures.dispatched, '/s'));
  } finally {
    await Promise.all(containers.map((container) => container.stop()));
    await services.stop();
  }
}

const body = (n: number) => ({ userId: `user-${n % users}`, n });

/** @returns messages a second. */
async function grantDirectly(containers: readonly LambdaProcess[], label: string, count: number): Promise<number> {
  const batches = chunks(
    Array.from({ length: count }, (_, n) => madeRecord(`${label}-${n}`, body(n), 'arn:aws:sqs:us-east-1:1:none')),
    batchSize,
  );
  return perSecond(count, () =>
    Promise.all(
      containers.map(async (container) => {
        for (let Records = batches.pop(); Records; Records = batches.pop()) {
          assertAllDone(await container.call<Partial<SQSBatchResponse>>({ Records }));
        }
      }),
    ),
  );
}

/** Fills the queue, then plays the event source until it is empty. @returns messages a second, filling not counted. */
async function grantQueued(
  { sqs }: LocalServices,
  containers: readonly LambdaProcess[],
  QueueUrl: string,
  count: number,
): Promise<number> {
  for (const group of chunks([...Array(count).keys()], 10)) {
    const Entries = group.map((n) => ({ Id: String(n), MessageBody: JSON.stringify(body(n)) }));
    const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    if (Failed.length > 0) throw new Error(`The queue must take every message, got: ${Failed.length} refused.`);
  }
  let left = count;
  const consume = async (container: LambdaProcess): Promise<void> => {
    while (left > 0) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: batchSize,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['All'],
        }),
      );
      if (Messages.length === 0) continue;
      left -= Messages.length;
      const Records = Messages.map((message: Message) => asRecord(message, 'arn:aws:sqs:us-east-1:1:limited'));
      assertAllDone(await container.call<Partial<SQSBatchResponse>>({ Records }));
      const Entries = Messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  };
  return perSecond(count, () => Promise.all(containers.map(consume)));
}

const platforms = ['instagram', 'reddit', 'tiktok'] as const;

async function dispatcherEnvironment(services: LocalServices): Promise<NodeJS.ProcessEnv> {
  return {
    [names.contentDispatcher.postsTable]: await services.table('huntaze-posts'),
    [names.contentDispatcher.instagramQueueUrl]: await services.queue('instagram'),
    [names.contentDispatcher.redditQueueUrl]: await services.queue('reddit'),
    [names.contentDispatcher.tiktokQueueUrl]: await services.queue('tiktok'),
  };
}

/** Stores due posts, then runs the dispatcher once. @returns messages a second. */
async function dispatch(
  { dynamo }: LocalServices,
  container: LambdaProcess,
  label: string,
  posts: number,
): Promise<number> {
  const scheduledAt = new Date(Date.now() - 60_000).toISOString();
  const items = Array.from({ length: posts }, (_, n) => ({
    userId: `user-${n % users}`,
    postId: `${label}-${n}`,
    status: 'queued',
    scheduledAt,
    platformTargets: [...platforms],
  }));
  for (const group of chunks(items, 25)) {
    const { UnprocessedItems = {} } = await dynamo.send(
      new BatchWriteCommand({ RequestItems: { 'huntaze-posts': group.map((Item) => ({ PutRequest: { Item } })) } }),
    );
    const unstored = Object.keys(UnprocessedItems).length;
    if (unstored > 0) throw new Error(`The table must take every post, got some refused in: ${label}. Run it again.`);
  }
  const messages = posts * platforms.length;
  return perSecond(messages, async () => {
    const report = await container.call<{ messages: number; completed: number }>({ id: label });
    if (report.messages !== messages || report.completed !== posts) {
      throw new Error(`A run must send ${messages} messages, got: ${JSON.stringify(report)}. Give it fewer posts.`);
    }
  });
}

async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (count * 1000) / (performance.now() - start);
}

function assertAllDone({ batchItemFailures = [] }: Partial<SQSBatchResponse>): void {
  if (batchItemFailures.length > 0) {
    throw new Error(
      `Every message must be granted, got: ${batchItemFailures.length} failures. Look at Valkey and SQS.`,
    );
  }
}

/** What was counted as granted has to be in the send queue: a message that waits comes back without a failure too. */
async function assertReceived({ sqs }: LocalServices, QueueUrl: string, count: number): Promise<void> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  if (Number(Attributes.ApproximateNumberOfMessages) !== count) {
    throw new Error(
      `Every message must reach the send queue, got: ${Attributes.ApproximateNumberOfMessages} of ${count}. ` +
        'Look at the limits of the buckets.',
    );
  }
}

function functionRow(name: string): ModelledFunction {
  const row = modelledFunctions.find((candidate) => candidate.name === name);
  if (!row) throw new Error(`The estate has no such function, got: ${name}. Name one of its rows.`);
  return row;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
