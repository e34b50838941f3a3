import { SignJWT } from 'jose';

export interface TokenClaims {
  readonly agentId: string;
  readonly ttlSeconds: number;
  /** Time of issue, in seconds since 1970. */
  readonly issuedAt: number;
}

/** The JWT with which the scraper opens its socket: HS256, claims agentId, iat and exp. */
export function signToken({ agentId, ttlSeconds, issuedAt }: TokenClaims, signingKey: string): Promise<string> {
  return new SignJWT({ agentId })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ttlSeconds)
    .sign(new TextEncoder().encode(signingKey));
}
