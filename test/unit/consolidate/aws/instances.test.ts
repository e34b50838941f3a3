import { CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateDBSnapshotCommand,
  type DBInstance,
  DescribeDBInstancesCommand,
  DescribeDBParametersCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  RDSClient,
  RebootDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { mockClient } from 'aws-sdk-client-mock';
import { instanceFacts, unsettled } from '../../../../lib/consolidate/aws/instance-facts';
import { RdsInstances } from '../../../../lib/consolidate/aws/instances';
import type { ReplicationParameters } from '../../../../lib/consolidate/ports';
import { fakePatience } from './clock';

const rds = mockClient(RDSClient);
const ec2 = mockClient(EC2Client);
const cloudWatch = mockClient(CloudWatchClient);
const options = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
const clients = {
  rds: new RDSClient(options),
  ec2: new EC2Client(options),
  cloudWatch: new CloudWatchClient(options),
};

const parameters: ReplicationParameters = {
  maxReplicationSlots: 20,
  maxWalSenders: 20,
  maxLogicalReplicationWorkers: 8,
  maxWorkerProcesses: 16,
  maxSlotWalKeepSizeMb: 4096,
};
const inGroup = [
  ['rds.logical_replication', '1'],
  ['max_replication_slots', '20'],
  ['max_wal_senders', '20'],
  ['max_logical_replication_workers', '8'],
  ['max_worker_processes', '16'],
  ['max_slot_wal_keep_size', '4096'],
];

const instance = (change: Partial<DBInstance> = {}, apply = 'in-sync'): DBInstance => ({
  DBInstanceIdentifier: 'plain',
  DBInstanceArn: 'arn:aws:rds:us-east-1:317805897534:db:plain',
  DBInstanceStatus: 'available',
  EngineVersion: '17.4',
  StorageEncrypted: false,
  Endpoint: { Address: 'plain.example', Port: 5432 },
  DeletionProtection: true,
  BackupRetentionPeriod: 7,
  AllocatedStorage: 20,
  PendingModifiedValues: {},
  DBParameterGroups: [{ DBParameterGroupName: 'plain-postgres17', ParameterApplyStatus: apply }],
  VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-db' }],
  ...change,
});

/** What RDS shows, look by look; the last one stays. */
function shows(...looks: readonly DBInstance[]): void {
  const chain = rds.on(DescribeDBInstancesCommand);
  for (const look of looks.slice(0, -1)) chain.resolvesOnce({ DBInstances: [look] });
  chain.resolves({ DBInstances: looks.slice(-1) });
}

const refused = (name: string) => Object.assign(new Error(`${name}: refused`), { name });

let patience = fakePatience();
const actions = () =>
  new RdsInstances({ clients, identifiers: { source: 'plain', target: 'encrypted' }, alarms: ['a', 'b'], patience });

beforeEach(() => {
  rds.reset();
  ec2.reset();
  cloudWatch.reset();
  patience = fakePatience();
});

/** What was sent to change something. */
const sent = () =>
  rds
    .calls()
    .filter(({ args: [command] }) => !command.constructor.name.startsWith('Describe'))
    .map(({ args: [command] }) => [command.constructor.name, command.input]);

describe('settled', () => {
  test.each<[string, DBInstance, string | undefined]>([
    ['in every respect', instance(), undefined],
    ['no pending values at all', instance({ PendingModifiedValues: undefined }), undefined],
    [
      'an empty list of log exports',
      instance({ PendingModifiedValues: { PendingCloudwatchLogsExports: { LogTypesToEnable: [] } } }),
      undefined,
    ],
    ['modifying', instance({ DBInstanceStatus: 'modifying' }), 'status modifying'],
    [
      'a class that waits',
      instance({ PendingModifiedValues: { DBInstanceClass: 'db.t3.small' } }),
      'pending DBInstanceClass',
    ],
    ['storage of zero', instance({ PendingModifiedValues: { AllocatedStorage: 0 } }), 'pending AllocatedStorage'],
    [
      'log exports that wait',
      instance({ PendingModifiedValues: { PendingCloudwatchLogsExports: { LogTypesToEnable: ['upgrade'] } } }),
      'pending PendingCloudwatchLogsExports',
    ],
    ['parameters applying', instance({}, 'applying'), 'parameters applying'],
    ['parameters pending a reboot', instance({}, 'pending-reboot'), 'parameters pending-reboot'],
  ])('%s', (_, given, expected) => {
    expect(unsettled(instanceFacts(given))).toBe(expected);
  });
});

describe('describe', () => {
  test('facts, with the storage that CloudWatch last saw', async () => {
    shows(instance({ KmsKeyId: 'key', StorageEncrypted: true, DBSubnetGroup: { VpcId: 'vpc-1' } }));
    cloudWatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [{ Id: 'free', Values: [12_000, 11_000] }] });
    expect(await actions().describe('source')).toEqual({
      identifier: 'plain',
      account: '317805897534',
      region: 'us-east-1',
      status: 'available',
      engineVersion: '17.4',
      encrypted: true,
      kmsKeyId: 'key',
      host: 'plain.example',
      port: 5432,
      publiclyAccessible: false,
      deletionProtection: true,
      parameterGroup: 'plain-postgres17',
      parameterApplyStatus: 'in-sync',
      pendingChanges: [],
      backupRetentionDays: 7,
      allocatedBytes: 20 * 1024 ** 3,
      freeBytes: 12_000,
      vpcId: 'vpc-1',
      securityGroupIds: ['sg-db'],
    });
  });

  test('an instance without metrics yet has no free storage, and none is made up', async () => {
    shows(instance());
    cloudWatch.on(GetMetricDataCommand).resolves({});
    expect(await actions().describe('source')).not.toHaveProperty('freeBytes');
  });

  test('an instance that is not there is named', async () => {
    rds.on(DescribeDBInstancesCommand).rejects(refused('DBInstanceNotFoundFault'));
    await expect(actions().describe('target')).rejects.toMatchObject({
      code: 'bad-input',
      message: 'There is no DB instance of that name (target), got: encrypted.',
    });
  });
});

