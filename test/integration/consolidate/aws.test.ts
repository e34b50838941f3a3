import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetStackPolicyCommand } from '@aws-sdk/client-cloudformation';
import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeServicesCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { DescribeDBInstancesCommand, DescribeDBSnapshotsCommand } from '@aws-sdk/client-rds';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { type ConsolidationClients, consolidationClients } from '../../../lib/consolidate/aws/clients';
import { stackPolicyGuard } from '../../../lib/consolidate/aws/deploy-guard';
import { labelOf } from '../../../lib/consolidate/aws/endpoint-switch';
import { followTask, runningTask, startTask } from '../../../lib/consolidate/aws/run-task';
import { cloudWatchTelemetry } from '../../../lib/consolidate/aws/telemetry';
import { awsWorld } from '../../../lib/consolidate/aws/world';
import { type Side, sides } from '../../../lib/consolidate/phases';
import { StateConflictError, type World } from '../../../lib/consolidate/ports';
import { embeddedService, embeddedSettings, seedAccount } from '../../../lib/consolidate/rehearsal/embedded/account';
import type { Machines } from '../../../lib/consolidate/rehearsal/embedded/machines';
import { rehearsedRds } from '../../../lib/consolidate/rehearsal/embedded/rds';
import { replicationParameters } from '../../../lib/consolidate/survey';
import { consolidationMetrics, consolidationPair, consolidationTable } from '../../../lib/estate/consolidation';
import { dataStackName, protectingPolicy } from '../../../lib/estate/stack-policy';
import { databaseSecret } from '../../../lib/estate/support';
import { type Emulator, startEmulator } from '../../../lib/rehearsal/emulator';
import { projectRoot } from '../../support/estate';
import { newState } from '../../unit/consolidate/aws/state';

jest.setTimeout(120_000);

const service = embeddedService;
const settings = embeddedSettings();
const parameters = replicationParameters;
const patience = { everyMs: 20, limitMs: 20_000 };

let emulator: Emulator;
let clients: ConsolidationClients;
let world: World;
const hostOf = (identifier: string): string => `${identifier}.c2ryoow8c5m4.us-east-1.rds.amazonaws.com`;

/** Nothing stands behind these instances: what the rehearsal's servers would do has happened as soon as it is asked for. */
function noMachines(): Machines {
  const restarted = new Set<string>();
  const nothing = async () => undefined;
  return {
    look: async (instance) => ({
      host: hostOf(instance),
      port: 5432,
      state: restarted.has(instance) ? 'restarted' : 'running',
    }),
    restart: async (instance) => void restarted.add(instance),
    snapshot: nothing,
    copySnapshot: nothing,
    originOf: async () => null,
    restore: nothing,
    log: async () => '',
  };
}

beforeAll(async () => {
  emulator = await startEmulator({
    account: settings.account,
    region: settings.region,
    directory: join(projectRoot, '.rehearsal', 'test'),
    projectRoot,
  });
  const options = emulator.clientOptions();
  clients = { ...consolidationClients(options), rds: rehearsedRds(options, noMachines()) };
  await seedAccount(options, settings, {
    applicationSecret: `postgresql://app:word@${hostOf(consolidationPair.source)}:5432/huntaze`,
    masterPassword: 'master-password',
  });
  const certificatesFile = join(emulator.directory, 'authorities.pem');
  writeFileSync(certificatesFile, 'authorities');
  world = await awsWorld({ settings, clients, certificatesFile, patience });
});

afterAll(async () => {
  await emulator?.stop();
  if (emulator !== undefined) rmSync(emulator.directory, { recursive: true, force: true });
});

const described = async (side: Side) => {
  const { DBInstances: [found] = [] } = await clients.rds.send(
    new DescribeDBInstancesCommand({ DBInstanceIdentifier: consolidationPair[side] }),
  );
  return found;
};
const secretNow = async () =>
  (await clients.secrets.send(new GetSecretValueCommand({ SecretId: databaseSecret }))).SecretString ?? '';

