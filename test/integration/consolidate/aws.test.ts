import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient, CreateStackCommand, GetStackPolicyCommand } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchClient,
  GetMetricStatisticsCommand,
  PutMetricAlarmCommand,
  type Statistic,
} from '@aws-sdk/client-cloudwatch';
import { CreateTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import {
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  type DBInstance,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  ModifyDBParameterGroupCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type ConsolidationClients, consolidationClients } from '../../../lib/consolidate/aws/clients';
import { protectingPolicy, stackPolicyGuard } from '../../../lib/consolidate/aws/deploy-guard';
import { labelOf } from '../../../lib/consolidate/aws/endpoint-switch';
import { followTask, runningTask, startTask } from '../../../lib/consolidate/aws/run-task';
import { cloudWatchTelemetry } from '../../../lib/consolidate/aws/telemetry';
import { awsWorld } from '../../../lib/consolidate/aws/world';
import { type Side, sides } from '../../../lib/consolidate/phases';
import { StateConflictError, type World } from '../../../lib/consolidate/ports';
import { consolidationAlarms } from '../../../lib/estate/alarms';
import {
  consolidationMetrics,
  consolidationPair,
  consolidationTable,
  consolidationTask,
  ownParameterGroup,
  parametersOf,
  replicationParameters,
} from '../../../lib/estate/consolidation';
import { securityGroups } from '../../../lib/estate/network';
import type { AccountSettings } from '../../../lib/estate/settings';
import { databaseSecret, masterPasswordSecret } from '../../../lib/estate/support';
import { type Emulator, startEmulator } from '../../../lib/rehearsal/emulator';
import { projectRoot, settingsWith } from '../../support/estate';
import { newState } from '../../unit/consolidate/aws/state';

jest.setTimeout(120_000);

const service = { cluster: 'huntaze-cluster', name: 'api' };
const base = settingsWith({ consolidationPhase: 'prepare' });
const settings: AccountSettings = {
  ...base,
  databases: { ...base.databases, consolidation: { ...base.databases.consolidation, services: [service] } },
};
const parameters = {
  maxReplicationSlots: replicationParameters.max_replication_slots,
  maxWalSenders: replicationParameters.max_wal_senders,
  maxLogicalReplicationWorkers: replicationParameters.max_logical_replication_workers,
  maxWorkerProcesses: replicationParameters.max_worker_processes,
  maxSlotWalKeepSizeMb: replicationParameters.max_slot_wal_keep_size,
};
const patience = { everyMs: 20, limitMs: 20_000 };

let emulator: Emulator;
let clients: ConsolidationClients;
let world: World;
/** Instances that were restarted. */
const restarted = new Set<string>();

beforeAll(async () => {
  emulator = await startEmulator({
    account: settings.account,
    region: settings.region,
    directory: join(projectRoot, '.rehearsal', 'test'),
    projectRoot,
  });
  const options = emulator.clientOptions();
  clients = { ...consolidationClients(options), rds: completed(new RDSClient(options)) };
  const group = await seedNetwork(new EC2Client(options));
  await seedInstances(new RDSClient(options), group);
  await Promise.all([
    seedSecrets(new SecretsManagerClient(options)),
    seedService(new ECSClient(options)),
    seedAlarms(new CloudWatchClient(options)),
    new DynamoDBClient(options).send(
      new CreateTableCommand({
        TableName: consolidationTable.name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: consolidationTable.key, AttributeType: 'S' }],
        KeySchema: [{ AttributeName: consolidationTable.key, KeyType: 'HASH' }],
      }),
    ),
  ]);
  const certificatesFile = join(emulator.directory, 'authorities.pem');
  writeFileSync(certificatesFile, 'authorities');
  world = await awsWorld({ settings, clients, certificatesFile, patience });
});

afterAll(async () => {
  await emulator?.stop();
  if (emulator !== undefined) rmSync(emulator.directory, { recursive: true, force: true });
});

const hostOf = (identifier: string): string => `${identifier}.c2ryoow8c5m4.us-east-1.rds.amazonaws.com`;

/**
 * Completes what the emulator leaves out: after a restart the parameters are in sync, and each instance has an address
 * of its own. Everything else is its own.
 */
function completed(rds: RDSClient): RDSClient {
  rds.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args);
      const { DBInstanceIdentifier: asked = '' } = args.input as { DBInstanceIdentifier?: string };
      if (context.commandName === 'RebootDBInstanceCommand') restarted.add(asked);
      for (const instance of (answer.output as { DBInstances?: DBInstance[] }).DBInstances ?? []) {
        const { DBInstanceIdentifier: identifier = '', DBInstanceStatus: status } = instance;
        if (instance.Endpoint) instance.Endpoint.Address = hostOf(identifier);
        if (!restarted.has(identifier) || status !== 'available') continue;
        for (const group of instance.DBParameterGroups ?? []) group.ParameterApplyStatus = 'in-sync';
      }
      return answer;
    },
    { step: 'initialize', name: 'completed' },
  );
  return rds;
}

