import { AnswerLost, OutcomeUnknown, Refused } from '../shared/publishing/failures';
import type { PostContent } from '../shared/publishing/post';
import { type Publisher, type PublishJob, type PublishOutcome, waitFor } from '../shared/publishing/publisher';
import { type NewSubmission, RedditApi, type Submission } from './reddit-api';

/** Saved before a submission is sent: whoever finds it must ask whether the submission arrived. */
export interface RedditProgress {
  /** Milliseconds since 1970 of the first try. */
  readonly since: number;
  /** Milliseconds since 1970 of the latest try. */
  readonly triedAt: number;
  readonly tries: number;
}

/** Characters of a title, Reddit's own limit. */
const longestTitle = 300;
/**
 * Milliseconds after a try within which it may still turn up in the listing: a request that was cut off is over long
 * before, and listings are a few seconds behind. Only then does "not listed" mean "not there".
 */
const settlingMs = 120_000;
/** Seconds between two looks. */
const settlingPause = 30;
/** Milliseconds that Reddit's clock and ours may differ. */
const clockSkewMs = 60_000;
const mostTries = 5;

export interface RedditOptions {
  readonly baseUrl: string;
  readonly defaultSubreddit: string;
}

export function redditPublisher({ baseUrl, defaultSubreddit }: RedditOptions): Publisher<RedditProgress> {
  return {
    platform: 'reddit',
    publish: async (job) => {
      const reddit = new RedditApi(job, baseUrl, job.token.accessToken);
      const wanted = submissionOf(job.content, defaultSubreddit);
      if (!job.progress) return submit(reddit, job, wanted, undefined);

      const found = await findSubmission(reddit, job, wanted, job.progress);
      if (found) return found;
      if (Date.now() - job.progress.triedAt < settlingMs) {
        return waitFor(settlingPause, 'Reddit may not list the submission yet');
      }
      if (job.progress.tries >= mostTries) {
        throw new OutcomeUnknown(
          `Reddit lists no submission of post ${job.content.postId} after ${mostTries} tries, got none of their answers. ` +
            'Look at the user’s submissions; delete the claim to try again.',
        );
      }
      return submit(reddit, job, wanted, job.progress);
    },
  };
}

function submissionOf(content: PostContent, defaultSubreddit: string): NewSubmission {
  const title = content.title ?? content.caption;
  if (!title) throw new Refused(`Reddit wants a title, got a post without words: ${content.postId}.`, 'no_title');
  return {
    subreddit: (content.subreddit ?? defaultSubreddit).replace(/^\/?r\//, ''),
    // By code point, so that no half of an emoji is left at the end.
    title: [...title].slice(0, longestTitle).join(''),
    url: content.url,
    text: content.caption,
  };
}

async function submit(
  reddit: RedditApi,
  { save, own }: PublishJob<RedditProgress>,
  wanted: NewSubmission,
  before: RedditProgress | undefined,
): Promise<PublishOutcome> {
  const now = Date.now();
  await save({ since: before?.since ?? now, triedAt: now, tries: (before?.tries ?? 0) + 1 });
  let name: string;
  let url: string | undefined;
  try {
    ({ name, url } = await reddit.submit(wanted));
  } catch (error) {
    if (error instanceof AnswerLost) return waitFor(settlingPause, error.message);
    // This try did nothing; what an earlier one may have done is still to be looked for.
    await save(before);
    throw error;
  }
  await own(name);
  return { kind: 'posted', platformId: name, url };
}

async function findSubmission(
  reddit: RedditApi,
  { token, own }: PublishJob<RedditProgress>,
  wanted: NewSubmission,
  { since }: RedditProgress,
): Promise<PublishOutcome | undefined> {
  const username = token.username || (await reddit.username());
  const candidates = (await reddit.submissionsOf(username)).filter((entry) => matches(entry, wanted, since));
  // Oldest first: that is the order in which posts with the same words went out.
  for (const { name, permalink } of candidates.reverse()) {
    if (await own(name)) {
      return { kind: 'posted', platformId: name, url: permalink && `https://www.reddit.com${permalink}` };
    }
  }
  return undefined;
}

function matches(entry: Submission, { subreddit, title, url }: NewSubmission, since: number): boolean {
  return (
    entry.created_utc * 1000 >= since - clockSkewMs &&
    entry.subreddit.toLowerCase() === subreddit.toLowerCase() &&
    entry.title.trim() === title.trim() &&
    entry.is_self === !url
  );
}