describe('replication parameters', () => {
  const group = (values = inGroup) =>
    rds.on(DescribeDBParametersCommand).resolves({
      Parameters: values.map(([ParameterName, ParameterValue]) => ({ ParameterName, ParameterValue })),
    });

  test.each([
    ['in-sync', false],
    ['pending-reboot', true],
  ])('%s: reboot needed %p, and nothing is changed', async (status, rebootNeeded) => {
    group();
    shows(instance({}, status));
    expect(await actions().ensureReplicationParameters('source', parameters)).toEqual({ rebootNeeded });
    expect(sent()).toEqual([]);
  });

  test('right after the deploy the group is still being applied: waits, then says what is so', async () => {
    group();
    shows(instance(), instance({}, 'applying'), instance({}, 'applying'), instance({}, 'pending-reboot'));
    expect(await actions().ensureReplicationParameters('source', parameters)).toEqual({ rebootNeeded: true });
  });

  test('in-sync in one look, then pending: the first look was too early', async () => {
    group();
    shows(instance(), instance({}, 'in-sync'), instance({}, 'applying'), instance({}, 'pending-reboot'));
    expect(await actions().ensureReplicationParameters('source', parameters)).toEqual({ rebootNeeded: true });
  });

  test('the default group: says which deploy is missing, and attaches nothing behind CloudFormation', async () => {
    shows(
      instance({
        DBParameterGroups: [{ DBParameterGroupName: 'default.postgres17', ParameterApplyStatus: 'in-sync' }],
      }),
    );
    await expect(actions().ensureReplicationParameters('source', parameters)).rejects.toMatchObject({
      code: 'entry-check',
      message: 'plain must use the parameter group plain-postgres17, got: default.postgres17.',
      remedy: expect.stringContaining('databases.consolidation.phase'),
    });
    expect(sent()).toEqual([]);
  });

  test.each([
    ['rds.logical_replication', '0', 'rds.logical_replication = 0 (at least 1)'],
    ['max_replication_slots', '5', 'max_replication_slots = 5 (at least 20)'],
    ['max_slot_wal_keep_size', '-1', 'max_slot_wal_keep_size = -1 (4096)'],
    ['max_worker_processes', undefined, 'max_worker_processes = not set (at least 16)'],
  ])('%s = %s is refused', async (name, value, expected) => {
    group(
      inGroup.flatMap(([key = '', had = '']) =>
        key === name ? (value === undefined ? [] : [[key, value]]) : [[key, had]],
      ),
    );
    shows(instance());
    await expect(actions().ensureReplicationParameters('source', parameters)).rejects.toThrow(expected);
  });

  test('where the run wants no bound on slots, the bound of the group stands', async () => {
    group();
    shows(instance());
    const unbounded = { ...parameters, maxSlotWalKeepSizeMb: -1 };
    expect(await actions().ensureReplicationParameters('source', unbounded)).toEqual({ rebootNeeded: false });
  });

  test('more than wanted is as good', async () => {
    group(inGroup.map(([name = '', value = '']) => [name, name === 'max_wal_senders' ? '35' : value]));
    shows(instance());
    expect(await actions().ensureReplicationParameters('source', parameters)).toEqual({ rebootNeeded: false });
  });
});

