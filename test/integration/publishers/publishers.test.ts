import { graphError } from '../../../lib/rehearsal/platforms/instagram';
import { type Fault, gatewayError, malformed } from '../../../lib/rehearsal/platforms/platform-server';
import { redditError } from '../../../lib/rehearsal/platforms/reddit';
import { tiktokError } from '../../../lib/rehearsal/platforms/tiktok';
import { captureOutput } from '../../unit/lambda/support/invocation';
import { accessToken, contextWith, type Handler, loadHandler, maxReceiveCount, tables, World } from './world';

jest.setTimeout(120_000);

let world: World;
let output: ReturnType<typeof captureOutput>;
let instagram: Handler;
let reddit: Handler;
let tiktok: Handler;

beforeAll(async () => {
  world = await World.create();
  instagram = loadHandler('publisher-instagram');
  reddit = loadHandler('publisher-reddit');
  tiktok = loadHandler('publisher-tiktok');
});

afterAll(() => world.destroy());

beforeEach(async () => {
  await world.reset();
  output = captureOutput();
});

afterEach(() => {
  const text = output.text();
  output.restore();
  expect(text).not.toContain(accessToken);
  expect(text).not.toContain('secret-upload-token');
  expect(text).not.toContain('X-Amz-Signature');
});

const video = Buffer.alloc(40_000_000, 'v');
const videoPost = { assets: [{ key: 'media/clip.mp4' }] };
const pictures = { instagram: {}, reddit: {}, tiktok: videoPost } as const;
const handlers = (): Record<'instagram' | 'reddit' | 'tiktok', Handler> => ({ instagram, reddit, tiktok });
const effects = {
  instagram: () => world.instagram.media.length,
  reddit: () => world.reddit.submissions.length,
  tiktok: () => world.tiktok.delivered.length,
};
/** Longer than a call may last in {@link shortRunMs}. */
const slow: Fault = { kind: 'slow', ms: 4_000 };
const shortRunMs = 10_000;

describe.each(['instagram', 'reddit', 'tiktok'] as const)('%s', (platform) => {
  beforeEach(() => world.putObject('media/clip.mp4', video));

  const publish = async (attributes: Record<string, unknown> = {}): Promise<string> => {
    const postId = await world.post({ ...pictures[platform], ...attributes }, [platform]);
    await world.dispatch(postId, platform);
    await world.drain(handlers()[platform], platform);
    return postId;
  };

  test('minimal: a post goes out once and is posted', async () => {
    const postId = await publish();
    expect(effects[platform]()).toBe(1);
    expect(await world.storedPost(postId)).toMatchObject({
      status: 'posted',
      postedPlatforms: new Set([platform]),
      [`publication_${platform}`]: { status: 'posted', platformId: expect.any(String) },
    });
    expect(await world.claim(postId, platform)).toMatchObject({ state: 'posted', ttl: expect.any(Number) });
    expect(await world.depth(platform, '-dlq')).toBe(0);
  });

  test('every call carries the correlation id of the dispatcher', async () => {
    await publish();
    const { requests } = world[platform];
    expect(requests.length).toBeGreaterThan(0);
    expect(new Set(requests.map(({ headers }) => headers['x-correlation-id']))).toEqual(new Set(['run-1']));
  });

  test('a dry run calls nobody', async () => {
    process.env.ENABLE_PUBLISH = 'false';
    const postId = await publish();
    expect(world[platform].requests).toEqual([]);
    expect(await world.storedPost(postId)).toMatchObject({
      status: 'posted',
      [`publication_${platform}`]: { platformId: `dry-run-${postId}`, dryRun: true },
    });
  });

  test('ten copies of a message, in five consumers at once, have one effect', async () => {
    const postId = await world.post(pictures[platform], [platform]);
    for (let copy = 0; copy < 10; copy += 1) await world.dispatch(postId, platform);
    const batches = [];
    for (let consumer = 0; consumer < 5; consumer += 1) batches.push(await world.receive(platform));
    await Promise.all(batches.map((batch) => world.consume(handlers()[platform], batch)));
    await world.drain(handlers()[platform], platform);
    expect(effects[platform]()).toBe(1);
    expect(await world.storedPost(postId)).toMatchObject({ status: 'posted' });
    expect(await world.depth(platform, '-dlq')).toBe(0);
  });

  test('a copy that comes after the post is out has no effect', async () => {
    const postId = await publish();
    world.advance(3600);
    await world.dispatch(postId, platform);
    await world.drain(handlers()[platform], platform);
    expect(effects[platform]()).toBe(1);
  });

  test('a post that is no post goes to the dead-letter queue after five receives, its neighbours go out', async () => {
    const postId = await world.post(pictures[platform], [platform]);
    await world.send(platform, '{"userId":"user-1"}');
    await world.dispatch('no-such-post', platform);
    await world.dispatch(postId, platform);
    await world.drain(handlers()[platform], platform);
    expect(effects[platform]()).toBe(1);
    expect(await world.depth(platform, '-dlq')).toBe(2);
  });

  test('a missing token: five tries, five errors on the post, then the dead-letter queue', async () => {
    const postId = await world.post({ ...pictures[platform], userId: 'user-2' }, [platform]);
    await world.dispatch(postId, platform, 'user-2');
    await world.drain(handlers()[platform], platform);
    expect(await world.depth(platform, '-dlq')).toBe(1);
    expect(world[platform].requests).toEqual([]);
    const post = (await world.everything(tables.posts)).find((item) => item.postId === postId);
    expect(post?.errors).toHaveLength(maxReceiveCount);
    expect(post?.errors).toEqual(
      Array(maxReceiveCount).fill(expect.objectContaining({ platform, message: expect.stringContaining('no token') })),
    );
    expect(post?.status).toBe('dispatched');
    expect(await world.claim(postId, platform)).not.toHaveProperty('leaseUntil');
  });

  test('a claim of the version before leases is left alone', async () => {
    const postId = await world.post(pictures[platform], [platform]);
    await world.put(tables.pubkeys, { pk: `${postId}#${platform}`, ttl: 4_000_000_000 });
    await world.dispatch(postId, platform);
    await world.drain(handlers()[platform], platform);
    expect(world[platform].requests).toEqual([]);
  });
});