describe('instances', () => {
  test('facts come from the account', async () => {
    expect(await world.instances.describe('target')).toMatchObject({
      identifier: consolidationPair.target,
      account: settings.account,
      region: settings.region,
      encrypted: true,
      engineVersion: '17.4',
      parameterApplyStatus: 'pending-reboot',
    });
  });

  test.each(sides)(
    '%s: parameters ask for a restart, the restart settles them, and a second time there is nothing to do',
    async (side) => {
      const { instances } = world;
      expect(await instances.ensureReplicationParameters(side, parameters)).toEqual({ rebootNeeded: true });
      await instances.reboot(side);
      expect(await described(side)).toMatchObject({ DBInstanceStatus: 'available' });
      expect(await instances.ensureReplicationParameters(side, parameters)).toEqual({ rebootNeeded: false });
      await instances.reboot(side);
    },
  );

  test('protection, once and again', async () => {
    await world.instances.protect('source');
    await world.instances.protect('source');
    expect(await described('source')).toMatchObject({ DeletionProtection: true });
  });

  test('a snapshot is taken once, whoever asks how often', async () => {
    const name = 'consolidation-test-target';
    const [one, two] = [
      await world.instances.ensureSnapshot('target', name),
      await world.instances.ensureSnapshot('target', name),
    ];
    expect(one).toMatchObject({ identifier: name, status: 'available', kind: 'manual', encrypted: true });
    expect(two).toEqual(one);
    const { DBSnapshots = [] } = await clients.rds.send(
      new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: consolidationPair.target }),
    );
    expect(DBSnapshots).toHaveLength(1);
    await expect(world.instances.ensureSnapshot('source', name)).rejects.toMatchObject({ code: 'entry-check' });
    expect(await world.instances.describeSnapshot('nobody-made-it')).toBeUndefined();
  });

  test('path and alarms are there', async () => {
    expect(Object.keys(await world.instances.ensureNetworkPath())).toEqual(['source', 'target']);
    expect(await world.instances.ensureAlarms()).toEqual({ alarms: 9 });
  });
});

describe('the switch', () => {
  test('there, back and there again, through versions of one secret', async () => {
    const before = await secretNow();
    expect(await world.endpoint.current()).toBe('source');
    await world.endpoint.point('target');
    expect(await world.endpoint.current()).toBe('target');
    expect(await secretNow()).toMatch(/^postgresql:\/\/app:word@/);
    await world.endpoint.point('source');
    expect(await secretNow()).toBe(before);
    const { VersionId } = await clients.secrets.send(
      new GetSecretValueCommand({ SecretId: databaseSecret, VersionStage: labelOf('source') }),
    );
    const current = await clients.secrets.send(new GetSecretValueCommand({ SecretId: databaseSecret }));
    expect(current.VersionId).toBe(VersionId);
    await world.endpoint.point('target');
    expect(await world.endpoint.point('target')).toMatchObject({ changed: false });
  });

  test('services are deployed anew, and a second run follows that deployment instead of another one', async () => {
    // The emulator's times are whole seconds: a deployment in the second of the switch counts as older.
    await sleep(1_100);
    const first = await world.endpoint.redeploy();
    const { services: [after] = [] } = await clients.ecs.send(
      new DescribeServicesCommand({ cluster: service.cluster, services: [service.name] }),
    );
    const ids = after?.deployments?.map(({ id }) => id);
    expect(first).toEqual({ deployments: { 'huntaze-cluster/api': ids?.[0] } });
    expect(ids).toHaveLength(1);
    expect(await world.endpoint.redeploy()).toEqual(first);
  });

  test('clients are told with their reasons', async () => {
    const reach = new Map((await world.endpoint.clients()).map(({ client, reachesTarget }) => [client, reachesTarget]));
    expect(reach.get('function huntaze-prisma-read')).toBe('yes');
    expect(reach.get('service huntaze-cluster/api')).toBe('yes');
    expect(reach.get('task ai-summarizer')).toBe('unknown');
  });
});

describe('credentials', () => {
  test('are read when they are needed', async () => {
    expect(await world.database('target')).toMatchObject({
      user: settings.databases.masterUsername,
      password: 'master-password',
      database: settings.databases.databaseName,
      ca: 'authorities',
    });
    expect(world.applicationRoles).toEqual(['app']);
  });

  test('of another account are refused before anything else is asked', async () => {
    const credentials = { accessKeyId: '111111111111', secretAccessKey: 'none' };
    const theirs = consolidationClients({ ...emulator.clientOptions(), credentials });
    await expect(awsWorld({ settings, clients: theirs })).rejects.toMatchObject({
      code: 'wrong-account',
      message: `The credentials must belong to account ${settings.account}, got: 111111111111.`,
    });
  });
});

