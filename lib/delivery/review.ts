import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ArtifactError, artifactLimits, printable, unpackArtifact } from './artifact';
import { runEstateReview } from './estate-review';
import type { GitHub } from './github';
import { bareEnvironment, mustRun } from './run';
import { commitSchema } from './schemas';
import { synthesize } from './synthesize';

/** Name under which the pull request's workflow leaves what it synthesized. */
const headArtifact = 'synthesized-head';

/** Where waivers stand in the repository; owned through CODEOWNERS. */
export const waiversPath = '.github/review-waivers.json';

/** Files of a finished review. */
export const reviewFiles = {
  outcome: 'outcome.json',
  markdown: 'review.md',
  json: 'review.json',
  sarif: 'review.sarif',
} as const;

export const outcomeSchema = z.strictObject({
  schemaVersion: z.literal(1),
  headSha: commitSchema,
  /** Null when the review did not come as far. */
  baseSha: commitSchema.nullable(),
  gate: z.enum(['open', 'closed', 'error']),
  /** One sentence. */
  summary: z.string(),
});
export type ReviewOutcome = z.infer<typeof outcomeSchema>;

/** Reviews two synthesized trees; exit code as `estate review` has it. */
export type Reviewer = (trees: {
  readonly base: string;
  readonly head: string;
  readonly waivers?: string;
  /** Those that the base already has: only one that the head adds must be of use. */
  readonly baseWaivers?: string;
  readonly files: Readonly<Record<'markdown' | 'json' | 'sarif', string>>;
}) => Promise<{ readonly code: number | null; readonly output: string }>;

export interface ReviewPullRequestOptions {
  readonly github: GitHub;
  readonly headSha: string;
  /** Run that left the artifact. */
  readonly headRunId: number;
  /** Checkout of our branch, its packages installed: its code reviews, and nothing of the head ever runs. */
  readonly projectRoot: string;
  /** Gets the review's files; must not exist. */
  readonly outdir: string;
  /** @default `estate review` of the checkout */
  readonly reviewer?: Reviewer;
  /** Synthesizes a commit of our branch. @default in a worktree of its own */
  readonly synthesizeBase?: (sha: string, outdir: string) => Promise<void>;
  readonly note: (line: string) => void;
}

/**
 * Reviews what a pull request synthesized against our own synth of the commit from which it departed.
 *
 * The head's tree is data from a stranger. Whatever is wrong with it closes the gate and is said in the review; only a
 * failure of our own is an exception.
 */
