import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { jwtVerify } from 'jose';
import { environment as names } from '../estate/environment';
import { type ModelledFunction, modelledFunctions } from '../estate/functions';
import { queues } from '../estate/messaging';
import { type RuleRow, rules } from '../estate/support';
import type { Emulator } from './emulator';
import { agentIdKey, type RehearsalValues, signingKeySecret, stripeBusKey } from './seed';

/** Milliseconds that an asynchronous effect may take before its story fails. */
const patience = 20_000;

export interface StoryResult {
  readonly title: string;
  readonly passed: boolean;
  /** What was seen, in the order in which it was seen. */
  readonly facts: readonly string[];
  /** Why the story failed. */
  readonly failure?: string;
}

export interface TrafficOptions {
  readonly emulator: Pick<Emulator, 'account' | 'region' | 'clientOptions'>;
  readonly values: RehearsalValues;
  /** Told before each story. */
  readonly onStory?: (title: string) => void;
}

/** Sends real traffic through what can run. A story that fails does not stop the next one. */
export async function runTraffic({ emulator, values, onStory = () => {} }: TrafficOptions): Promise<StoryResult[]> {
  const scene = makeScene(emulator, values);
  const results: StoryResult[] = [];
  for (const [title, story] of stories) {
    onStory(title);
    const facts: string[] = [];
    try {
      await story(scene, (fact) => facts.push(fact));
      results.push({ title, passed: true, facts });
    } catch (error) {
      results.push({ title, passed: false, facts, failure: firstLine(error) });
    }
  }
  return results;
}

/** Assertions add what they compared in further lines; the first one says what is wrong. */
const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

type Scene = ReturnType<typeof makeScene>;
type Story = (scene: Scene, fact: (line: string) => void) => Promise<void>;

function makeScene({ account, region, clientOptions }: TrafficOptions['emulator'], values: RehearsalValues) {
  const options = clientOptions();
  return {
    account,
    region,
    values,
    dynamo: DynamoDBDocumentClient.from(new DynamoDBClient(options)),
    ecs: new ECSClient(options),
    events: new EventBridgeClient(options),
    lambda: new LambdaClient(options),
    logs: new CloudWatchLogsClient(options),
    secrets: new SecretsManagerClient(options),
    sqs: new SQSClient(options),
  };
}

const stories: readonly (readonly [string, Story])[] = [
  ['A due post reaches each publisher queue, once', dispatchDuePost],
  ['A poison message ends in the dead-letter queue', parkPoisonMessage],
  ['A Stripe event updates its user, and an older one that arrives late does not', followStripe],
  ['The WebSocket token is rotated and the scraper is deployed again', rotateToken],
];

async function dispatchDuePost(scene: Scene, fact: (line: string) => void): Promise<void> {
  const dispatcher = functionRow('content-dispatcher');
  const publisherQueues = Object.values(dispatcher.variables).flatMap((variable) =>
    variable.from === 'queue-url' ? [variable.queue] : [],
  );
  const platforms = publisherQueues.map((queue) => queue.replace(/^publisher-(.*)-production$/, '$1'));
  const key = { userId: 'rehearsal-author', postId: randomUUID() };
  const TableName = literalOf(dispatcher, names.contentDispatcher.postsTable);
  await scene.dynamo.send(
    new PutCommand({
      TableName,
      Item: {
        ...key,
        status: 'queued',
        scheduledAt: new Date(Date.now() - 60_000).toISOString(),
        // Nobody publishes to the last one: the dispatcher says so on the post instead of losing it.
        platformTargets: [...platforms, 'twitter'],
      },
    }),
  );
  fact(`post due since a minute in ${TableName}, for ${platforms.join(', ')} and twitter`);

  await invoke(scene, dispatcher.name, scheduledEvent(scene, ruleFor(dispatcher.name)));
  for (const [index, queue] of publisherQueues.entries()) {
    const messages = await drain(scene, queue);
    assert.equal(messages.length, 1, `${queue} holds ${messages.length} messages instead of 1`);
    const body = JSON.parse(messages[0]?.Body ?? '');
    assert.deepEqual(body, { ...key, platform: platforms[index] }, `body in ${queue}: ${messages[0]?.Body}`);
    fact(`${queue}: ${JSON.stringify({ ...body, postId: '…' })}`);
  }
  const { Item: post } = await scene.dynamo.send(new GetCommand({ TableName, Key: key, ConsistentRead: true }));
  assert.equal(post?.status, 'dispatched', `status of the post is ${post?.status}`);
  assert.deepEqual(post?.skippedPlatforms, ['twitter']);
  fact(`status queued → ${post?.status}, skipped ${post?.skippedPlatforms}`);

  const again = await invoke(scene, dispatcher.name, scheduledEvent(scene, ruleFor(dispatcher.name)));
  assert.equal((again as { messages?: unknown }).messages, 0, `second run: ${JSON.stringify(again)}`);
  for (const queue of publisherQueues) {
    assert.equal((await drain(scene, queue)).length, 0, `second run sent to ${queue} again`);
  }
  fact('second run: 0 messages, every queue empty');
}

