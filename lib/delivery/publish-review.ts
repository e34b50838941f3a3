import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bodyLimit, type GitHub, type StatusState } from './github';
import { type ReviewOutcome, readOutcome, reviewFiles } from './review';

/** Name of the commit status; the branch protection of the repository requires it. */
const statusContext = 'estate/review';

/** First line of our comment, by which the next review finds it. */
export const commentMarker = '<!-- estate-review -->';

export interface PublishReviewOptions {
  readonly github: GitHub;
  /** Folder with a finished review of our own code. */
  readonly directory: string;
  /** From the event: what the review says of its commit must be this. */
  readonly headSha: string;
  /** Address of the run that holds the whole review. */
  readonly runUrl: string;
  readonly note: (line: string) => void;
}

const states: Readonly<Record<ReviewOutcome['gate'], StatusState>> = {
  open: 'success',
  closed: 'failure',
  error: 'error',
};

/**
 * Publishes a review: a comment that is updated in place, findings for code scanning, and the status on the commit.
 *
 * The status comes last, and a pull request without one waits: half a publication never opens a gate.
 */
export async function publishReview(options: PublishReviewOptions): Promise<ReviewOutcome> {
  const { github, directory, headSha, runUrl, note } = options;
  const outcome = readOutcome(directory, headSha);
  const pullRequests = await github.pullRequestsAt(headSha);
  if (pullRequests.length === 0) note(`No open pull request has ${headSha} as its head; only the status is set.`);

  const markdown = readFileSync(join(directory, reviewFiles.markdown), 'utf8');
  const sarif = join(directory, reviewFiles.sarif);
  let url = runUrl;
  for (const { number, fromFork } of pullRequests) {
    url = await github.comment(number, commentMarker, commentBody({ markdown, outcome, runUrl, fromFork }));
    note(`Pull request ${number}: ${url}`);
    if (!existsSync(sarif)) continue;
    // Code scanning is a paid feature of private repositories; its absence must not hold a pull request up.
    await github.uploadSarif(headSha, number, readFileSync(sarif, 'utf8')).catch((error: { status?: number }) => {
      if (error.status !== 403 && error.status !== 404) throw error;
      note('Code scanning is not switched on for this repository: no findings uploaded.');
    });
  }
  await github.setStatus(headSha, {
    context: statusContext,
    state: states[outcome.gate],
    description: outcome.summary,
    url,
  });
  return outcome;
}

interface CommentParts {
  readonly markdown: string;
  readonly outcome: ReviewOutcome;
  readonly runUrl: string;
  readonly fromFork: boolean;
}

/** Never longer than GitHub takes: a review that does not fit is pointed to. */
export function commentBody({ markdown, outcome, runUrl, fromFork }: CommentParts): string {
  const base = outcome.baseSha === null ? 'no base' : `base \`${outcome.baseSha.slice(0, 12)}\``;
  const origin = fromFork ? ' of a fork' : '';
  const footer = [
    '',
    '---',
    `Head \`${outcome.headSha.slice(0, 12)}\`${origin}, ${base}. The head was synthesized by the code of the pull request, ` +
      'so this review can be no more honest than that code; the default branch is synthesized and gated again before ' +
      `anything is deployed. [Whole review](${runUrl}).`,
  ].join('\n');
  const whole = `${markdown.trimEnd()}\n${footer}`;
  if (whole.length + commentMarker.length < bodyLimit) return whole;
  return `## Review\n\n${outcome.summary}\n\nThe review is too long for a comment.\n${footer}`;
}
