import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { authorizedApiKey, userPoolClientKey, userPoolKey } from '../../seed';
import { call } from '../functions';
import type { Scene, Story } from '../scene';

/** A token that holds needs the keys of a real pool, which no rehearsal reaches; the handler's own tests have one. */
export const authorizeCalls: Story = {
  title: 'The authorizer refuses calls without a token that holds',
  async tell(scene, fact) {
    const { account, region, values } = scene;
    for (const [what, headers] of [
      ['no token', {}],
      ['a text that is no token', { Authorization: 'Bearer not-a-token' }],
      ['a forged token, with the pool’s keys out of reach', { Authorization: `Bearer ${await forgedToken(scene)}` }],
    ] as const) {
      const { error, payload } = await call(scene, 'huntaze-jwt-authorizer', {
        type: 'REQUEST',
        methodArn: `arn:aws:execute-api:${region}:${account}:${values.parameters[authorizedApiKey]}/prod/GET/users`,
        headers,
        requestContext: { requestId: randomUUID() },
      });
      assert.ok(error, `${what}: let in, with ${payload}`);
      // The only message that API Gateway turns into a 401.
      assert.equal(JSON.parse(payload).errorMessage, 'Unauthorized');
      fact(`${what}: Unauthorized`);
    }
  },
};

/** All as the pool would have it, but for the key. */
function forgedToken({ region, values: { parameters } }: Scene): Promise<string> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return new SignJWT({ token_use: 'access', client_id: parameters[userPoolClientKey], username: 'rehearsal' })
    .setProtectedHeader({ alg: 'RS256', kid: 'forged' })
    .setIssuer(`https://cognito-idp.${region}.amazonaws.com/${parameters[userPoolKey]}`)
    .setSubject(randomUUID())
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey);
}