describe('reboot', () => {
  test('available right after the call is not the end: waits for the restart to show and to pass', async () => {
    shows(
      ...[instance({}, 'pending-reboot'), instance({}, 'pending-reboot')],
      // RDS accepted the call and still shows the old facts.
      ...[instance({}, 'pending-reboot'), instance({ DBInstanceStatus: 'rebooting' }, 'pending-reboot')],
      instance(),
    );
    rds.on(RebootDBInstanceCommand).resolves({});
    await actions().reboot('source');
    expect(sent()).toEqual([['RebootDBInstanceCommand', { DBInstanceIdentifier: 'plain' }]]);
    expect(patience.messages).toEqual([
      'restart of plain: parameters pending-reboot',
      'restart of plain: status rebooting',
      'restart of plain: looking again',
    ]);
  });

  test('nothing pending: no restart', async () => {
    shows(instance());
    await actions().reboot('source');
    expect(sent()).toEqual([]);
  });

  test('another change is under way: asks again when it is over', async () => {
    shows(
      instance({}, 'pending-reboot'),
      instance({}, 'pending-reboot'),
      instance({ DBInstanceStatus: 'modifying' }, 'pending-reboot'),
      instance({}, 'pending-reboot'),
      instance(),
    );
    rds.on(RebootDBInstanceCommand).rejectsOnce(refused('InvalidDBInstanceState')).resolves({});
    await actions().reboot('source');
    expect(sent()).toHaveLength(2);
  });

  test('somebody else restarted it meanwhile: not a second time', async () => {
    shows(instance({}, 'pending-reboot'), instance({ DBInstanceStatus: 'rebooting' }, 'pending-reboot'), instance());
    await actions().reboot('source');
    expect(sent()).toEqual([]);
  });

  test('the tool died after the call: a second run waits for the restart and starts no other', async () => {
    shows(
      instance({ DBInstanceStatus: 'rebooting' }, 'pending-reboot'),
      instance({ DBInstanceStatus: 'rebooting' }, 'pending-reboot'),
      instance(),
    );
    await actions().reboot('source');
    expect(sent()).toEqual([]);
  });

  test('a change that waits for the maintenance window is not let in with it', async () => {
    shows(instance({ PendingModifiedValues: { EngineVersion: '17.9' } }, 'pending-reboot'));
    await expect(actions().reboot('source')).rejects.toMatchObject({
      code: 'entry-check',
      message: 'plain has changes that wait for its maintenance window, got: EngineVersion.',
    });
    expect(sent()).toEqual([]);
  });

  test('an instance that does not come back is told at once, not after the whole wait', async () => {
    shows(
      instance({}, 'pending-reboot'),
      instance({}, 'pending-reboot'),
      instance({ DBInstanceStatus: 'incompatible-parameters' }),
    );
    rds.on(RebootDBInstanceCommand).resolves({});
    await expect(actions().reboot('source')).rejects.toMatchObject({
      message: 'plain does not become available by itself, got: status incompatible-parameters.',
      remedy: expect.stringContaining('correct the group'),
    });
  });

  test('never in sync: gives up, with what was missing', async () => {
    shows(instance({}, 'applying'));
    await expect(actions().reboot('source')).rejects.toMatchObject({
      code: 'out-of-time',
      message: 'restart of plain: not complete within 60 s; parameters applying.',
    });
    expect(patience.slept()).toBe(60);
  });
});