async function parkPoisonMessage(scene: Scene, fact: (line: string) => void): Promise<void> {
  const row = queues.find(({ name }) => name === 'huntaze-webhooks');
  assert.ok(row, 'huntaze-webhooks has no row');
  const MessageBody = JSON.stringify({ poison: randomUUID() });
  const QueueUrl = await queueUrl(scene, row.name);
  await scene.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));

  for (let attempt = 1; attempt <= row.maxReceiveCount; attempt += 1) {
    const message: Message | undefined = (await receive(scene, row.name))[0];
    assert.equal(message?.Body, MessageBody, `receive ${attempt} of ${row.maxReceiveCount} did not give the message`);
    // The consumer failed: the message comes back at once instead of after the visibility timeout.
    const { ReceiptHandle } = message;
    await scene.sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  }
  fact(`${row.name}: received ${row.maxReceiveCount} times without success`);
  assert.equal((await receive(scene, row.name)).length, 0, 'the message is received once more');

  const [parked, ...others] = await drain(scene, row.deadLetterQueue.name);
  assert.equal(parked?.Body, MessageBody, `${row.deadLetterQueue.name} does not hold the message`);
  assert.equal(others.length, 0, `${row.deadLetterQueue.name} holds ${others.length} messages too many`);
  fact(`${row.deadLetterQueue.name}: holds it`);
}

async function followStripe(scene: Scene, fact: (line: string) => void): Promise<void> {
  const handler = functionRow('stripe-events-handler');
  const TableName = literalOf(handler, names.stripeEventsHandler.usersTable);
  const userId = `rehearsal-${randomUUID()}`;
  const email = 'rehearsal@example.invalid';
  await scene.dynamo.send(new PutCommand({ TableName, Item: { userId, email } }));
  const user = async () =>
    (await scene.dynamo.send(new GetCommand({ TableName, Key: { userId }, ConsistentRead: true }))).Item ?? {};
  const now = Math.floor(Date.now() / 1000);

  await putStripeEvent(scene, { userId, eventId: `evt_${randomUUID()}`, at: now, status: 'active', tier: 'pro' });
  await until('the user has a subscription', async () => (await user()).subscriptionStatus !== undefined);
  const updated = await user();
  assert.equal(updated.subscriptionStatus, 'active');
  assert.equal(updated.subscriptionTier, 'pro');
  assert.equal(updated.email, email, 'the handler wrote over an attribute that is not its own');
  fact(`${TableName}: subscriptionStatus ${updated.subscriptionStatus}, subscriptionTier ${updated.subscriptionTier}`);

  const late = `evt_${randomUUID()}`;
  await putStripeEvent(scene, { userId, eventId: late, at: now - 3600, status: 'past_due', tier: 'basic' });
  const line = await until('the handler has logged the late event', () => handledLine(scene, handler.name, late));
  assert.equal(line.changed, false, `the late event was handled as ${JSON.stringify(line)}`);
  assert.deepEqual(await user(), updated, 'the late event changed the user');
  fact('event of an hour before, arrived after: handled, nothing changed');
}

async function rotateToken(scene: Scene, fact: (line: string) => void): Promise<void> {
  const rotation = functionRow('rotate-ws-token');
  const { secretId, cluster, service, ttlSeconds } = names.rotateWsToken;
  const SecretId = literalOf(rotation, secretId);
  const where = { cluster: literalOf(rotation, cluster), service: literalOf(rotation, service) };
  const before = await deploymentIds(scene, where);

  await invoke(scene, rotation.name, scheduledEvent(scene, ruleFor(rotation.name)));
  const { SecretString } = await scene.secrets.send(new GetSecretValueCommand({ SecretId }));
  const { token } = JSON.parse(SecretString ?? '{}') as { token?: string };
  assert.ok(token, `${SecretId} holds no token`);
  const signingKey = new TextEncoder().encode(scene.values.secrets[signingKeySecret]);
  const { payload } = await jwtVerify(token, signingKey, { algorithms: ['HS256'] });
  assert.equal(payload.agentId, scene.values.parameters[agentIdKey]);
  assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), Number(literalOf(rotation, ttlSeconds)));
  fact(`${SecretId}: HS256 token, agentId ${payload.agentId}, valid ${literalOf(rotation, ttlSeconds)} s`);

  const fresh = (await deploymentIds(scene, where)).filter((id) => !before.includes(id));
  assert.equal(fresh.length, 1, `${where.service} has ${fresh.length} new deployments instead of 1`);
  fact(`${where.cluster}/${where.service}: 1 new deployment`);
}

