import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { environment as names } from '../../../estate/environment';
import type { Platforms } from '../../platforms';
import { uploadBucketKey } from '../../seed';
import { endProcesses, functionRow, literalOf, runSchedule } from '../functions';
import { inTime, until } from '../patience';
import { depth, drain, queueRow } from '../queues';
import type { Scene, Story } from '../scene';

/** Seconds. TikTok's publisher waits 30 s for the video, and a dead run's lease ends 42 s after the run began. */
const publishingPatience = 100;

interface Publisher {
  readonly function: string;
  readonly platform: 'instagram' | 'reddit' | 'tiktok';
  /** Route of the request that publishes. */
  readonly route: string;
  /** How often something with these words is on the platform. */
  readonly published: (platforms: Platforms, words: string) => number;
}

const publishers: readonly Publisher[] = [
  {
    function: 'publisher-instagram',
    platform: 'instagram',
    route: 'publish',
    published: ({ instagram }, words) => instagram.media.filter(({ caption }) => caption === words).length,
  },
  {
    function: 'publisher-reddit',
    platform: 'reddit',
    route: 'submit',
    published: ({ reddit }, words) => reddit.submissions.filter(({ title }) => title === words).length,
  },
  {
    function: 'publisher-tiktok',
    platform: 'tiktok',
    route: 'upload',
    published: ({ tiktok }, words) => tiktok.delivered.filter(({ title }) => title === words).length,
  },
];

const dispatcher = functionRow('content-dispatcher');
const postsTable = literalOf(dispatcher, names.contentDispatcher.postsTable);
const claimsTable = literalOf(functionRow('publisher-reddit'), names.publisherReddit.pubkeysTable);
const tokensTable = literalOf(functionRow('publisher-reddit'), names.publisherReddit.tokensTable);
const userId = 'rehearsal-author';
const video = { key: 'rehearsal/clip.mp4', body: randomBytes(100_000) };

/**
 * Three posts, all through dispatcher, queues, publishers and platforms: one whose runs are killed after each platform
 * has accepted it, one that nothing happens to, and one that no platform takes.
 */
export const publishPosts: Story = {
  title: 'Due posts are published once, a killed run included, and a poison post is parked',
  async tell(scene, fact) {
    await connectAuthor(scene);
    const before = requestsToPublish(scene);

    const killed = await schedule(scene, 'killed');
    const kills = Promise.all(publishers.map((publisher) => killAfterEffect(scene, publisher)));
    await Promise.all([
      runSchedule(scene, dispatcher.name),
      inTime('every platform has accepted the first post', kills, publishingPatience),
    ]);
    await assertLeftByTheDead(scene, killed);
    fact('first post: each platform accepted it, each run was killed before the answer; its lease runs on');

    const sound = await schedule(scene, 'sound');
    const poison = await schedule(scene, 'poison', { title: undefined, caption: undefined, assets: [] });
    await runSchedule(scene, dispatcher.name);
    await Promise.all([
      untilPosted(scene, sound).then(() => fact('second post: dispatched → posted, skipped twitter')),
      untilPosted(scene, killed).then(() => fact('first post: the next runs asked the platforms → posted')),
      untilParked(scene, poison).then(() => fact('third post, without words or files: in each dead-letter queue')),
    ]);
    await untilQueuesAreEmpty(scene);

    for (const { platform, published } of publishers) {
      const counts = [killed, sound, poison].map(({ words }) => published(scene.platforms, words));
      assert.deepEqual(counts, [1, 1, 0], `${platform} has the three posts ${counts.join(', ')} times`);
      fact(`${platform}: first post once, second post once, third post never`);
    }
    const requests = requestsToPublish(scene).map((count, index) => count - (before[index] ?? 0));
    assert.deepEqual(requests, [2, 2, 2], `the platforms were asked ${requests.join(', ')} times to publish two posts`);
    fact('requests to publish: two to each platform, one for each post');

    await assertLinkOpens(scene, sound);
    fact('link given to Instagram: opens the file in the upload bucket');

    const again = (await runSchedule(scene, dispatcher.name)) as { readonly messages?: unknown };
    assert.equal(again.messages, 0, `the next run of the dispatcher: ${JSON.stringify(again)}`);
    fact('next run of the dispatcher: 0 messages');
  },
};

