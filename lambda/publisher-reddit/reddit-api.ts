import * as z from 'zod/mini';
import { AnswerLost, RateLimited, Refused } from '../shared/publishing/failures';
import { bodyOf, type PlatformAnswer, redacted } from '../shared/publishing/http';
import { PlatformClient } from '../shared/publishing/platform-client';
import type { PublishJob } from '../shared/publishing/publisher';
import { retryAfterSeconds } from '../shared/publishing/retry-after';

/** Reddit blocks callers without one of their own: https://github.com/reddit-archive/reddit/wiki/API#rules */
const userAgent = 'web:huntaze-publisher:v1 (by /u/huntaze)';
/** Seconds to wait when a limit does not say how long. */
const defaultPause = 600;
/** Most entries that a listing gives at once. */
const listingLimit = 100;

const submitted = z.object({
  json: z.object({
    errors: z.array(z.array(z.nullable(z.string()))),
    ratelimit: z.optional(z.number()),
    data: z.optional(z.object({ name: z.optional(z.string()), url: z.optional(z.string()) })),
  }),
});
const me = z.object({ name: z.string() });
const submission = z.object({
  name: z.string(),
  title: z.string(),
  subreddit: z.string(),
  is_self: z.boolean(),
  /** Seconds since 1970. */
  created_utc: z.number(),
  permalink: z.optional(z.string()),
});
const listing = z.object({ data: z.object({ children: z.array(z.object({ data: submission })) }) });

export type Submission = z.infer<typeof submission>;

export interface NewSubmission {
  readonly subreddit: string;
  readonly title: string;
  /** Address that it links to; without one it is a text. */
  readonly url?: string;
  readonly text?: string;
}

/**
 * Reddit's interface for one user. https://www.reddit.com/dev/api
 *
 * Every call throws NotSent, AnswerLost, RateLimited or Refused. A server error is AnswerLost: Reddit gives it after a
 * submission that went through, too.
 */
export class RedditApi {
  private readonly client: PlatformClient;

  constructor(
    job: Pick<PublishJob<unknown>, 'correlationId' | 'deadline'>,
    private readonly baseUrl: string,
    private readonly accessToken: string,
  ) {
    this.client = new PlatformClient(job, { authorization: `Bearer ${accessToken}`, 'user-agent': userAgent });
  }

  async submit({ subreddit, title, url, text = '' }: NewSubmission): Promise<{ name: string; url?: string }> {
    const body = new URLSearchParams({
      api_type: 'json',
      kind: url ? 'link' : 'self',
      sr: subreddit,
      title,
      ...(url ? { url } : { text }),
      // The same link may go out again on purpose; that it does not by accident is the claim's business.
      resubmit: 'true',
      sendreplies: 'true',
    });
    const answer = await this.client.call({ method: 'POST', url: new URL(`${this.baseUrl}/api/submit`), body });
    const { errors, ratelimit, data } = this.read(submitted, answer).json;
    const [first] = errors;
    if (first) {
      const [code, message] = first;
      const said = `Reddit refused, got: ${code ?? 'no code'} ${redacted(message ?? '', [this.accessToken])}`;
      if (code === 'RATELIMIT') throw new RateLimited(said, ratelimit ?? wordedPause(message ?? '') ?? defaultPause);
      throw new Refused(said, code ?? 'unknown');
    }
    if (!data?.name) throw new AnswerLost('Reddit accepted a submission without naming it.');
    return { name: data.name, url: data.url };
  }

  async username(): Promise<string> {
    return this.get(me, '/api/v1/me').then(({ name }) => name);
  }

  /** The user's latest submissions, newest first, 100 at most. */
  async submissionsOf(username: string): Promise<Submission[]> {
    const query = new URLSearchParams({ sort: 'new', limit: String(listingLimit), raw_json: '1' });
    const path = `/user/${encodeURIComponent(username)}/submitted?${query}`;
    return (await this.get(listing, path)).data.children.map(({ data }) => data);
  }

  private async get<T>(schema: z.ZodMiniType<T>, path: string): Promise<T> {
    return this.read(schema, await this.client.call({ method: 'GET', url: new URL(`${this.baseUrl}${path}`) }));
  }

  private read<T>(schema: z.ZodMiniType<T>, answer: PlatformAnswer): T {
    if (answer.status === 200) return bodyOf(schema, answer, 'Reddit');
    const said = `Reddit refused, got: status ${answer.status}`;
    if (answer.status === 429) throw new RateLimited(said, pauseOf(answer));
    if (answer.status >= 500) throw new AnswerLost(said);
    throw new Refused(said, String(answer.status));
  }
}

function pauseOf({ headers }: PlatformAnswer): number {
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN);
  return retryAfterSeconds(headers, Date.now()) ?? (Number.isFinite(reset) ? Math.ceil(reset) : defaultPause);
}

/** Seconds of "try again in 7 minutes": some accounts get the figure in words only. */
function wordedPause(message: string): number | undefined {
  const [, figure, unit] = /(\d+) (second|minute|hour)/i.exec(message) ?? [];
  const secondsPerUnit: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3600 };
  const factor = secondsPerUnit[unit?.toLowerCase() ?? ''];
  // One unit more: the figure is cut, not rounded.
  return figure && factor ? (Number(figure) + 1) * factor : undefined;
}
