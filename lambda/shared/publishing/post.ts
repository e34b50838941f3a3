import * as z from 'zod/mini';

/**
 * Schema of the posts table, as far as publishing reads and writes it.
 *
 * Known from the audited functions: `userId`, `postId`, `status`, `scheduledAt`, `platformTargets`. All other names are
 * inferred from what the deployed publishers do ("first asset", "the variant has a URL", "errors are appended to the
 * post"); compare them with a live item before the first deployment.
 */
export const publisherPlatforms = ['instagram', 'reddit', 'tiktok'] as const;
export type PublisherPlatform = (typeof publisherPlatforms)[number];

/** Values of `status` that publishing reads or sets; the dispatcher's ones are spelt as it spells them. */
export const postStatuses = { queued: 'queued', dispatched: 'dispatched', posted: 'posted' } as const;

export const postAttributes = {
  /** List of strings: what went wrong per platform, newest last, at most {@link mostErrors}. */
  errors: 'errors',
  /** String set: platforms on which the post is out. */
  postedPlatforms: 'postedPlatforms',
  postedAt: 'postedAt',
} as const;

/** Attribute that holds the result on one platform: one attribute each, so that two publishers never write the same. */
export function resultAttribute(platform: PublisherPlatform): string {
  return `publication_${platform}`;
}

export const mostErrors = 20;

const text = z.nullish(z.string());

const assetSchema = z.union([z.string(), z.object({ url: text, key: text, s3Key: text, contentType: text })]);

const variantSchema = z.object({
  title: text,
  caption: text,
  text,
  url: text,
  subreddit: text,
  assets: z.nullish(z.array(assetSchema)),
});

const postSchema = z.object({
  userId: z.string(),
  postId: z.string(),
  status: text,
  title: text,
  caption: text,
  text,
  assets: z.nullish(z.array(assetSchema)),
  /** What differs from the post on one platform. */
  variants: z.nullish(z.record(z.string(), variantSchema)),
});

/** A file of a post: where the world finds it, or its key in the upload bucket. */
export type Asset = ({ readonly url: string } | { readonly key: string }) & { readonly video: boolean };

/** What a post says on one platform: the platform's variant where it speaks, else the post. */
export interface PostContent {
  readonly userId: string;
  readonly postId: string;
  readonly title?: string;
  /** Caption of a picture or a video, or body of a text. */
  readonly caption?: string;
  /** Address that the variant links to. */
  readonly url?: string;
  readonly subreddit?: string;
  readonly asset?: Asset;
}

/** @throws ZodError that names the attribute which is of another type than the schema says, not its value. */
export function contentFor(platform: PublisherPlatform, item: unknown): PostContent {
  const post = postSchema.parse(item);
  const variant = post.variants?.[platform];
  const first = (variant?.assets ?? post.assets)?.[0];
  return {
    userId: post.userId,
    postId: post.postId,
    title: variant?.title || post.title || undefined,
    caption: variant?.caption || variant?.text || post.caption || post.text || undefined,
    url: variant?.url || undefined,
    subreddit: variant?.subreddit || undefined,
    asset: first ? assetOf(first) : undefined,
  };
}

const videoName = /\.(mp4|mov|m4v)$/i;

function assetOf(asset: z.infer<typeof assetSchema>): Asset | undefined {
  const { url, key, s3Key, contentType } =
    typeof asset !== 'string' ? asset : /^https?:/i.test(asset) ? { url: asset } : { key: asset };
  const typed = contentType?.startsWith('video/');
  if (url) return { url, video: typed ?? videoName.test(URL.canParse(url) ? new URL(url).pathname : url) };
  const objectKey = key || s3Key;
  return objectKey ? { key: objectKey, video: typed ?? videoName.test(objectKey) } : undefined;
}

export type Conclusion = 'posted' | 'open' | 'undecided';

/**
 * Whether a post is out on all its platforms.
 *
 * Only the dispatcher knows which of the author's platforms have a queue, and it writes that down after it has sent the
 * messages: until then a post with a platform left over is undecided.
 */
export function concludePost(item: {
  readonly status?: unknown;
  readonly platformTargets?: unknown;
  readonly dispatchedPlatforms?: unknown;
  readonly postedPlatforms?: unknown;
}): Conclusion {
  const posted = textsOf(item.postedPlatforms);
  const outOn = (value: unknown): boolean => {
    const platforms = textsOf(value);
    return platforms.length > 0 && platforms.every((platform) => posted.includes(platform));
  };
  if (item.status === postStatuses.dispatched) return outOn(item.dispatchedPlatforms) ? 'posted' : 'open';
  if (item.status === postStatuses.queued) return outOn(item.platformTargets) ? 'posted' : 'undecided';
  return 'open';
}

function textsOf(value: unknown): string[] {
  const values = value instanceof Set ? [...value] : value;
  return Array.isArray(values) ? values.filter((entry): entry is string => typeof entry === 'string') : [];
}
