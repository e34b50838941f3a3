import { CognitoJwtVerifier } from 'aws-jwt-verify/cognito-verifier';
import {
  FetchError,
  JwkInvalidKtyError,
  JwkInvalidUseError,
  JwksValidationError,
  JwkValidationError,
  JwtBaseError,
} from 'aws-jwt-verify/error';
import { SimpleFetcher } from 'aws-jwt-verify/https';
import { type JwksCache, SimpleJwksCache } from 'aws-jwt-verify/jwk';
import type { EdgeConfiguration } from '../../lib/build/edge-configuration';

/** True for a good token, false for a bad one. Rejects when the key set cannot be had, which is not the viewer's fault. */
export type TokenVerifier = (token: string) => Promise<boolean>;

/** Faults of Cognito's key set or of the way to it: the library raises all its other errors for a token that does not hold. */
const notTheTokensFault = [FetchError, JwksValidationError, JwkValidationError, JwkInvalidUseError, JwkInvalidKtyError];

/** The function has 5 s; the fetcher tries twice, each time for at most this long. */
const fetchLimitMs = 1_500;

/** Keeps a key set for the life of the container and fetches it again, at most every 10 s, for a key id it lacks. */
function createJwksCache(): JwksCache {
  return new SimpleJwksCache({
    fetcher: new SimpleFetcher({ defaultRequestOptions: { timeout: fetchLimitMs, responseTimeout: fetchLimitMs } }),
  });
}

/**
 * Verifies access and id tokens of one Cognito app client: signature, issuer, client, expiry.
 * @returns undefined when no pool is configured.
 */
export function createTokenVerifier(
  { userPoolId, clientId }: EdgeConfiguration,
  jwksCache: JwksCache = createJwksCache(),
): TokenVerifier | undefined {
  if (!userPoolId || !clientId) return undefined;
  const verifier = CognitoJwtVerifier.create({ userPoolId, clientId, tokenUse: null }, { jwksCache });
  return async (token) => {
    try {
      await verifier.verify(token);
      return true;
    } catch (error) {
      if (error instanceof JwtBaseError && !notTheTokensFault.some((type) => error instanceof type)) return false;
      throw error;
    }
  };
}