interface StripeFacts {
  readonly userId: string;
  readonly eventId: string;
  /** When Stripe made the event, in seconds since 1970. */
  readonly at: number;
  readonly status: string;
  readonly tier: string;
}

async function putStripeEvent(scene: Scene, { userId, eventId, at, status, tier }: StripeFacts): Promise<void> {
  const detail = {
    id: eventId,
    type: 'customer.subscription.updated',
    created: at,
    data: {
      object: {
        id: `sub_${userId}`,
        status,
        created: at - 86_400,
        customer: `cus_${userId}`,
        metadata: { userId },
        items: { data: [{ price: { id: `price_${tier}`, nickname: tier } }] },
      },
    },
  };
  const EventBusName = scene.values.parameters[stripeBusKey];
  const { FailedEntryCount } = await scene.events.send(
    new PutEventsCommand({
      // Only the partner itself may say that it is the source: the rule looks at the type alone.
      Entries: [{ EventBusName, Source: 'rehearsal', DetailType: detail.type, Detail: JSON.stringify(detail) }],
    }),
  );
  assert.equal(FailedEntryCount, 0, `${EventBusName} did not take the event`);
}

/** What the handler logged about one Stripe event, once it has. */
async function handledLine({ logs }: Scene, functionName: string, eventId: string) {
  const pages = paginateFilterLogEvents({ client: logs }, { logGroupName: `/aws/lambda/${functionName}` });
  for await (const { events = [] } of pages) {
    for (const text of events.flatMap(({ message = '' }) => message.split('\n'))) {
      if (!text.includes(eventId) || !text.includes('{')) continue;
      const line = JSON.parse(text.slice(text.indexOf('{'))) as { readonly changed?: boolean };
      if ('changed' in line) return line;
    }
  }
  return undefined;
}

async function deploymentIds({ ecs }: Scene, { cluster, service }: { cluster: string; service: string }) {
  const { services: [found] = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
  return (found?.deployments ?? []).map(({ id }) => id ?? '');
}

async function invoke({ lambda }: Scene, FunctionName: string, event: object): Promise<unknown> {
  const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
  const payload = answer.Payload ? Buffer.from(answer.Payload).toString('utf8') : '';
  assert.equal(answer.FunctionError, undefined, `${FunctionName} failed: ${payload}`);
  return JSON.parse(payload || 'null');
}

/** The event that a scheduled rule sends (EventBridge user guide, "Scheduled events"). */
const scheduledEvent = ({ account, region }: Scene, rule: RuleRow): object => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account,
  time: new Date().toISOString(),
  region,
  resources: [`arn:aws:events:${region}:${account}:rule/${rule.name}`],
  detail: {},
});

/** Receives and deletes until the queue gives nothing more. */
async function drain(scene: Scene, queue: string): Promise<Message[]> {
  const QueueUrl = await queueUrl(scene, queue);
  const all: Message[] = [];
  for (;;) {
    const messages = await receive(scene, queue);
    if (messages.length === 0) return all;
    all.push(...messages);
    for (const { ReceiptHandle } of messages) {
      await scene.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}

async function receive(scene: Scene, queue: string): Promise<Message[]> {
  const QueueUrl = await queueUrl(scene, queue);
  const { Messages = [] } = await scene.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
  );
  return Messages;
}

const queueUrl = async ({ sqs }: Scene, QueueName: string): Promise<string> =>
  (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl ?? '';

/** @throws when the condition does not hold in time; the error names it */
async function until<T>(what: string, look: () => Promise<T>): Promise<NonNullable<T>> {
  const deadline = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${patience / 1000} s in vain until ${what}.`);
    await sleep(200);
  }
}

function functionRow(name: string): ModelledFunction {
  const row = modelledFunctions.find((candidate) => candidate.name === name);
  assert.ok(row, `function ${name} has no row with code`);
  return row;
}

function ruleFor(functionName: string): RuleRow {
  const rule = rules.find(({ target }) => 'function' in target && target.function === functionName);
  assert.ok(rule, `function ${functionName} has no rule`);
  return rule;
}

function literalOf(row: ModelledFunction, variable: string): string {
  const source = row.variables[variable];
  assert.ok(source?.from === 'literal', `${variable} of ${row.name} is no literal`);
  return source.value;
}
