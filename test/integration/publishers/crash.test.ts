import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { SQSEvent } from 'aws-lambda';
import { bundleFunctions } from '../../../lib/build/bundle';
import type { Fault } from '../../../lib/rehearsal/platforms/platform-server';
import { captureOutput } from '../../unit/lambda/support/invocation';
import { type Handler, loadHandler, projectRoot, World } from './world';

jest.setTimeout(120_000);

/** Runs a bundle as Lambda does, with a minute to live. */
const runner = `
  const realNow = Date.now;
  Date.now = () => realNow() + Number(process.env.AHEAD);
  const { handler } = require(process.env.BUNDLE);
  const end = Date.now() + 60_000;
  const context = { awsRequestId: 'killed', functionName: 'publisher', getRemainingTimeInMillis: () => end - Date.now() };
  handler(JSON.parse(process.env.EVENT), context).then(() => process.exit(0), () => process.exit(1));
`;

let world: World;
let output: ReturnType<typeof captureOutput>;
let bundles: ReadonlyMap<string, string>;

beforeAll(async () => {
  world = await World.create();
  bundles = bundleFunctions(
    ['instagram', 'reddit', 'tiktok'].map((platform) => ({ name: `publisher-${platform}`, handler: 'index.handler' })),
    { projectRoot, outdir: join(world.directory, 'bundles'), edgeConfiguration: { region: 'us-east-1' } },
  );
});

afterAll(() => world.destroy());

beforeEach(async () => {
  await world.reset();
  output = captureOutput();
});

afterEach(() => output.restore());

const effects = {
  instagram: () => world.instagram.media.length,
  reddit: () => world.reddit.submissions.length,
  tiktok: () => world.tiktok.delivered.length,
};

/** Runs a batch in a process of its own. @returns the signal that ended it. */
async function runAndDie(
  platform: keyof typeof effects,
  event: SQSEvent,
  fault: (kill: () => void) => void,
): Promise<string | null> {
  let child: ChildProcess | undefined;
  fault(() => child?.kill('SIGKILL'));
  child = spawn(process.execPath, ['-e', runner], {
    env: {
      ...world.environment(),
      PATH: process.env.PATH,
      NODE_PATH: join(projectRoot, 'node_modules'),
      BUNDLE: join(bundles.get(`publisher-${platform}`) ?? '', 'index.js'),
      AHEAD: String(world.aheadMs),
      EVENT: JSON.stringify(event),
    },
    stdio: 'ignore',
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal;
}

describe('a run is killed, and the next one takes up where it was', () => {
  test.each([
    ['instagram', 'create', 'the container is made'],
    ['instagram', 'status', 'the container was looked at'],
    ['instagram', 'publish', 'the container is published'],
    ['reddit', 'submit', 'the submission is accepted'],
    ['tiktok', 'init', 'the upload is opened'],
    ['tiktok', 'upload', 'a chunk has arrived'],
  ] as const)('%s %s: %s', async (platform, route, _when) => {
    await world.putObject('media/clip.mp4', Buffer.alloc(40_000_000, 'v'));
    const postId = await world.post(platform === 'tiktok' ? { assets: [{ key: 'media/clip.mp4' }] } : {}, [platform]);
    await world.dispatch(postId, platform);
    const signal = await runAndDie(platform, await world.receive(platform), (kill) =>
      world[platform].fail(route, { kind: 'hook-after', run: kill } satisfies Fault),
    );
    expect(signal).toBe('SIGKILL');
    expect((await world.storedPost(postId)).status).toBe('dispatched');

    const handler: Handler = loadHandler(`publisher-${platform}`);
    // The message is back before the lease ends: the next run must not touch the platform yet.
    const before = world[platform].requests.length;
    const event = await world.receive(platform);
    expect(event.Records).toHaveLength(1);
    expect(await world.consume(handler, event)).toBe(1);
    expect(world[platform].requests).toHaveLength(before);
    const [hiddenFor = 0] = world.hidden;
    expect(hiddenFor).toBeGreaterThan(40);
    expect(hiddenFor).toBeLessThanOrEqual(71);

    world.advance(hiddenFor);
    await world.drain(handler, platform);
    expect(effects[platform]()).toBe(1);
    expect(await world.storedPost(postId)).toMatchObject({ status: 'posted' });
    expect(await world.depth(platform, '-dlq')).toBe(0);
  });
});