async function connectAuthor({ dynamo, s3, values }: Scene): Promise<void> {
  const Bucket = values.parameters[uploadBucketKey];
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key: video.key, Body: video.body }));
  for (const { platform } of publishers) {
    const Item = {
      userId,
      provider: platform,
      accessToken: `rehearsal-${randomUUID()}`,
      accountId: '17841400000000000',
      username: 'rehearsal',
      // Far enough for no refresh to be due.
      expiresAt: Math.floor(Date.now() / 1000) + 30 * 86_400,
    };
    await dynamo.send(new PutCommand({ TableName: tokensTable, Item }));
  }
}

interface Post {
  readonly key: { readonly userId: string; readonly postId: string };
  /** Title and caption, of no other post. */
  readonly words: string;
}

async function schedule({ dynamo }: Scene, name: string, differs: Record<string, unknown> = {}): Promise<Post> {
  const key = { userId, postId: randomUUID() };
  const words = `Rehearsal, ${name} post ${key.postId}`;
  const item = {
    ...key,
    status: 'queued',
    scheduledAt: new Date(Date.now() - 60_000).toISOString(),
    // Nobody publishes to the last one: the dispatcher says so on the post instead of losing it.
    platformTargets: [...publishers.map(({ platform }) => platform), 'twitter'],
    title: words,
    caption: words,
    assets: [{ key: video.key }],
    ...differs,
  };
  const Item = Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));
  await dynamo.send(new PutCommand({ TableName: postsTable, Item }));
  return { key, words };
}

/** Ends the run that has the platform publish next, between the platform's part and its answer. */
function killAfterEffect({ lambda, platforms }: Scene, { function: name, platform, route }: Publisher): Promise<void> {
  return new Promise((resolve, reject) => {
    const run = () => {
      endProcesses(lambda, name).then(resolve, reject);
    };
    platforms[platform].fail(route, { kind: 'hook-after', run });
  });
}

async function assertLeftByTheDead(scene: Scene, post: Post): Promise<void> {
  assert.equal((await stored(scene, post)).status, 'dispatched');
  for (const { platform } of publishers) {
    const Key = { pk: `${post.key.postId}#${platform}` };
    const { Item } = await scene.dynamo.send(new GetCommand({ TableName: claimsTable, Key, ConsistentRead: true }));
    assert.equal(Item?.state, 'submitted', `the claim for ${platform} is ${Item?.state}`);
    assert.ok(Item?.leaseUntil > Date.now(), `the claim for ${platform} has no lease`);
  }
}

const requestsToPublish = ({ platforms }: Scene): number[] =>
  publishers.map(({ platform, route }) => platforms[platform].requestsOf(route).length);

async function untilPosted(scene: Scene, post: Post): Promise<void> {
  const isPosted = async () => (await stored(scene, post)).status === 'posted';
  await until(`${post.words} is posted`, isPosted, publishingPatience);
  assert.deepEqual((await stored(scene, post)).skippedPlatforms, ['twitter']);
}

async function untilParked(scene: Scene, post: Post): Promise<void> {
  await Promise.all(
    publishers.map(async ({ function: name, platform }) => {
      const queue = queueRow(functionRow(name).consumes?.queue ?? '').deadLetterQueue.name;
      const [message] = await until(
        `${queue} holds the post`,
        async () => {
          const messages = await drain(scene, queue);
          return messages.length > 0 && messages;
        },
        publishingPatience,
      );
      assert.deepEqual(JSON.parse(message?.Body ?? ''), { ...post.key, platform });
    }),
  );
  const { errors = [], status } = await stored(scene, post);
  assert.equal(status, 'dispatched');
  const told = new Set((errors as { readonly platform: string }[]).map(({ platform }) => platform));
  assert.equal(told.size, publishers.length, `errors on the post: ${JSON.stringify(errors)}`);
}

async function untilQueuesAreEmpty(scene: Scene): Promise<void> {
  for (const { function: name } of publishers) {
    const queue = functionRow(name).consumes?.queue ?? '';
    await until(`${queue} is empty`, async () => (await depth(scene, queue)) === 0, publishingPatience);
  }
}

async function assertLinkOpens({ platforms }: Scene, { words }: Post): Promise<void> {
  const link = platforms.instagram.containers.find(({ caption }) => caption === words)?.link ?? '';
  const answer = await fetch(link);
  assert.equal(answer.status, 200, `the link is answered with status ${answer.status}`);
  assert.ok(video.body.equals(Buffer.from(await answer.arrayBuffer())), 'the link opens another file');
}

async function stored({ dynamo }: Scene, { key }: Post): Promise<Record<string, unknown>> {
  const { Item } = await dynamo.send(new GetCommand({ TableName: postsTable, Key: key, ConsistentRead: true }));
  return Item ?? {};
}