/** The step whose answer decides, and what can happen to that answer. */
const decisiveRoutes = { instagram: 'publish', reddit: 'submit' } as const;

describe.each([
  ['instagram', 'cut-after', { kind: 'cut-after' }],
  ['instagram', 'cut-before', { kind: 'cut-before' }],
  ['instagram', 'malformed body', { kind: 'answer-after', reply: malformed }],
  ['instagram', 'gateway error after the effect', { kind: 'answer-after', reply: gatewayError }],
  ['instagram', 'gateway error without effect', { kind: 'answer', reply: gatewayError }],
  [
    'instagram',
    'temporary failure after the effect',
    { kind: 'answer-after', reply: graphError(2, 'Service unavailable', undefined, 503) },
  ],
  ['instagram', 'slower than the call may last', slow],
  ['reddit', 'cut-after', { kind: 'cut-after' }],
  ['reddit', 'cut-before', { kind: 'cut-before' }],
  ['reddit', 'malformed body', { kind: 'answer-after', reply: malformed }],
  ['reddit', 'gateway error after the effect', { kind: 'answer-after', reply: gatewayError }],
  ['reddit', 'gateway error without effect', { kind: 'answer', reply: gatewayError }],
  ['reddit', 'slower than the call may last', slow],
] as const)('%s: the answer is lost: %s', (platform, _name, fault) => {
  test('one effect, posted, nothing in the dead-letter queue', async () => {
    world[platform].fail(decisiveRoutes[platform], fault as Fault);
    const postId = await world.post({}, [platform]);
    await world.dispatch(postId, platform);
    await world.drain(handlers()[platform], platform, { remainingMs: shortRunMs });
    expect(effects[platform]()).toBe(1);
    expect(await world.storedPost(postId)).toMatchObject({ status: 'posted' });
    expect(await world.depth(platform, '-dlq')).toBe(0);
  });
});

