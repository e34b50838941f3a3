import * as z from 'zod/mini';
import { AnswerLost, RateLimited, Refused } from '../shared/publishing/failures';
import { bodyOf, callPlatform, type PlatformAnswer, redacted } from '../shared/publishing/http';
import type { PublisherPlatform } from '../shared/publishing/post';
import { retryAfterSeconds } from '../shared/publishing/retry-after';
import type { Token } from '../shared/publishing/tokens';
import type { RefreshConfiguration } from './configuration';

export type Provider = PublisherPlatform;

const callLimitMs = 10_000;
const defaultPauseSeconds = 5;

/** What a refresh gives; what a provider does not send stays as it was. */
export interface FreshToken {
  readonly accessToken: string;
  readonly refreshToken?: string;
  /** Seconds that the access token is good for. */
  readonly expiresIn: number;
  /** Seconds that the refresh token is good for. */
  readonly refreshExpiresIn?: number;
  readonly scope?: string;
}

export interface ProviderRules {
  /** Seconds before its expiry from which on a token is refreshed. */
  readonly window: number;
  /** Name of the secret with the client's credentials; undefined where the provider asks for none. */
  readonly secret?: { readonly name: string | undefined; readonly variable: string };
  /** One attempt. @throws NotSent, AnswerLost, RateLimited or Refused. */
  refresh(token: Token, credentials: unknown, limitMs: number): Promise<FreshToken>;
}

const answer = z.object({
  access_token: z.string().check(z.minLength(1)),
  expires_in: z.number().check(z.positive()),
  refresh_token: z.optional(z.string()),
  refresh_expires_in: z.optional(z.number()),
  scope: z.optional(z.string()),
});
/** TikTok and Reddit give a word, Instagram an object; TikTok gives its word with status 200 as well. */
const failure = z.object({
  error: z.union([
    z.string(),
    z.number(),
    z.object({ message: z.optional(z.string()), code: z.optional(z.number()), is_transient: z.optional(z.boolean()) }),
  ]),
});

const redditCredentials = z.object({ clientId: z.string(), clientSecret: z.string() });
const tiktokCredentials = z.object({ clientKey: z.string(), clientSecret: z.string() });

export function providerRules(
  { baseUrls, secrets, redditUserAgent }: RefreshConfiguration,
  variables: { readonly reddit: string; readonly tiktok: string },
): Readonly<Record<Provider, ProviderRules>> {
  return {
    reddit: {
      window: 20 * 60,
      secret: { name: secrets.reddit, variable: variables.reddit },
      refresh: async (token, credentials, limitMs) => {
        const { clientId, clientSecret } = redditCredentials.parse(credentials);
        const refreshToken = refreshTokenOf(token);
        return read(
          'Reddit',
          [token.accessToken, refreshToken, clientSecret],
          await callPlatform({
            method: 'POST',
            url: new URL(`${baseUrls.reddit}/api/v1/access_token`),
            headers: {
              authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
              'user-agent': redditUserAgent,
            },
            body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }),
            timeoutMs: Math.min(callLimitMs, limitMs),
          }),
        );
      },
    },
    tiktok: {
      window: 12 * 3600,
      secret: { name: secrets.tiktok, variable: variables.tiktok },
      refresh: async (token, credentials, limitMs) => {
        const { clientKey, clientSecret } = tiktokCredentials.parse(credentials);
        const refreshToken = refreshTokenOf(token);
        return read(
          'TikTok',
          [token.accessToken, refreshToken, clientSecret],
          await callPlatform({
            method: 'POST',
            url: new URL(`${baseUrls.tiktok}/v2/oauth/token/`),
            body: new URLSearchParams({
              client_key: clientKey,
              client_secret: clientSecret,
              grant_type: 'refresh_token',
              refresh_token: refreshToken,
            }),
            timeoutMs: Math.min(callLimitMs, limitMs),
          }),
        );
      },
    },
    instagram: {
      window: 7 * 24 * 3600,
      refresh: async (token, _credentials, limitMs) => {
        const query = new URLSearchParams({ grant_type: 'ig_refresh_token', access_token: token.accessToken });
        return read(
          'Instagram',
          [token.accessToken],
          await callPlatform({
            method: 'GET',
            url: new URL(`${baseUrls.instagram}/refresh_access_token?${query}`),
            timeoutMs: Math.min(callLimitMs, limitMs),
          }),
        );
      },
    },
  };
}

function refreshTokenOf({ refreshToken, userId, provider }: Token): string {
  if (refreshToken) return refreshToken;
  throw new Refused(
    `The ${provider} token of user ${userId} cannot be refreshed, got no refresh token. Let the user connect it again.`,
    'no_refresh_token',
  );
}

function read(who: string, secrets: readonly string[], response: PlatformAnswer): FreshToken {
  if (response.status === 429) {
    throw new RateLimited(
      `${who}: too many requests`,
      retryAfterSeconds(response.headers, Date.now()) ?? defaultPauseSeconds,
    );
  }
  if (response.status >= 500) {
    const seconds = retryAfterSeconds(response.headers, Date.now());
    const said = `${who} failed, got: status ${response.status}`;
    throw seconds === undefined ? new AnswerLost(said) : new RateLimited(said, seconds);
  }
  const refusal = failure.safeParse(parsedOrNothing(response.text));
  if (refusal.success) {
    const { error } = refusal.data;
    const { code, message, is_transient } =
      typeof error === 'object' ? error : { code: error, message: undefined, is_transient: false };
    const said = `${who} refused, got: ${redacted(`${code ?? response.status} ${message ?? ''}`.trim(), secrets)}`;
    if (is_transient) throw new AnswerLost(said);
    throw new Refused(said, String(code ?? response.status));
  }
  if (response.status !== 200)
    throw new Refused(`${who} refused, got: status ${response.status}`, String(response.status));
  const fresh = bodyOf(answer, response, who);
  return {
    accessToken: fresh.access_token,
    refreshToken: fresh.refresh_token,
    expiresIn: fresh.expires_in,
    refreshExpiresIn: fresh.refresh_expires_in,
    scope: fresh.scope,
  };
}

function parsedOrNothing(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