async function seedNetwork(ec2: EC2Client): Promise<string> {
  const create = async (GroupName: string) => {
    const { GroupId = '' } = await ec2.send(
      new CreateSecurityGroupCommand({ GroupName, Description: GroupName, VpcId: settings.network.defaultVpcId }),
    );
    return GroupId;
  };
  const [database, functions] = [await create('database'), await create(securityGroups.functions.name)];
  await create(securityGroups.consolidation.name);
  const from = (GroupId: string) => ({
    IpProtocol: 'tcp',
    FromPort: 5432,
    ToPort: 5432,
    UserIdGroupPairs: [{ GroupId }],
  });
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: database, IpPermissions: [from(database)] }));
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: database, IpPermissions: [from(functions)] }));
  return database;
}

async function seedInstances(rds: RDSClient, group: string): Promise<void> {
  for (const side of sides) {
    const DBInstanceIdentifier = consolidationPair[side];
    const { name, family } = ownParameterGroup(DBInstanceIdentifier, settings.databases.engineVersion);
    await rds.send(
      new CreateDBParameterGroupCommand({
        DBParameterGroupName: name,
        DBParameterGroupFamily: family,
        Description: name,
      }),
    );
    const values = Object.entries(parametersOf(settings.databases.consolidation) ?? {});
    await rds.send(
      new ModifyDBParameterGroupCommand({
        DBParameterGroupName: name,
        Parameters: values.map(([ParameterName, ParameterValue]) => ({
          ParameterName,
          ParameterValue,
          ApplyMethod: 'pending-reboot',
        })),
      }),
    );
    await rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier,
        Engine: 'postgres',
        EngineVersion: settings.databases.engineVersion,
        DBInstanceClass: 'db.t3.micro',
        AllocatedStorage: 20,
        MasterUsername: 'postgres',
        MasterUserPassword: 'rehearsal-password',
        StorageEncrypted: side === 'target',
        VpcSecurityGroupIds: [group],
      }),
    );
    // What CloudFormation's change of the group leaves where the restart is still to come.
    await rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier, DBParameterGroupName: name }));
  }
}

async function seedSecrets(secrets: SecretsManagerClient): Promise<void> {
  const { host, port } = await new RDSClient(emulator.clientOptions())
    .send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: consolidationPair.source }))
    .then(({ DBInstances: [source] = [] }) => ({
      host: hostOf(consolidationPair.source),
      port: source?.Endpoint?.Port,
    }));
  await secrets.send(
    new CreateSecretCommand({ Name: databaseSecret, SecretString: `postgresql://app:word@${host}:${port}/huntaze` }),
  );
  await secrets.send(new CreateSecretCommand({ Name: masterPasswordSecret, SecretString: 'master-password' }));
}

async function seedService(ecs: ECSClient): Promise<void> {
  await ecs.send(new CreateClusterCommand({ clusterName: service.cluster }));
  for (const family of ['api', consolidationTask]) {
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [{ name: family === 'api' ? 'api' : 'estate', image: 'none', essential: true }],
      }),
    );
  }
  await ecs.send(
    new CreateServiceCommand({
      cluster: service.cluster,
      serviceName: service.name,
      taskDefinition: 'api',
      desiredCount: 1,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-other'] } },
    }),
  );
}

async function seedAlarms(cloudWatch: CloudWatchClient): Promise<void> {
  for (const { name, metric, threshold } of consolidationAlarms(settings)) {
    await cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName: name,
        Namespace: metric.namespace,
        MetricName: metric.metricName,
        Statistic: metric.statistic as Statistic,
        Period: metric.periodSeconds,
        EvaluationPeriods: 1,
        Threshold: threshold,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
  }
}

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
    expect(reach.get('service huntaze-cluster/api')).toBe('no');
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
  const cloudFormation = new CloudFormationClient(emulator.clientOptions());
  const StackName = 'huntaze-estate-data';
  const topic = { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'any' } };
  await cloudFormation.send(
    new CreateStackCommand({ StackName, TemplateBody: JSON.stringify({ Resources: { Topic: topic } }) }),
  );
  const guard = stackPolicyGuard(clients.cloudFormation);
  expect(await guard.state()).toBe('admitted');
  await guard.forbid();
  expect(await guard.state()).toBe('forbidden');
  await guard.admit();
  const { StackPolicyBody } = await cloudFormation.send(new GetStackPolicyCommand({ StackName }));
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
