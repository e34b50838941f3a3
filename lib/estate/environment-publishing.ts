const publisher = {
  /** On or off; off means a dry run. */
  enablePublish: 'ENABLE_PUBLISH',
  postsTable: 'POSTS_TABLE',
  pubkeysTable: 'PUBKEYS_TABLE',
  tokensTable: 'TOKENS_TABLE',
} as const;

/** Base addresses of the platforms' interfaces: unset means the platform itself, else a proxy or a test. */
const baseUrls = {
  instagram: 'INSTAGRAM_BASE',
  reddit: 'REDDIT_BASE',
  tiktok: 'TIKTOK_BASE',
} as const;

/**
 * Names of the environment variables of the functions that publish posts and keep their tokens fresh.
 *
 * The names are those of the deployed functions (listing of 19 December 2025), except where a comment says that one is
 * new.
 */
export const publishingEnvironment = {
  publisherInstagram: {
    ...publisher,
    uploadBucket: 'UPLOAD_BUCKET',
    /** New, optional. */
    baseUrl: baseUrls.instagram,
  },
  publisherReddit: {
    ...publisher,
    /** Subreddit, without `r/`, of posts that name none. */
    defaultSubreddit: 'REDDIT_DEFAULT_SR',
    /** New, optional. */
    baseUrl: baseUrls.reddit,
  },
  publisherTiktok: {
    ...publisher,
    uploadBucket: 'UPLOAD_BUCKET',
    baseUrl: baseUrls.tiktok,
    /** `upload` (streamed in chunks) or `pull` (TikTok fetches a presigned link). */
    mode: 'TIKTOK_MODE',
  },
  oauthRefresh: {
    tokensTable: 'TOKENS_TABLE',
    redditUserAgent: 'REDDIT_USER_AGENT',
    /** New: name of the secret with the keys `clientId` and `clientSecret`. */
    redditCredentialsSecret: 'REDDIT_CREDENTIALS_SECRET',
    /** New: name of the secret with the keys `clientKey` and `clientSecret`. */
    tiktokCredentialsSecret: 'TIKTOK_CREDENTIALS_SECRET',
    /** New, optional: table of the run's events. */
    analyticsTable: 'ANALYTICS_TABLE',
    /** New, optional: most seconds that a run waits before it begins, 0 to 60. */
    startJitterSeconds: 'START_JITTER_SECONDS',
    /** New, optional. */
    instagramBaseUrl: baseUrls.instagram,
    /** New, optional. */
    redditBaseUrl: baseUrls.reddit,
    /** New, optional. */
    tiktokBaseUrl: baseUrls.tiktok,
  },
} as const;