describe('reddit', () => {
  test('a submission that the listing shows late is waited for, not sent again', async () => {
    world.reddit.fail('submit', { kind: 'cut-after' });
    const postId = await world.post();
    await world.dispatch(postId, 'reddit');
    await world.consume(reddit, await world.receive('reddit'));
    world.reddit.unlisted = 1;
    await world.consume(reddit, await world.receive('reddit'));
    await world.consume(reddit, await world.receive('reddit'));
    world.reddit.unlisted = 0;
    await world.drain(reddit, 'reddit');
    expect(world.reddit.submissions).toHaveLength(1);
    expect(await world.storedPost(postId)).toMatchObject({
      publication_reddit: { platformId: world.reddit.submissions[0]?.name },
    });
  });

  test('two posts with the same words and lost answers: two submissions, one for each', async () => {
    const same = { title: 'Good morning', caption: 'Same words' };
    const posts = [await world.post(same), await world.post(same)];
    world.reddit.fail('submit', { kind: 'cut-after' }, { kind: 'cut-before' });
    for (const postId of posts) await world.dispatch(postId, 'reddit');
    await world.drain(reddit, 'reddit');
    expect(world.reddit.submissions).toHaveLength(2);
    const ids = await Promise.all(
      posts.map(async (id) => (await world.storedPost(id)).publication_reddit as { platformId: string }),
    );
    expect(new Set(ids.map(({ platformId }) => platformId)).size).toBe(2);
  });

  test.each([
    [
      'a link when the variant has an address',
      { variants: { reddit: { url: 'https://example.com/a', subreddit: 'r/pics' } } },
      { url: 'https://example.com/a', subreddit: 'pics', is_self: false },
    ],
    ['a text otherwise, in the default subreddit', {}, { url: '', subreddit: 'test', is_self: true }],
    ['a title of 300 characters at most', { title: 'x'.repeat(400) }, { title: 'x'.repeat(300) }],
  ])('%s', async (_name, attributes, expected) => {
    await world.dispatch(await world.post(attributes), 'reddit');
    await world.drain(reddit, 'reddit');
    expect(world.reddit.submissions).toEqual([expect.objectContaining(expected)]);
  });
});

describe('limits: the platform is asked again when it said, and the waiting costs no receive', () => {
  test.each([
    ['reddit', 'submit', { status: 429, headers: { 'retry-after': '1800' }, body: {} }, [900]],
    ['reddit', 'submit', { status: 429, headers: { 'x-ratelimit-reset': '77' }, body: {} }, [77]],
    ['reddit', 'submit', redditError('RATELIMIT', 'you are doing that too much. try again in 7 minutes.'), [480]],
    ['reddit', 'submit', redditError('RATELIMIT', 'slow down', 33), [33]],
    ['instagram', 'create', graphError(4, 'Application request limit reached'), [900]],
    ['instagram', 'create', graphError(17, 'User request limit reached'), [900]],
    ['instagram', 'create', graphError(32, 'Page request limit reached'), [900]],
    ['instagram', 'publish', graphError(613, 'Calls to this api have exceeded the rate limit.'), [900]],
    [
      'instagram',
      'publish',
      {
        ...graphError(4, 'limit'),
        headers: { 'x-business-use-case-usage': '{"1":[{"estimated_time_to_regain_access":3}]}' },
      },
      [180],
    ],
    ['instagram', 'publish', { status: 429, headers: { 'retry-after': '60' }, body: {} }, [60]],
    ['tiktok', 'init', tiktokError(429, 'rate_limit_exceeded', 'limit', { 'retry-after': '45' }), [45]],
    ['tiktok', 'status', tiktokError(429, 'rate_limit_exceeded', 'limit'), [30, 60]],
  ] as const)('%s %s %j', async (platform, route, reply, delays) => {
    await world.putObject('media/clip.mp4', video.subarray(0, 1_000_000));
    const postId = await world.post(pictures[platform], [platform]);
    // More often than maxReceiveCount, at least for the first kind.
    world[platform].fail(route, { kind: 'answer', reply });
    await world.dispatch(postId, platform);
    await world.drain(handlers()[platform], platform);
    expect(world.delays.slice(0, delays.length)).toEqual(delays);
    expect(effects[platform]()).toBe(1);
    expect(await world.storedPost(postId)).toMatchObject({ status: 'posted' });
    expect(await world.storedPost(postId)).not.toHaveProperty('errors');
  });

  test('a pause beyond the longest delay of SQS is made of several messages', async () => {
    world.reddit.fail('submit', {
      kind: 'answer',
      reply: { status: 429, headers: { 'retry-after': '1800' }, body: {} },
    });
    await world.dispatch(await world.post(), 'reddit');
    await world.consume(reddit, await world.receive('reddit'));
    for (const seconds of [900, 850]) {
      world.advance(seconds);
      const event = await world.receive('reddit');
      expect(await reddit(event, contextWith(60_000))).toEqual({ batchItemFailures: [] });
      await Promise.all(event.Records.map((record) => world.acknowledge(record)));
    }
    expect(world.reddit.requestsOf('submit')).toHaveLength(1);
    world.advance(60);
    await world.drain(reddit, 'reddit');
    expect(world.reddit.submissions).toHaveLength(1);
    expect(world.delays).toEqual([900, expect.closeTo(899, -1), expect.closeTo(49, -1)]);
  });

  test('twelve refusals in a row, more than a message may be received', async () => {
    const refusal: Fault = { kind: 'answer', reply: { status: 429, headers: { 'retry-after': '600' }, body: {} } };
    world.reddit.fail('submit', ...Array<Fault>(12).fill(refusal));
    await world.dispatch(await world.post(), 'reddit');
    await world.drain(reddit, 'reddit');
    expect(world.reddit.submissions).toHaveLength(1);
    expect(world.delays).toHaveLength(12);
    expect(await world.depth('reddit', '-dlq')).toBe(0);
  });

  test('a platform that never lets go: the chain ends in the dead-letter queue', async () => {
    const refusal: Fault = { kind: 'answer', reply: { status: 429, headers: { 'retry-after': '86400' }, body: {} } };
    world.reddit.fail('submit', ...Array<Fault>(50).fill(refusal));
    const postId = await world.post();
    await world.dispatch(postId, 'reddit');
    await world.drain(reddit, 'reddit');
    expect(world.reddit.submissions).toEqual([]);
    expect(await world.depth('reddit', '-dlq')).toBe(1);
    expect((await world.storedPost(postId)).errors).toEqual(
      expect.arrayContaining([expect.objectContaining({ message: expect.stringContaining('did not get out') })]),
    );
  });
});