export async function reviewPullRequest(options: ReviewPullRequestOptions): Promise<ReviewOutcome> {
  const { github, headSha, headRunId, projectRoot, outdir, note } = options;
  const reviewer = options.reviewer ?? estateReview(projectRoot, note);
  const synthesizeBase = options.synthesizeBase ?? ((sha, to) => synthesizeCommit(projectRoot, sha, to, note));
  mkdirSync(outdir, { recursive: false });
  const scratch = mkdtempSync(join(tmpdir(), 'estate-review-'));
  try {
    const head = join(scratch, 'head');
    const refusal = await fetchHead(github, headRunId, head, note);
    if (refusal !== undefined) return finish(outdir, { headSha, baseSha: null, gate: 'error', summary: refusal });

    const baseSha = await github.mergeBase(headSha);
    note(`Base ${baseSha}, head ${headSha}.`);
    const base = join(scratch, 'base');
    await synthesizeBase(baseSha, base);

    const waivers = await waiversAt(github, headSha, join(scratch, 'waivers.json'));
    // A base without the file has none: the head then adds every one of its own.
    const baseWaivers = waivers && (await waiversAt(github, baseSha, join(scratch, 'base-waivers.json'), noWaivers));
    const { code, output } = await reviewer({
      base,
      head,
      ...(waivers !== undefined && { waivers }),
      ...(baseWaivers !== undefined && { baseWaivers }),
      files: {
        markdown: join(outdir, reviewFiles.markdown),
        json: join(outdir, reviewFiles.json),
        sarif: join(outdir, reviewFiles.sarif),
      },
    });
    return finish(outdir, { headSha, baseSha, ...verdict(code, output) });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const noWaivers = '{"waivers":[]}\n';

/** Writes the waivers that a commit holds, or else the given ones; undefined when there are neither. */
async function waiversAt(github: GitHub, sha: string, file: string, otherwise?: string): Promise<string | undefined> {
  const text = (await github.fileAt(sha, waiversPath)) ?? otherwise;
  if (text === undefined) return undefined;
  writeFileSync(file, text);
  return file;
}

/** @returns why there is no tree to review, or undefined when there is one */
async function fetchHead(
  github: GitHub,
  runId: number,
  directory: string,
  note: (line: string) => void,
): Promise<string | undefined> {
  const artifact = await github.artifactOf(runId, headArtifact);
  if (artifact === undefined) {
    return `Run ${runId} left no artifact ${headArtifact}: the pull request does not synthesize. See the checks of its own workflow.`;
  }
  try {
    const files = await unpackArtifact(await github.download(artifact, artifactLimits.archiveBytes), directory);
    note(`${files.length} files of the head unpacked.`);
    return undefined;
  } catch (error) {
    if (!(error instanceof ArtifactError)) throw error;
    return `The artifact of run ${runId} is refused. ${error.message}`;
  }
}

const verdict = (code: number | null, output: string): Pick<ReviewOutcome, 'gate' | 'summary'> => {
  switch (code) {
    case 0:
      return { gate: 'open', summary: 'The gate is open.' };
    case 2:
      return { gate: 'closed', summary: 'The gate is closed: the review says what would be lost.' };
    default: {
      const lines = output.trim().split('\n');
      return { gate: 'error', summary: `The review failed. ${printable(lines.at(-1) ?? '')}` };
    }
  }
};

function finish(outdir: string, outcome: Omit<ReviewOutcome, 'schemaVersion'>): ReviewOutcome {
  const whole: ReviewOutcome = { schemaVersion: 1, ...outcome };
  const markdown = join(outdir, reviewFiles.markdown);
  if (!existsSync(markdown)) writeFileSync(markdown, `## Review\n\n${outcome.summary}\n`);
  writeFileSync(join(outdir, reviewFiles.outcome), `${JSON.stringify(whole, null, 2)}\n`);
  return whole;
}

/** @throws when the folder holds no finished review, or one of another commit */
export function readOutcome(directory: string, headSha: string): ReviewOutcome {
  const path = join(directory, reviewFiles.outcome);
  const outcome = outcomeSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  if (outcome.headSha === headSha) return outcome;
  throw new Error(`${path} is the review of another commit, got: ${outcome.headSha}, expected: ${headSha}.`);
}

/** `estate review` of our own checkout, which sees no token. */
const estateReview =
  (projectRoot: string, note: (line: string) => void): Reviewer =>
  ({ base, head, waivers, baseWaivers, files }) =>
    runEstateReview(
      projectRoot,
      { base, head },
      { ...files, waivers, 'base-waivers': baseWaivers },
      { env: bareEnvironment(), onOutput: (text) => note(text.trimEnd()) },
    );

/** Our own synth of a commit of our own branch: any other commit is refused, because its code runs. */
async function synthesizeCommit(
  projectRoot: string,
  sha: string,
  outdir: string,
  note: (line: string) => void,
): Promise<void> {
  const environment = bareEnvironment();
  const git = (...args: string[]) => mustRun('git', args, { cwd: projectRoot, env: environment });
  await git('merge-base', '--is-ancestor', sha, 'HEAD').catch(() => {
    throw new Error(`The base is no commit of the branch that reviews, got: ${sha}. Its code will not be run.`);
  });
  const { stdout } = await git('rev-parse', 'HEAD');
  if (stdout.trim() === sha) {
    await synthesize({ projectRoot, outdir });
    return;
  }
  const worktree = mkdtempSync(join(tmpdir(), 'estate-base-'));
  await git('worktree', 'add', '--detach', worktree, sha);
  try {
    note(`Installing and synthesizing ${sha}.`);
    await mustRun('npm', ['ci', '--ignore-scripts'], { cwd: worktree, env: environment });
    await synthesize({ projectRoot: worktree, outdir });
  } finally {
    await git('worktree', 'remove', '--force', worktree);
  }
}
