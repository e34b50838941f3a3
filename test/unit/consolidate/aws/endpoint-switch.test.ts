import { DescribeServicesCommand, ECSClient, type Service, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { labelOf, SecretSwitch } from '../../../../lib/consolidate/aws/endpoint-switch';
import type { Side } from '../../../../lib/consolidate/phases';
import { fakePatience } from './clock';

const secrets = mockClient(SecretsManagerClient);
const ecs = mockClient(ECSClient);
const servers = { source: { host: 'plain.example', port: 5432 }, target: { host: 'encrypted.example', port: 5432 } };
const urlOf = (side: Side, password = 'first') => `postgresql://app:${password}@${servers[side].host}:5432/huntaze`;
let patience = fakePatience();

const endpoint = (services: { cluster: string; name: string }[] = []) =>
  new SecretSwitch({
    clients: {
      secrets: new SecretsManagerClient({ region: 'us-east-1' }),
      ecs: new ECSClient({ region: 'us-east-1' }),
    },
    secret: 'huntaze/database',
    servers: async (side) => servers[side],
    services,
    reach: async () => [],
    patience,
  });

/** A secret as Secrets Manager keeps one: versions, and labels that are on one version each. */
class FakeSecret {
  readonly versions = new Map<string, string>();
  readonly labels = new Map<string, string>();
  changed = new Date('2026-11-24T12:00:00Z');
  puts = 0;

  constructor(text: string) {
    this.versions.set('v1', text);
    this.labels.set('AWSCURRENT', 'v1');
    secrets.on(GetSecretValueCommand).callsFake(({ VersionStage = 'AWSCURRENT' }) => {
      const id = this.labels.get(VersionStage);
      if (id === undefined) throw Object.assign(new Error('no such version'), { name: 'ResourceNotFoundException' });
      return { VersionId: id, SecretString: this.versions.get(id) };
    });
    secrets.on(DescribeSecretCommand).callsFake(() => ({
      LastChangedDate: this.changed,
      VersionIdsToStages: Object.fromEntries(
        [...this.versions.keys()].map((id) => [
          id,
          [...this.labels].flatMap(([label, on]) => (on === id ? [label] : [])),
        ]),
      ),
    }));
    secrets.on(PutSecretValueCommand).callsFake(({ ClientRequestToken, SecretString, VersionStages }) => {
      this.puts += 1;
      const known = this.versions.get(ClientRequestToken);
      if (known !== undefined && known !== SecretString) {
        throw Object.assign(new Error('the token is taken'), { name: 'ResourceExistsException' });
      }
      this.versions.set(ClientRequestToken, SecretString);
      for (const label of VersionStages) this.labels.set(label, ClientRequestToken);
      return { VersionId: ClientRequestToken };
    });
    secrets.on(UpdateSecretVersionStageCommand).callsFake(({ VersionStage, MoveToVersionId, RemoveFromVersionId }) => {
      const on = this.labels.get(VersionStage);
      if (on !== undefined && on !== MoveToVersionId && on !== RemoveFromVersionId) {
        throw Object.assign(new Error('attached to another version'), { name: 'InvalidParameterException' });
      }
      this.labels.set(VersionStage, MoveToVersionId);
      return {};
    });
  }

  get current(): string | undefined {
    return this.versions.get(this.labels.get('AWSCURRENT') ?? '');
  }
}

beforeEach(() => {
  secrets.reset();
  ecs.reset();
  patience = fakePatience();
});

describe('current', () => {
  test.each<[string, string, Side | 'elsewhere']>([
    ['the source', urlOf('source'), 'source'],
    ['the target', urlOf('target'), 'target'],
    ['another host', 'postgresql://a:b@other/huntaze', 'elsewhere'],
    ['another port', urlOf('source').replace('5432', '6432'), 'elsewhere'],
  ])('%s', async (_, text, expected) => {
    new FakeSecret(text);
    expect(await endpoint().current()).toBe(expected);
  });
});

describe('point', () => {
  test('moves host and port only, and keeps a labelled version of each side', async () => {
    const secret = new FakeSecret(urlOf('source'));
    const evidence = await endpoint().point('target');
    expect(secret.current).toBe(urlOf('target'));
    expect(secret.versions.get(secret.labels.get(labelOf('source')) ?? '')).toBe(urlOf('source'));
    expect(evidence).toMatchObject({ changed: true, before: 'v1' });
    expect(JSON.stringify(evidence)).not.toContain('first');
  });

  test('there already: nothing is written', async () => {
    const secret = new FakeSecret(urlOf('target'));
    expect(await endpoint().point('target')).toMatchObject({ changed: false });
    expect(secret.puts).toBe(0);
  });

  test('there and back and there: the versions of the first time serve again', async () => {
    const secret = new FakeSecret(urlOf('source'));
    await endpoint().point('target');
    await endpoint().point('source');
    expect(secret.labels.get('AWSCURRENT')).toBe('v1');
    await endpoint().point('target');
    expect([secret.puts, secret.versions.size, secret.current]).toEqual([1, 2, urlOf('target')]);
  });

  test('a password that changed on the target goes back with it', async () => {
    const secret = new FakeSecret(urlOf('source'));
    await endpoint().point('target');
    secret.versions.set('v9', urlOf('target', 'second'));
    secret.labels.set('AWSCURRENT', 'v9');
    await endpoint().point('source');
    expect(secret.current).toBe(urlOf('source', 'second'));
  });

  test.each([
    ['before the version was made', PutSecretValueCommand, 0],
    ['after it was made, before the label moved', UpdateSecretVersionStageCommand, 1],
  ])('died %s: the second run ends in the same state', async (_, command, calls) => {
    const secret = new FakeSecret(urlOf('source'));
    // The first label that is moved keeps the old version; the second is AWSCURRENT.
    let seen = 0;
    const send = SecretsManagerClient.prototype.send;
    const dying = jest.spyOn(SecretsManagerClient.prototype, 'send').mockImplementation(function (
      this: SecretsManagerClient,
      ...args: unknown[]
    ) {
      if (args[0] instanceof command && seen++ === calls) throw new Error('killed');
      return Reflect.apply(send, this, args);
    } as never);
    await expect(endpoint().point('target')).rejects.toThrow('killed');
    dying.mockRestore();
    expect(secret.current).toBe(urlOf('source'));
    await endpoint().point('target');
    expect([secret.current, secret.versions.size]).toEqual([urlOf('target'), 2]);
  });

  test('somebody else writes in between: refused, and theirs stays', async () => {
    const secret = new FakeSecret(urlOf('source'));
    secrets.on(PutSecretValueCommand).callsFake(({ ClientRequestToken, SecretString }) => {
      secret.versions.set(ClientRequestToken, SecretString);
      secret.versions.set('theirs', urlOf('source', 'rotated'));
      secret.labels.set('AWSCURRENT', 'theirs');
      return { VersionId: ClientRequestToken };
    });
    await expect(endpoint().point('target')).rejects.toMatchObject({
      code: 'entry-check',
      message: expect.stringContaining('written by somebody else'),
    });
    expect(secret.current).toBe(urlOf('source', 'rotated'));
  });

  test('elsewhere: refused before anything is written', async () => {
    const secret = new FakeSecret('postgresql://a:b@other/huntaze');
    await expect(endpoint().point('target')).rejects.toThrow('points at neither of the two servers');
    expect([secret.puts, secret.labels.size]).toEqual([0, 1]);
  });

  test('no token is made from a password: both give the same', async () => {
    const tokens: unknown[] = [];
    for (const password of ['first', 'second']) {
      secrets.reset();
      const secret = new FakeSecret(urlOf('source', password));
      await endpoint().point('target');
      tokens.push(secret.labels.get('AWSCURRENT'));
    }
    expect(tokens[0]).toBe(tokens[1]);
    expect(tokens[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('redeploy', () => {
  const names = [{ cluster: 'c', name: 'api' }];
  const before = new Date('2026-11-24T11:00:00Z');
  const after = new Date('2026-11-24T12:00:05Z');
  const primary = (id: string, createdAt: Date, change: object = {}) => ({
    id,
    status: 'PRIMARY',
    createdAt,
    runningCount: 2,
    rolloutState: 'COMPLETED' as const,
    ...change,
  });
  const old = { ...primary('old', before), status: 'ACTIVE' };
  const service = (deployments: object[], change: object = {}): Service => ({
    status: 'ACTIVE',
    desiredCount: 2,
    runningCount: 2,
    deployments,
    ...change,
  });
  const shows = (...looks: Service[]) => {
    const chain = ecs.on(DescribeServicesCommand);
    for (const look of looks.slice(0, -1)) chain.resolvesOnce({ services: [look] });
    chain.resolves({ services: looks.slice(-1) });
  };
  const forced = () => ecs.commandCalls(UpdateServiceCommand).map(({ args: [{ input }] }) => input);
  beforeEach(() => {
    new FakeSecret(urlOf('target'));
  });

  test('forces a new deployment and waits until nothing of the old one is left', async () => {
    const rolling = primary('new', after, { rolloutState: 'IN_PROGRESS', runningCount: 0 });
    shows(
      service([primary('old', before)]),
      service([rolling, old], { runningCount: 2 }),
      service([{ ...rolling, runningCount: 2 }, old], { runningCount: 4 }),
      service([primary('new', after)]),
    );
    ecs.on(UpdateServiceCommand).resolves({ service: service([rolling, old]) });
    expect(await endpoint(names).redeploy()).toEqual({ deployments: { 'c/api': 'new' } });
    expect(forced()).toEqual([{ cluster: 'c', service: 'api', forceNewDeployment: true }]);
    expect(patience.slept()).toBe(2);
  });

  test('begun by a run that died after the switch: followed, not repeated', async () => {
    shows(service([primary('new', after)]));
    expect(await endpoint(names).redeploy()).toEqual({ deployments: { 'c/api': 'new' } });
    expect(forced()).toEqual([]);
  });

  test('a deployment that is steady but older than the switch has read the old secret', async () => {
    shows(service([primary('old', before)]), service([primary('new', after)]));
    ecs.on(UpdateServiceCommand).resolves({ service: service([primary('new', after), old]) });
    await endpoint(names).redeploy();
    expect(forced()).toHaveLength(1);
  });

  test('rolled back by the circuit breaker: an error with the reason, not a success', async () => {
    shows(
      service([primary('old', before)]),
      service([
        primary('back', after),
        {
          ...primary('new', after),
          status: 'ACTIVE',
          rolloutState: 'FAILED',
          rolloutStateReason: 'tasks failed to start',
        },
      ]),
    );
    ecs.on(UpdateServiceCommand).resolves({ service: service([primary('new', after)]) });
    await expect(endpoint(names).redeploy()).rejects.toMatchObject({
      code: 'entry-check',
      message: 'The deployment new of c/api failed, got: tasks failed to start.',
    });
  });

  test('a service that wants no task is done when its deployment is the only one', async () => {
    const none = { runningCount: 0 };
    shows(service([primary('new', after, none)], { desiredCount: 0, runningCount: 0 }));
    expect(await endpoint(names).redeploy()).toEqual({ deployments: { 'c/api': 'new' } });
  });

  test('never steady: gives up with what was missing', async () => {
    shows(service([primary('new', after, { runningCount: 1, rolloutState: 'IN_PROGRESS' })], { runningCount: 1 }));
    await expect(endpoint(names).redeploy()).rejects.toThrow(
      'deployment of c/api: not complete within 60 s; 1 of 2 tasks run.',
    );
  });

  test('a service that is not there is named', async () => {
    ecs.on(DescribeServicesCommand).resolves({ services: [], failures: [{ reason: 'MISSING' }] });
    await expect(endpoint(names).redeploy()).rejects.toMatchObject({
      code: 'bad-input',
      message: 'There is no service of that name in cluster c, got: api.',
    });
  });

  test('no service: nothing to do', async () => {
    expect(await endpoint().redeploy()).toEqual({ deployments: {} });
  });
});