describe('protection', () => {
  test('switched on alone: no other change that waits comes with it, and it is seen before it counts', async () => {
    shows(instance({ DeletionProtection: false }), instance({ DeletionProtection: false }), instance());
    rds.on(ModifyDBInstanceCommand).resolves({});
    await actions().protect('source');
    expect(sent()).toEqual([
      ['ModifyDBInstanceCommand', { DBInstanceIdentifier: 'plain', DeletionProtection: true, ApplyImmediately: false }],
    ]);
  });

  test('on already: nothing is sent', async () => {
    shows(instance());
    await actions().protect('source');
    expect(sent()).toEqual([]);
  });
});

describe('snapshot', () => {
  const snapshot = (Status: string, change: object = {}) => ({
    DBSnapshots: [
      {
        DBSnapshotIdentifier: 'snap',
        DBInstanceIdentifier: 'plain',
        SnapshotType: 'manual',
        Status,
        Encrypted: false,
        SnapshotCreateTime: new Date('2026-11-24T00:00:00Z'),
        ...change,
      },
    ],
  });
  const facts = {
    identifier: 'snap',
    instance: 'plain',
    kind: 'manual',
    status: 'available',
    encrypted: false,
    createdAt: '2026-11-24T00:00:00.000Z',
  };

  test('taken, and waited for', async () => {
    shows(instance());
    rds
      .on(DescribeDBSnapshotsCommand)
      .rejectsOnce(refused('DBSnapshotNotFound'))
      .rejectsOnce(refused('DBSnapshotNotFound'))
      .resolvesOnce(snapshot('creating'))
      .resolves(snapshot('available'));
    rds.on(CreateDBSnapshotCommand).resolves({});
    expect(await actions().ensureSnapshot('source', 'snap')).toEqual(facts);
    expect(sent()).toEqual([
      ['CreateDBSnapshotCommand', { DBInstanceIdentifier: 'plain', DBSnapshotIdentifier: 'snap' }],
    ]);
  });

  test('begun by a run that died: only waited for', async () => {
    rds.on(DescribeDBSnapshotsCommand).resolvesOnce(snapshot('creating')).resolves(snapshot('available'));
    expect(await actions().ensureSnapshot('source', 'snap')).toEqual(facts);
    expect(sent()).toEqual([]);
  });

  test('made by an earlier try whose answer was lost: taken as it is', async () => {
    shows(instance());
    rds.on(DescribeDBSnapshotsCommand).rejectsOnce(refused('DBSnapshotNotFoundFault')).resolves(snapshot('available'));
    rds.on(CreateDBSnapshotCommand).rejects(refused('DBSnapshotAlreadyExists'));
    expect(await actions().ensureSnapshot('source', 'snap')).toEqual(facts);
  });

  test('an instance under change: waits until it can be taken', async () => {
    shows(instance({ DBInstanceStatus: 'backing-up' }), instance());
    rds.on(DescribeDBSnapshotsCommand).rejectsOnce(refused('DBSnapshotNotFound')).resolves(snapshot('available'));
    rds.on(CreateDBSnapshotCommand).rejectsOnce(refused('InvalidDBInstanceState')).resolves({});
    await actions().ensureSnapshot('source', 'snap');
    expect(sent()).toHaveLength(2);
  });

  test.each([
    ['of another instance', { DBInstanceIdentifier: 'other' }, 'got: a manual one of other'],
    ['an automated one', { SnapshotType: 'automated' }, 'got: a automated one of plain'],
  ])('%s under that name is refused', async (_, change, message) => {
    rds.on(DescribeDBSnapshotsCommand).resolves(snapshot('available', change));
    await expect(actions().ensureSnapshot('source', 'snap')).rejects.toThrow(message);
  });

  test('failed: says so, and what to do', async () => {
    rds.on(DescribeDBSnapshotsCommand).resolves(snapshot('failed'));
    await expect(actions().ensureSnapshot('source', 'snap')).rejects.toMatchObject({ code: 'snapshot-missing' });
  });

  test('one that is not there is undefined, any other error is an error', async () => {
    rds.on(DescribeDBSnapshotsCommand).rejectsOnce(refused('DBSnapshotNotFound')).rejects(refused('AccessDenied'));
    expect(await actions().describeSnapshot('snap')).toBeUndefined();
    await expect(actions().describeSnapshot('snap')).rejects.toThrow('AccessDenied');
  });
});