describe('a second order of the dispatcher while the first goes on by delayed messages', () => {
  const processing = async (): Promise<string> => {
    world.instagram.processingReads = 3;
    const postId = await world.post(videoPost, ['instagram']);
    await world.dispatch(postId, 'instagram');
    await world.consume(instagram, await world.receive('instagram'));
    await world.dispatch(postId, 'instagram');
    return postId;
  };

  test('has no effect of its own', async () => {
    const postId = await processing();
    await world.drain(instagram, 'instagram');
    expect(world.instagram.containers).toHaveLength(1);
    expect(world.instagram.media).toHaveLength(1);
    expect(await world.storedPost(postId)).toMatchObject({ status: 'posted' });
  });

  test('takes over when the first is lost, with what it had done', async () => {
    const postId = await processing();
    const { Records } = await world.receive('instagram');
    const [lost, ...others] = Records.filter(({ body }) => body.includes('continuation'));
    expect(others).toEqual([]);
    if (lost) await world.acknowledge(lost);
    const orders = Records.filter((record) => record !== lost);
    expect(orders).toHaveLength(1);
    expect(await world.consume(instagram, { Records: orders })).toBe(0);
    expect(world.instagram.requestsOf('status')).toHaveLength(1);
    world.advance(45 * 60);
    await world.drain(instagram, 'instagram');
    expect(world.instagram.containers).toHaveLength(1);
    expect(world.instagram.media).toHaveLength(1);
    expect(await world.storedPost(postId)).toMatchObject({ status: 'posted' });
  });
});