describe('the state', () => {
  test('versions follow one another, and of two writers one is told', async () => {
    const { store } = world;
    expect(await store.read()).toBeUndefined();
    expect(await store.write(newState(), 0)).toBe(1);
    await expect(store.write(newState(), 0)).rejects.toThrow(StateConflictError);
    const seen = await store.read();
    expect(seen).toEqual({ state: newState(), version: 1 });
    const writers = await Promise.allSettled([
      store.write(newState({ epoch: 2, lease: { holder: 'one', expiresAt: '2026-11-24T13:00:00.000Z' } }), 1),
      store.write(newState({ epoch: 2, lease: { holder: 'two', expiresAt: '2026-11-24T13:00:00.000Z' } }), 1),
    ]);
    expect(writers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await store.read())?.version).toBe(2);
    // A runner that was overtaken holds an older epoch: even with the right version it cannot write.
    await expect(store.write(newState({ epoch: 1 }), 2)).rejects.toThrow(StateConflictError);
    // Another run begins anew.
    expect(await store.write(newState({ runId: 'c-20261125-120000-beef', epoch: 0 }), 2)).toBe(3);
  });

  test('what a person looks for stands beside the state', async () => {
    const seen = await world.store.read();
    await world.store.write(newState({ runId: 'c-20261125-120000-beef', deploysForbidden: 'why' }), seen?.version ?? 0);
    const { Item } = await clients.dynamo.send(
      new GetItemCommand({
        TableName: consolidationTable.name,
        Key: {
          [consolidationTable.key]: {
            S: `${settings.account}/us-east-1/${consolidationPair.source}/${consolidationPair.target}`,
          },
        },
      }),
    );
    expect(Item).toMatchObject({ runId: { S: 'c-20261125-120000-beef' }, deploysForbidden: { S: 'why' } });
  });
});

test('deploys of the data stack are forbidden and admitted by its stack policy', async () => {
  const guard = stackPolicyGuard(clients.cloudFormation);
  expect(await guard.state()).toBe('admitted');
  await guard.forbid();
  expect(await guard.state()).toBe('forbidden');
  await guard.admit();
  const { StackPolicyBody } = await clients.cloudFormation.send(
    new GetStackPolicyCommand({ StackName: dataStackName }),
  );
  expect(JSON.parse(StackPolicyBody ?? '')).toEqual(protectingPolicy);
});

test('readings arrive as the metric that the alarm watches', async () => {
  await cloudWatchTelemetry(clients.cloudWatch)({ heartbeatAgeSeconds: 7, lagBytes: 1 });
  const { namespace, heartbeatAge, dimensions } = consolidationMetrics;
  const now = Date.now();
  const { Datapoints = [] } = await clients.cloudWatch.send(
    new GetMetricStatisticsCommand({
      Namespace: namespace,
      MetricName: heartbeatAge,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      StartTime: new Date(now - 300_000),
      EndTime: new Date(now + 60_000),
      Period: 60,
      Statistics: ['Maximum'],
    }),
  );
  expect(Datapoints.map(({ Maximum }) => Maximum)).toEqual([7]);
});

test('the task is started once, found again, and followed to its end', async () => {
  const lines: string[] = [];
  const options = { clients, settings, print: (line: string) => lines.push(line), patience };
  const arn = await startTask(['status'], options);
  expect(await runningTask('run', options)).toBe(arn);
  await expect(startTask(['status'], options)).rejects.toMatchObject({ code: 'lease-held' });
  const followed = followTask(arn, options);
  await clients.ecs.send(new StopTaskCommand({ cluster: service.cluster, task: arn, reason: 'the test ends it' }));
  // Nothing runs in the emulator, so the container has no exit code of its own unless the emulator makes one up.
  await expect(
    followed.then(
      (code) => `exit code ${code}`,
      (error: Error) => error.message,
    ),
  ).resolves.toMatch(/^exit code \d+$|got: the test ends it|without an exit code/);
  expect(await runningTask('run', options)).toBeUndefined();
});