describe('network path', () => {
  const groups = (source: object, target: object) =>
    ec2.on(DescribeSecurityGroupsCommand).resolves({
      SecurityGroups: [
        { GroupId: 'sg-s', IpPermissions: [source] },
        { GroupId: 'sg-t', IpPermissions: [target] },
      ],
    });
  const rule = (GroupId: string, port = 5432) => ({
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    UserIdGroupPairs: [{ GroupId }],
  });
  beforeEach(() => {
    rds.on(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'plain' }).resolves({
      DBInstances: [instance({ VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-s' }] })],
    });
    rds.on(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'encrypted' }).resolves({
      DBInstances: [
        instance({ DBInstanceIdentifier: 'encrypted', VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-t' }] }),
      ],
    });
  });

  test('each admits the other', async () => {
    groups(rule('sg-t'), { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-s' }] });
    expect(await actions().ensureNetworkPath()).toEqual({ source: 'sg-s', target: 'sg-t' });
  });

  test.each([
    ['one way only', rule('sg-t'), {}, 'encrypted'],
    ['another port', rule('sg-t', 5433), rule('sg-s'), 'plain'],
    [
      'addresses instead of groups',
      { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
      rule('sg-s'),
      'plain',
    ],
  ])('%s: says which deploy is missing', async (_, source, target, closed) => {
    groups(source, target);
    await expect(actions().ensureNetworkPath()).rejects.toMatchObject({
      message: `No security group lets the other instance reach: ${closed}.`,
      remedy: expect.stringContaining('deploy the network stack'),
    });
  });
});

describe('alarms', () => {
  test.each<[string, object[], RegExp | undefined]>([
    [
      'all there',
      [
        { AlarmName: 'a', ActionsEnabled: true },
        { AlarmName: 'b', ActionsEnabled: true },
      ],
      undefined,
    ],
    ['one missing', [{ AlarmName: 'a', ActionsEnabled: true }], /Alarms are missing: b\./],
    [
      'one switched off',
      [{ AlarmName: 'a', ActionsEnabled: false }, { AlarmName: 'b' }],
      /Alarms are switched off: a\./,
    ],
  ])('%s', async (_, MetricAlarms, refusal) => {
    cloudWatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms });
    const found = actions().ensureAlarms();
    if (refusal) await expect(found).rejects.toThrow(refusal);
    else expect(await found).toEqual({ alarms: 2 });
  });
});

test('no call names Performance Insights, a key, storage or an identifier anew', async () => {
  shows(instance({ DeletionProtection: false }, 'pending-reboot'), instance({}, 'pending-reboot'), instance());
  rds.on(ModifyDBInstanceCommand).resolves({});
  rds.on(RebootDBInstanceCommand).resolves({});
  await actions().protect('source');
  const names = sent().flatMap(([, input]) => Object.keys(input as object));
  expect(names.filter((name) => /Performance|Kms|Storage|New|Backup|Master/.test(name))).toEqual([]);
});