describe('instagram', () => {
  test('processing that outlasts the function goes on by delayed messages: 20 s, then a minute each', async () => {
    world.instagram.processingReads = 6;
    const postId = await world.post(videoPost, ['instagram']);
    await world.dispatch(postId, 'instagram');
    await world.drain(instagram, 'instagram');
    expect(world.delays).toEqual([20, 60, 60, 60, 60, 60]);
    expect(world.instagram.media).toHaveLength(1);
    expect(world.instagram.containers).toEqual([
      expect.objectContaining({ video: true, link: expect.stringMatching(/X-Amz-Expires=5400/) }),
    ]);
    expect(await world.storedPost(postId)).toMatchObject({ status: 'posted' });
  });

  test.each(['media/photo.jpg', 'media/été +1 & more.jpg'])('the link to %s works without credentials', async (key) => {
    await world.putObject(key, Buffer.from('picture'));
    await world.dispatch(await world.post({ assets: [{ key }] }, ['instagram']), 'instagram');
    await world.drain(instagram, 'instagram');
    const link = world.instagram.containers[0]?.link ?? '';
    expect(await (await fetch(link)).text()).toBe('picture');
    expect((await fetch(link.replace(/Signature=./, 'Signature=x'))).status).toBe(403);
  });

  test('a file that Instagram cannot process: five containers at most, then the dead-letter queue', async () => {
    world.instagram.endsAs = 'ERROR';
    world.instagram.processingReads = 2;
    const postId = await world.post(videoPost, ['instagram']);
    await world.dispatch(postId, 'instagram');
    await world.drain(instagram, 'instagram', { mostRounds: 80 });
    expect(world.instagram.media).toEqual([]);
    expect(world.instagram.containers).toHaveLength(5);
    expect(await world.depth('instagram', '-dlq')).toBe(1);
    expect((await world.storedPost(postId)).status).toBe('dispatched');
  });

  test('a token that Instagram repeats in its message stays out of the post and the log', async () => {
    world.instagram.fail('create', { kind: 'answer', reply: graphError(190, `Malformed access token ${accessToken}`) });
    const postId = await world.post({}, ['instagram']);
    await world.dispatch(postId, 'instagram');
    await world.drain(instagram, 'instagram');
    const { errors, status } = await world.storedPost(postId);
    expect(JSON.stringify(errors)).toContain('[redacted]');
    expect(JSON.stringify(errors)).not.toContain(accessToken);
    expect(status).toBe('posted');
  });
});

