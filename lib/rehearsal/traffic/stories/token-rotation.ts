import assert from 'node:assert/strict';
import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { jwtVerify } from 'jose';
import { environment as names } from '../../../estate/environment';
import { agentIdKey, signingKeySecret } from '../../seed';
import { functionRow, literalOf, runSchedule } from '../functions';
import type { Scene, Story } from '../scene';

export const tokenRotation: Story = {
  title: 'The WebSocket token is rotated and the scraper is deployed again',
  async tell(scene, fact) {
    const rotation = functionRow('rotate-ws-token');
    const { secretId, cluster, service, ttlSeconds } = names.rotateWsToken;
    const SecretId = literalOf(rotation, secretId);
    const where = { cluster: literalOf(rotation, cluster), service: literalOf(rotation, service) };
    const before = await deploymentIds(scene, where);

    await runSchedule(scene, rotation.name);
    const { SecretString } = await scene.secrets.send(new GetSecretValueCommand({ SecretId }));
    const { token } = JSON.parse(SecretString ?? '{}') as { token?: string };
    assert.ok(token, `${SecretId} holds no token`);
    const signingKey = new TextEncoder().encode(scene.values.secrets[signingKeySecret]);
    const { payload } = await jwtVerify(token, signingKey, { algorithms: ['HS256'] });
    assert.equal(payload.agentId, scene.values.parameters[agentIdKey]);
    assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), Number(literalOf(rotation, ttlSeconds)));
    fact(`${SecretId}: HS256 token, agentId ${payload.agentId}, valid ${literalOf(rotation, ttlSeconds)} s`);

    const fresh = (await deploymentIds(scene, where)).filter((id) => !before.includes(id));
    assert.equal(fresh.length, 1, `${where.service} has ${fresh.length} new deployments instead of 1`);
    fact(`${where.cluster}/${where.service}: 1 new deployment`);
  },
};

async function deploymentIds({ ecs }: Scene, { cluster, service }: { cluster: string; service: string }) {
  const { services: [found] = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
  return (found?.deployments ?? []).map(({ id }) => id ?? '');
}
