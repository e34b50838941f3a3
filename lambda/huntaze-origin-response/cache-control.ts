export interface Answer {
  readonly status: number;
  readonly uri: string;
  readonly contentType?: string;
  /** What the origin said. */
  readonly cacheControl?: string;
  readonly setsCookie: boolean;
  /** Whether the request carried a token, so that the answer may be personal. */
  readonly authenticated: boolean;
}

export type Kind = 'asset' | 'page' | 'data';

const kinds: readonly { readonly kind: Kind; readonly type: RegExp; readonly extension: RegExp }[] = [
  {
    kind: 'asset',
    type: /^(image\/.+|text\/css|(text|application)\/(x-)?(java|ecma)script)$/,
    extension: /\.(avif|css|gif|ico|jpe?g|m?js|png|svg|webp)$/i,
  },
  { kind: 'page', type: /^(text\/html|application\/xhtml\+xml)$/, extension: /(\/|\.html?)$/i },
  { kind: 'data', type: /^application\/([\w.-]+\+)?json$/, extension: /\.json$/i },
];

/** Sort of an answer, by its type; by the path where there is no type, as in a 304. */
export function kindOf({ contentType, uri }: Pick<Answer, 'contentType' | 'uri'>): Kind | undefined {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase();
  return kinds.find(({ type, extension }) => (mediaType ? type.test(mediaType) : extension.test(uri)))?.kind;
}

const year = 'public, max-age=31536000, immutable';
const fiveMinutes = 'max-age=300, stale-while-revalidate=60';
const never = 'no-store';
const neverPage = 'no-cache, no-store, must-revalidate';

/** Answers whose type rules apply: bodies, and a 304, which renews the rules of the body that the cache holds. */
const cacheableStatuses = new Set([200, 203, 206, 304]);

/**
 * Cache-Control of an answer; undefined leaves the origin's word as it is, redirects and other types included.
 *
 * An error is never kept: an image that is missing for a minute must not be missing for a year. Neither is an answer that
 * sets a cookie, nor one that the origin itself keeps out of shared caches.
 */
export function cacheControlFor(answer: Answer): string | undefined {
  if (answer.status >= 400) return never;
  if (!cacheableStatuses.has(answer.status)) return undefined;
  const kind = kindOf(answer);
  if (kind === 'page') return neverPage;
  if (/\b(no-store|private)\b/i.test(answer.cacheControl ?? '')) return undefined;
  if (answer.setsCookie) return never;
  if (kind === 'asset') return year;
  if (kind === 'data') return `${answer.authenticated ? 'private' : 'public'}, ${fiveMinutes}`;
  return undefined;
}
