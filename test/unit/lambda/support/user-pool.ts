import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export const userPoolId = 'us-east-1_TestPool1';
export const clientId = 'test-client';
export const issuer = `https://cognito-idp.us-east-1.amazonaws.com/${userPoolId}`;
export const jwksUri = `${issuer}/.well-known/jwks.json`;

export interface TokenOptions {
  readonly claims?: JWTPayload;
  readonly keyId?: string;
  /** Sign with a key that the pool does not publish. */
  readonly foreignKey?: boolean;
}

export interface UserPool {
  /** The key set that the pool publishes. */
  readonly jwks: { readonly keys: { readonly kid: string; readonly kty: string }[] };
  /** An access token of the pool, valid for five minutes, with claims overridden or, by undefined, taken away. */
  token(options?: TokenOptions): Promise<string>;
}

/** A user pool in memory: real RSA keys, real signatures. */
export async function createUserPool(): Promise<UserPool> {
  const [own, foreign] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  const { kty = 'RSA', ...publicKey } = await exportJWK(own.publicKey);
  return {
    jwks: { keys: [{ ...publicKey, kty, kid: 'key-1', alg: 'RS256', use: 'sig' } as { kid: string; kty: string }] },
    token: ({ claims, keyId = 'key-1', foreignKey = false } = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const payload = {
        sub: 'user-1',
        token_use: 'access',
        client_id: clientId,
        iss: issuer,
        iat: now,
        exp: now + 300,
        ...claims,
      };
      return new SignJWT(payload)
        .setProtectedHeader({ alg: 'RS256', kid: keyId })
        .sign((foreignKey ? foreign : own).privateKey);
    },
  };
}
