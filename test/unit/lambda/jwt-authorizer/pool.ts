import type { Jwk, Jwks } from 'aws-jwt-verify/jwk';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export const userPoolId = 'us-east-1_TestPool1';
export const userPoolClientId = 'testclient0123456789abcdef';
export const issuer = `https://cognito-idp.us-east-1.amazonaws.com/${userPoolId}`;

export interface TestPool {
  readonly keySet: Jwks;
  /** A token of the pool; claims that are undefined are left out. */
  sign(claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
}

/** A key pair and the tokens that Cognito would sign with it. */
export async function createPool(kid = 'key-1'): Promise<TestPool> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const key = { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' } as Jwk;
  return {
    keySet: { keys: [key] },
    sign: (claims = {}, header = {}) =>
      new SignJWT({ ...accessClaims(), ...claims })
        .setProtectedHeader({ alg: 'RS256', kid, ...header })
        .sign(privateKey),
  };
}

const now = () => Math.floor(Date.now() / 1000);

const accessClaims = () => ({
  iss: issuer,
  sub: 'sub-1',
  username: 'user-1',
  token_use: 'access',
  client_id: userPoolClientId,
  scope: 'openid profile',
  'cognito:groups': ['creators', 'beta'],
  iat: now(),
  exp: now() + 3600,
});

/** What an id token has in the place of an access token's claims. */
export const idClaims = {
  token_use: 'id',
  aud: userPoolClientId,
  client_id: undefined,
  scope: undefined,
  username: undefined,
  'cognito:username': 'user-1',
  email: 'user-1@example.com',
};

export const secondsFromNow = (seconds: number): number => now() + seconds;
