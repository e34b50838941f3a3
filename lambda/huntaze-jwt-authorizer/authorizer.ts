import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { SimpleFetcher } from 'aws-jwt-verify/https';
import { type JwksCache, SimpleJwksCache } from 'aws-jwt-verify/jwk';
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';

export interface UserPool {
  readonly userPoolId: string;
  readonly userPoolClientId: string;
}

/** Raises for every token that does not hold, and for every request without one. */
export type Authorizer = (event: APIGatewayRequestAuthorizerEvent) => Promise<APIGatewayAuthorizerResult>;

/** Milliseconds. The function has 10 s, and the fetcher tries twice. */
const fetchLimit = 2_000;

/** Keeps a key set for the life of the container and fetches it again, at most every 10 s, for a key id it lacks. */
function createJwksCache(): JwksCache {
  return new SimpleJwksCache({
    fetcher: new SimpleFetcher({ defaultRequestOptions: { timeout: fetchLimit, responseTimeout: fetchLimit } }),
  });
}

/**
 * Verifies access and id tokens of one Cognito app client: signature, issuer, client, validity.
 * @throws Error when the pool's id is malformed.
 */
export function createAuthorizer(
  { userPoolId, userPoolClientId: clientId }: UserPool,
  jwksCache: JwksCache = createJwksCache(),
): Authorizer {
  // Without a token use, both kinds are taken, each with the claim in which it names its client.
  const verifier = CognitoJwtVerifier.create({ userPoolId, clientId, tokenUse: null }, { jwksCache });
  return async (event) => {
    const token = bearerToken(event.headers);
    if (!token) throw new MissingTokenError('The Authorization header holds no bearer token.');
    const claims: Claims = { ...(await verifier.verify(token)) };
    return allow(event.methodArn, claims);
  };
}

export class MissingTokenError extends Error {
  override readonly name = 'MissingTokenError';
}

type Claims = Readonly<Record<string, unknown>>;

/**
 * The called method and no other: where API Gateway caches results, its key must hold the method beside the token, or the
 * cached answer to one call refuses the next.
 */
function allow(methodArn: string, claims: Claims): APIGatewayAuthorizerResult {
  const username = claims.username ?? claims['cognito:username'];
  const groups = claims['cognito:groups'];
  return {
    principalId: String(claims.sub ?? username),
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn }],
    },
    context: texts({
      sub: claims.sub,
      username,
      email: claims.email,
      scope: claims.scope,
      groups: Array.isArray(groups) ? groups.join(',') : groups,
      token_use: claims.token_use,
    }),
  };
}

/** API Gateway takes texts, numbers and booleans alone, and its mappings expect texts. */
function texts(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined || value === null ? [] : [[name, String(value)]],
    ),
  );
}

/** API Gateway keeps the letter case that the client chose. */
function bearerToken(headers: APIGatewayRequestAuthorizerEvent['headers']): string | undefined {
  const [, value] = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  return /^Bearer +(\S+) *$/i.exec(value ?? '')?.[1];
}
