/**
 * What the two reads take. No document shows the event: `userId` follows from their tracing, the path parameters are
 * those of API Gateway's proxy event. Inferred.
 */
export interface UserReadEvent {
  readonly userId?: unknown;
  readonly pathParameters?: { readonly userId?: unknown; readonly id?: unknown } | null;
  readonly [other: string]: unknown;
}

/** What the two reads answer. */
export interface UserReadAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON: the user, or `{ "error": … }`. */
  readonly body: string;
}

/** Longest user id that a read takes to its store. */
const longestUserId = 256;

/** The user that an event asks for; undefined when it names none. */
export function requestedUserId(event: UserReadEvent | undefined): string | undefined {
  for (const candidate of [event?.userId, event?.pathParameters?.userId, event?.pathParameters?.id]) {
    const id = typeof candidate === 'number' ? String(candidate) : candidate;
    if (typeof id === 'string' && id.length > 0 && id.length <= longestUserId) return id;
  }
  return undefined;
}

export function answer(statusCode: number, body: unknown): UserReadAnswer {
  return { statusCode, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

export const answers = {
  found: (user: unknown) => answer(200, user),
  noUserId: () => answer(400, { error: 'userId is missing' }),
  notFound: () => answer(404, { error: 'User not found' }),
  failed: () => answer(500, { error: 'Internal server error' }),
} as const;
