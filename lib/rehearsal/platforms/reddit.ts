import { formOf, type PlatformRequest, PlatformServer, type Reply } from './platform-server';

export interface RedditSubmission {
  readonly name: string;
  readonly title: string;
  readonly subreddit: string;
  readonly is_self: boolean;
  readonly url: string;
  readonly selftext: string;
  readonly created_utc: number;
  readonly permalink: string;
}

/** Reddit's interface as far as publishing uses it, and the refresh of tokens. */
export class RedditServer extends PlatformServer {
  readonly submissions: RedditSubmission[] = [];
  /** Submissions that the listing does not show yet, the newest ones. */
  unlisted = 0;
  refreshes = 0;
  /** Never starts again: ids are unique for the life of the platform. */
  private lastNumber = 0;

  constructor() {
    super([
      { name: 'submit', method: 'POST', pattern: /^\/api\/submit$/, handle: (request) => this.submit(formOf(request)) },
      { name: 'me', method: 'GET', pattern: /^\/api\/v1\/me$/, handle: () => ({ body: { name: 'some_creator' } }) },
      { name: 'submitted', method: 'GET', pattern: /^\/user\/[^/]+\/submitted$/, handle: () => this.listing() },
      {
        name: 'refresh',
        method: 'POST',
        pattern: /^\/api\/v1\/access_token$/,
        handle: (request) => this.refresh(request),
      },
    ]);
  }

  reset(): void {
    this.clear();
    this.submissions.length = 0;
    this.unlisted = 0;
    this.refreshes = 0;
  }

  private submit(form: URLSearchParams): Reply {
    const subreddit = form.get('sr') ?? '';
    if (!subreddit) return redditError('SUBREDDIT_REQUIRED', 'you must specify a subreddit');
    this.lastNumber += 1;
    const number = this.lastNumber;
    const submission: RedditSubmission = {
      name: `t3_${number}`,
      title: form.get('title') ?? '',
      subreddit,
      is_self: form.get('kind') === 'self',
      url: form.get('url') ?? '',
      selftext: form.get('text') ?? '',
      created_utc: Math.floor(Date.now() / 1000),
      permalink: `/r/${subreddit}/comments/${number}/`,
    };
    this.submissions.push(submission);
    const { name } = submission;
    return {
      body: {
        json: { errors: [], data: { url: `https://www.reddit.com${submission.permalink}`, id: name.slice(3), name } },
      },
    };
  }

  private listing(): Reply {
    const listed = this.submissions.slice(0, this.submissions.length - this.unlisted).reverse();
    return { body: { kind: 'Listing', data: { children: listed.map((data) => ({ kind: 't3', data })), after: null } } };
  }

  private refresh(request: PlatformRequest): Reply {
    const form = formOf(request);
    if (!request.headers.authorization?.startsWith('Basic '))
      return { status: 401, body: { message: 'Unauthorized', error: 401 } };
    if (form.get('grant_type') !== 'refresh_token') return { status: 400, body: { error: 'unsupported_grant_type' } };
    this.refreshes += 1;
    return {
      body: {
        access_token: `reddit-access-${this.refreshes}`,
        token_type: 'bearer',
        expires_in: 86_400,
        scope: 'submit read',
      },
    };
  }
}

/** An error in the form of `api_type=json`, which comes with status 200. */
export function redditError(code: string, message: string, ratelimit?: number): Reply {
  return { body: { json: { errors: [[code, message, 'field']], ...(ratelimit && { ratelimit }) } } };
}
