import * as z from 'zod/mini';
import { AnswerLost, RateLimited, Refused } from '../shared/publishing/failures';
import { bodyOf, type PlatformAnswer, redacted } from '../shared/publishing/http';
import { PlatformClient } from '../shared/publishing/platform-client';
import type { PublishJob } from '../shared/publishing/publisher';
import { retryAfterSeconds } from '../shared/publishing/retry-after';

/** The version that the deployed publisher speaks. */
const version = 'v19.0';

/**
 * Codes with which the Graph API asks to come back later: application, user, page, custom and Instagram limits.
 * https://developers.facebook.com/docs/graph-api/overview/rate-limiting
 */
const rateLimitCodes = new Set([4, 17, 32, 613, 80002]);
/** Subcode of the limit of posts that an account may publish in 24 hours. */
const publishingLimitSubcode = 2207042;
/** Codes of failures that pass: unknown and temporary. */
const temporaryCodes = new Set([1, 2]);
/** Seconds to wait when a limit does not say how long. */
const defaultPause = 900;
const publishingLimitPause = 3600;

const created = z.object({ id: z.string() });
const container = z.object({
  status_code: z.enum(['IN_PROGRESS', 'FINISHED', 'PUBLISHED', 'ERROR', 'EXPIRED']),
  status: z.optional(z.string()),
});
const mediaList = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      caption: z.optional(z.string()),
      permalink: z.optional(z.string()),
      timestamp: z.string(),
    }),
  ),
});
const failure = z.object({
  error: z.object({
    message: z.optional(z.string()),
    code: z.optional(z.number()),
    error_subcode: z.optional(z.number()),
    is_transient: z.optional(z.boolean()),
  }),
});

export type Container = z.infer<typeof container>;
export type Media = z.infer<typeof mediaList>['data'][number];

export interface NewContainer {
  /** Address from which Instagram fetches the file. */
  readonly link: string;
  readonly video: boolean;
  readonly caption?: string;
}

/**
 * The Graph API's content publishing, for one account.
 * https://developers.facebook.com/docs/instagram-platform/content-publishing
 *
 * Every call throws NotSent, AnswerLost, RateLimited or Refused. An answer that says "temporary failure" is AnswerLost:
 * it is given on time-outs inside the platform too.
 */
export class GraphApi {
  private readonly client: PlatformClient;
  private readonly root: string;

  constructor(
    job: Pick<PublishJob<unknown>, 'correlationId' | 'deadline'>,
    baseUrl: string,
    private readonly account: { readonly accountId: string; readonly accessToken: string },
  ) {
    // In a header rather than in the query, where access logs and error messages would repeat it.
    this.client = new PlatformClient(job, { authorization: `Bearer ${account.accessToken}` });
    this.root = `${baseUrl}/${version}`;
  }

  /** @returns the container's id. Nothing is published yet, and a container that never is expires after 24 hours. */
  async createContainer({ link, video, caption }: NewContainer): Promise<string> {
    const body = new URLSearchParams(video ? { media_type: 'REELS', video_url: link } : { image_url: link });
    if (caption) body.set('caption', caption);
    return (await this.post(created, `${this.account.accountId}/media`, body)).id;
  }

  async container(id: string): Promise<Container> {
    return this.get(container, id, { fields: 'status_code,status' });
  }

  /** Publishes a finished container, which works once. @returns the id of the published media. */
  async publish(containerId: string): Promise<string> {
    const body = new URLSearchParams({ creation_id: containerId });
    return (await this.post(created, `${this.account.accountId}/media_publish`, body)).id;
  }

  /** The account's latest media, newest first. */
  async recentMedia(): Promise<Media[]> {
    const query = { fields: 'id,caption,permalink,timestamp', limit: '25' };
    return (await this.get(mediaList, `${this.account.accountId}/media`, query)).data;
  }

  private async get<T>(schema: z.ZodMiniType<T>, path: string, query: Record<string, string>): Promise<T> {
    const url = new URL(`${this.root}/${path}?${new URLSearchParams(query)}`);
    return this.read(schema, await this.client.call({ method: 'GET', url }));
  }

  private async post<T>(schema: z.ZodMiniType<T>, path: string, body: URLSearchParams): Promise<T> {
    return this.read(schema, await this.client.call({ method: 'POST', url: new URL(`${this.root}/${path}`), body }));
  }

  private read<T>(schema: z.ZodMiniType<T>, answer: PlatformAnswer): T {
    if (answer.status === 200) return bodyOf(schema, answer, 'Instagram');
    if (answer.status === 429) throw new RateLimited('Instagram: too many requests', pauseOf(answer, defaultPause));
    const { message = '', code = 0, error_subcode: subcode, is_transient } = bodyOf(failure, answer, 'Instagram').error;
    const said = `Instagram refused, got: ${code}${subcode ? `/${subcode}` : ''} ${redacted(message, [this.account.accessToken])}`;
    if (subcode === publishingLimitSubcode) throw new RateLimited(said, pauseOf(answer, publishingLimitPause));
    if (rateLimitCodes.has(code)) throw new RateLimited(said, pauseOf(answer, defaultPause));
    if (is_transient || temporaryCodes.has(code) || answer.status >= 500) throw new AnswerLost(said);
    throw new Refused(said, String(code));
  }
}

function pauseOf({ headers }: PlatformAnswer, fallback: number): number {
  return retryAfterSeconds(headers, Date.now()) ?? regainSeconds(headers) ?? fallback;
}

/** The longest of the `estimated_time_to_regain_access` that business use cases report, in minutes there. */
function regainSeconds(headers: Headers): number | undefined {
  const minutes = [
    ...(headers.get('x-business-use-case-usage') ?? '').matchAll(/"estimated_time_to_regain_access":\s*(\d+)/g),
  ]
    .map(([, figure]) => Number(figure))
    .filter((figure) => figure > 0);
  return minutes.length > 0 ? Math.max(...minutes) * 60 : undefined;
}
