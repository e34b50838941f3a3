import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { GitHub } from '../../../lib/delivery/github';
import { commentBody, commentMarker, publishReview } from '../../../lib/delivery/publish-review';
import { type Reviewer, reviewPullRequest, waiversPath } from '../../../lib/delivery/review';
import { FakeGitHub } from './fake-github';
import { zipOf } from './zip';

// A server and a client of its own in each test: a busy machine takes seconds.
jest.setTimeout(60_000);

const scratch = mkdtempSync(join(tmpdir(), 'estate-review-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let count = 0;
const fresh = (): string => join(scratch, `review-${count++}`);

const headSha = 'a'.repeat(40);
const runUrl = 'https://github.example/run/7';
let fake: FakeGitHub;
let github: GitHub;
const notes: string[] = [];
const note = (line: string): void => void notes.push(line);

beforeEach(async () => {
  fake = new FakeGitHub();
  github = await fake.start();
  notes.length = 0;
});
afterEach(() => fake.stop());

const leaveArtifact = (archive: Buffer, claimedBytes = archive.length): void => {
  fake.artifacts = [{ id: 5, name: 'synthesized-head', size_in_bytes: claimedBytes, expired: false }];
  fake.archives.set(5, archive);
};

/** A review that only says what it was given. */
const recorder =
  (code: number, seen: Parameters<Reviewer>[0][] = []): Reviewer =>
  async (trees) => {
    seen.push(trees);
    writeFileSync(trees.files.markdown, 'The review.');
    writeFileSync(trees.files.sarif, '{"runs":[]}');
    return { code, output: 'progress\nthe last line' };
  };

const review = (overrides: Partial<Parameters<typeof reviewPullRequest>[0]> = {}) =>
  reviewPullRequest({
    github,
    headSha,
    headRunId: 7,
    projectRoot: scratch,
    outdir: fresh(),
    reviewer: recorder(0),
    synthesizeBase: async (_, outdir) => void mkdirSync(outdir),
    note,
    ...overrides,
  });

describe('review', () => {
  test.each([
    [0, 'open'],
    [2, 'closed'],
    [1, 'error'],
    [139, 'error'],
  ])('exit code %i of the review: the gate is %s', async (code, gate) => {
    leaveArtifact(zipOf([{ name: 'aws/manifest.json' }]));
    await expect(review({ reviewer: recorder(code) })).resolves.toMatchObject({
      gate,
      headSha,
      baseSha: fake.mergeBase,
    });
  });

  test('the base is our own synth of the commit from which the head departed; the head is what was unpacked', async () => {
    leaveArtifact(zipOf([{ name: 'aws/manifest.json', content: '{"head":true}' }]));
    const asked: string[] = [];
    const heads: string[] = [];
    await review({
      synthesizeBase: async (sha, outdir) => {
        asked.push(sha);
        mkdirSync(outdir);
      },
      reviewer: async (trees) => {
        heads.push(readFileSync(join(trees.head, 'aws/manifest.json'), 'utf8'));
        return recorder(0)(trees);
      },
    });
    expect(asked).toEqual([fake.mergeBase]);
    expect(heads).toEqual(['{"head":true}']);
    expect(fake.requests).toContain(`GET /compare/main...${headSha}`);
  });

  test('waivers are those that the head commits, never those of the artifact', async () => {
    leaveArtifact(zipOf([{ name: 'aws/manifest.json' }, { name: 'waivers.json', content: '"forged"' }]));
    const read: (string | undefined)[][] = [];
    const textOf = (file: string | undefined) => file && readFileSync(file, 'utf8');
    const reading: Reviewer = async (trees) => {
      read.push([textOf(trees.waivers), textOf(trees.baseWaivers)]);
      return recorder(0)(trees);
    };
    await review({ reviewer: reading });
    fake.files.set(`${headSha}:${waiversPath}`, '"committed"');
    await review({ reviewer: reading });
    fake.files.set(`${fake.mergeBase}:${waiversPath}`, '"older"');
    await review({ reviewer: reading });
    expect(read).toEqual([
      [undefined, undefined],
      ['"committed"', '{"waivers":[]}\n'],
      ['"committed"', '"older"'],
    ]);
  });

  test.each<[string, () => void, RegExp]>([
    ['no artifact', () => undefined, /left no artifact/],
    ['a hostile archive', () => leaveArtifact(zipOf([{ name: '../x.json' }])), /is refused/],
    ['no archive', () => leaveArtifact(Buffer.from('nonsense')), /is refused/],
  ])('%s closes the gate with a reason, and nothing of it is reviewed', async (_, prepare, reason) => {
    prepare();
    const seen: Parameters<Reviewer>[0][] = [];
    const outcome = await review({ reviewer: recorder(0, seen) });
    expect(outcome).toMatchObject({ gate: 'error', baseSha: null, summary: expect.stringMatching(reason) });
    expect(seen).toEqual([]);
  });

  test('an artifact that says it is too large is not even downloaded', async () => {
    leaveArtifact(zipOf([{ name: 'aws/manifest.json' }]), 65 * 1024 ** 2);
    await expect(review()).resolves.toMatchObject({
      gate: 'error',
      summary: expect.stringMatching(/too large, got: 68157440 bytes/),
    });
    expect(fake.requests).not.toContain('GET /actions/artifacts/5/zip');
  });

  test('a base that is no commit of our branch is refused before its code runs', async () => {
    leaveArtifact(zipOf([{ name: 'aws/manifest.json' }]));
    const projectRoot = join(__dirname, '../../..');
    await expect(review({ projectRoot, synthesizeBase: undefined })).rejects.toThrow(
      /no commit of the branch that reviews/,
    );
  });
});

describe('publish', () => {
  const pullRequest = (number: number, sha: string, fork = false) => ({
    number,
    head: { sha, repo: { id: fork ? 2 : 1 } },
    base: { repo: { id: 1 } },
  });
  const reviewed = async (code = 0): Promise<string> => {
    leaveArtifact(zipOf([{ name: 'aws/manifest.json' }]));
    const outdir = fresh();
    await review({ outdir, reviewer: recorder(code) });
    return outdir;
  };
  const publish = (directory: string, sha = headSha) =>
    publishReview({ github, directory, headSha: sha, runUrl, note });

  test.each([
    [0, 'success'],
    [2, 'failure'],
    [1, 'error'],
  ])('exit code %i of the review: the status on the head is %s', async (code, state) => {
    await publish(await reviewed(code));
    expect(fake.statuses).toEqual([expect.objectContaining({ sha: headSha, state, context: 'estate/review' })]);
  });

  test('the pull request is found by its head commit, also beyond the first page', async () => {
    fake.pullRequests = [...Array(230).keys()].map((number) => pullRequest(number, 'c'.repeat(40)));
    fake.pullRequests.push(pullRequest(999, headSha, true));
    await publish(await reviewed());
    expect(fake.requests.filter((request) => request.startsWith('POST /issues'))).toEqual([
      'POST /issues/999/comments',
    ]);
    expect(fake.comments[0]?.body).toContain('of a fork');
    expect(fake.sarifs.map(({ commit_sha, ref }) => [commit_sha, ref])).toEqual([[headSha, 'refs/pull/999/head']]);
    expect(gunzipSync(Buffer.from(fake.sarifs[0]?.sarif ?? '', 'base64')).toString()).toBe('{"runs":[]}');
  });

  test('the comment is updated in place, and a stranger’s comment with our marker is left alone', async () => {
    fake.pullRequests = [pullRequest(3, headSha)];
    fake.comments = [{ id: 77, user: { login: 'stranger' }, body: `${commentMarker}\nAll is well.`, html_url: 'x' }];
    await publish(await reviewed());
    await publish(await reviewed(2));
    expect(fake.comments.map(({ id }) => id)).toEqual([77, 2]);
    expect(fake.comments[0]?.body).toContain('All is well.');
    expect(fake.comments[1]?.body).toMatch(/^<!-- estate-review -->\nThe review\./);
  });

  test('a review of another commit is not published', async () => {
    const directory = await reviewed();
    await expect(publish(directory, 'd'.repeat(40))).rejects.toThrow(/review of another commit/);
    expect(fake.statuses).toEqual([]);
  });

  test('a repository without code scanning loses nothing else', async () => {
    fake.pullRequests = [pullRequest(3, headSha)];
    fake.codeScanning = false;
    await publish(await reviewed());
    expect(notes.join()).toContain('Code scanning is not switched on');
    expect(fake.statuses).toHaveLength(1);
  });

  test('no comment is longer than GitHub takes', () => {
    const outcome = { schemaVersion: 1, headSha, baseSha: null, gate: 'closed', summary: 'Closed.' } as const;
    const body = commentBody({ markdown: 'x'.repeat(70_000), outcome, runUrl, fromFork: false });
    expect(body.length).toBeLessThan(2_000);
    expect(body).toContain(`[Whole review](${runUrl})`);
    expect(body).toContain('Closed.');
  });
});