describe('tiktok', () => {
  const size = 40_000_000;
  const bytes = (): number => world.tiktok.delivered[0]?.received.reduce((sum, { length }) => sum + length, 0) ?? 0;

  beforeEach(() => world.putObject('media/clip.mp4', video));

  test('a file goes in chunks, the last with the rest', async () => {
    await world.dispatch(await world.post(videoPost, ['tiktok']), 'tiktok');
    await world.drain(tiktok, 'tiktok');
    expect(world.tiktok.requestsOf('upload').map(({ headers }) => headers['content-range'])).toEqual([
      `bytes 0-15999999/${size}`,
      `bytes 16000000-39999999/${size}`,
    ]);
    expect(bytes()).toBe(size);
  });

  test.each([
    ['the opening is cut off', 'init', { kind: 'cut-after' }],
    ['the opening is malformed', 'init', { kind: 'answer-after', reply: malformed }],
    ['a chunk is cut off before it arrived', 'upload', { kind: 'cut-before' }],
    ['a chunk is cut off after it arrived', 'upload', { kind: 'cut-after' }],
    ['a chunk meets a server error', 'upload', { kind: 'answer', reply: { status: 500, body: {} } }],
    ['a chunk is at the wrong place', 'upload', { kind: 'answer', reply: { status: 416, body: {} } }],
    ['the address of the upload has expired', 'upload', { kind: 'answer', reply: { status: 403, body: {} } }],
    ['the status is malformed', 'status', { kind: 'answer', reply: malformed }],
  ] as const)('upload, %s: one video', async (_name, route, fault) => {
    world.tiktok.fail(route, fault as Fault);
    const postId = await world.post(videoPost, ['tiktok']);
    await world.dispatch(postId, 'tiktok');
    await world.drain(tiktok, 'tiktok');
    expect(world.tiktok.delivered).toHaveLength(1);
    expect(bytes()).toBe(size);
    expect(await world.storedPost(postId)).toMatchObject({ status: 'posted' });
  });

  test('pull: the link is all that TikTok needs', async () => {
    process.env.TIKTOK_MODE = 'PULL_FROM_URL';
    const postId = await world.post(videoPost, ['tiktok']);
    await world.dispatch(postId, 'tiktok');
    await world.drain(tiktok, 'tiktok');
    const [draft] = world.tiktok.delivered;
    const link = draft?.source.video_url ?? '';
    expect((await (await fetch(link)).arrayBuffer()).byteLength).toBe(size);
    expect(await world.storedPost(postId)).toMatchObject({ publication_tiktok: { platformId: draft?.publishId } });
  });

  test('pull, the answer lost: never sent again, found when the creator has published it', async () => {
    process.env.TIKTOK_MODE = 'pull';
    world.tiktok.fail('init', { kind: 'cut-after' });
    const postId = await world.post(videoPost, ['tiktok']);
    await world.dispatch(postId, 'tiktok');
    await world.consume(tiktok, await world.receive('tiktok'));
    const create_time = Math.floor(Date.now() / 1000);
    world.tiktok.videos.push({
      id: '777',
      video_description: `Caption of ${postId}`,
      create_time,
      share_url: 'https://tiktok.example/777',
    });
    await world.drain(tiktok, 'tiktok');
    expect(world.tiktok.requestsOf('init')).toHaveLength(1);
    expect(await world.storedPost(postId)).toMatchObject({
      status: 'posted',
      publication_tiktok: { platformId: '777' },
    });
  });

  test('pull, the answer lost and nothing to be found: never sent again, a person decides', async () => {
    process.env.TIKTOK_MODE = 'pull';
    world.tiktok.fail('init', { kind: 'cut-after' });
    const postId = await world.post(videoPost, ['tiktok']);
    await world.dispatch(postId, 'tiktok');
    await world.drain(tiktok, 'tiktok');
    expect(world.tiktok.requestsOf('init')).toHaveLength(1);
    expect(await world.depth('tiktok', '-dlq')).toBe(1);
    expect(JSON.stringify((await world.storedPost(postId)).errors)).toContain('OutcomeUnknown');
  });

  test('a refused video is reported with TikTok’s reason', async () => {
    const reply = { body: { data: { status: 'FAILED', fail_reason: 'duration_check_failed' }, error: { code: 'ok' } } };
    world.tiktok.fail('status', ...Array<Fault>(9).fill({ kind: 'answer', reply }));
    const postId = await world.post(videoPost, ['tiktok']);
    await world.dispatch(postId, 'tiktok');
    await world.drain(tiktok, 'tiktok', { mostRounds: 60 });
    expect(JSON.stringify((await world.storedPost(postId)).errors)).toContain('duration_check_failed');
    expect(await world.depth('tiktok', '-dlq')).toBe(1);
  });
});

describe('a post on three platforms', () => {
  test('is posted when the last one is out, whoever finishes first, and no result is lost', async () => {
    await world.putObject('media/clip.mp4', video.subarray(0, 1_000_000));
    const all = ['instagram', 'reddit', 'tiktok'] as const;
    const postId = await world.post(videoPost, all);
    for (const platform of all) await world.dispatch(postId, platform);
    await world.drain(reddit, 'reddit');
    expect((await world.storedPost(postId)).status).toBe('dispatched');
    await Promise.all([world.drain(instagram, 'instagram'), world.drain(tiktok, 'tiktok')]);
    expect(await world.storedPost(postId)).toMatchObject({
      status: 'posted',
      postedPlatforms: new Set(all),
      publication_instagram: { status: 'posted' },
      publication_reddit: { status: 'posted' },
      publication_tiktok: { status: 'posted' },
    });
  });

  test('a publisher that is faster than the dispatcher comes back to conclude', async () => {
    const postId = await world.post({
      status: 'queued',
      platformTargets: ['reddit', 'twitter'],
      dispatchedPlatforms: [],
    });
    await world.dispatch(postId, 'reddit');
    await world.consume(reddit, await world.receive('reddit'));
    expect((await world.storedPost(postId)).status).toBe('queued');
    const item = await world.storedPost(postId);
    await world.put(tables.posts, { ...item, status: 'dispatched', dispatchedPlatforms: ['reddit'] });
    await world.drain(reddit, 'reddit');
    expect((await world.storedPost(postId)).status).toBe('posted');
    expect(world.reddit.submissions).toHaveLength(1);
  });
});
