import {
  CopyDBSnapshotCommand,
  type DBInstance,
  DescribeDBInstancesCommand,
  DescribeDBLogFilesCommand,
  DescribeDBSnapshotsCommand,
  DownloadDBLogFilePortionCommand,
  RDSClient,
  RestoreDBInstanceFromDBSnapshotCommand,
} from '@aws-sdk/client-rds';
import { mockClient } from 'aws-sdk-client-mock';
import { justBehind, rdsInstanceMaker, redoDoneAt } from '../../../../lib/consolidate/aws/another-instance';
import { fakePatience } from './clock';

const rds = mockClient(RDSClient);
const keyId = 'arn:aws:kms:us-east-1:317805897534:key/a82c2f5a';
const maker = () => rdsInstanceMaker({ rds: new RDSClient({ region: 'us-east-1' }), keyId, patience: fakePatience() });
const refused = (name: string) => Object.assign(new Error(name), { name });
const sent = () =>
  rds
    .calls()
    .filter(({ args: [command] }) => !/^(Describe|Download)/.test(command.constructor.name))
    .map(({ args: [command] }) => [command.constructor.name, command.input]);

beforeEach(() => rds.reset());

describe('the encrypted copy', () => {
  const copy = (Status: string, change: object = {}) => ({
    DBSnapshots: [
      {
        DBSnapshotIdentifier: 'to',
        DBInstanceIdentifier: 'plain',
        SnapshotType: 'manual',
        Status,
        Encrypted: true,
        KmsKeyId: keyId,
        ...change,
      },
    ],
  });

  test('is made under the key and waited for', async () => {
    rds
      .on(DescribeDBSnapshotsCommand)
      .rejectsOnce(refused('DBSnapshotNotFound'))
      .resolvesOnce(copy('creating', { PercentProgress: 12 }))
      .resolves(copy('available'));
    rds.on(CopyDBSnapshotCommand).resolves({});
    expect(await maker().copyEncrypted('from', 'to')).toMatchObject({ identifier: 'to', encrypted: true });
    expect(sent()).toEqual([
      [
        'CopyDBSnapshotCommand',
        { SourceDBSnapshotIdentifier: 'from', TargetDBSnapshotIdentifier: 'to', KmsKeyId: keyId, CopyTags: true },
      ],
    ]);
  });

  test.each([
    [
      'begun by a run that died',
      () => rds.on(DescribeDBSnapshotsCommand).resolvesOnce(copy('creating')).resolves(copy('available')),
      0,
    ],
    [
      'begun by a try whose answer was lost',
      () => {
        rds.on(DescribeDBSnapshotsCommand).rejectsOnce(refused('DBSnapshotNotFoundFault')).resolves(copy('available'));
        rds.on(CopyDBSnapshotCommand).rejects(refused('DBSnapshotAlreadyExists'));
      },
      1,
    ],
  ])('%s is taken as it is', async (_, arrange, calls) => {
    arrange();
    await maker().copyEncrypted('from', 'to');
    expect(sent()).toHaveLength(calls);
  });

  test.each([
    ['not encrypted', { Encrypted: false }, 'got: not encrypted.'],
    ['encrypted with another key', { KmsKeyId: 'arn:aws:kms:us-east-1:1:key/other' }, 'got: other.'],
  ])('one that is %s is refused', async (_, change, message) => {
    rds.on(DescribeDBSnapshotsCommand).resolves(copy('available', change));
    await expect(maker().copyEncrypted('from', 'to')).rejects.toMatchObject({
      code: 'not-encrypted',
      message: expect.stringContaining(message),
    });
  });

  test('one that failed is named', async () => {
    rds.on(DescribeDBSnapshotsCommand).resolves(copy('failed'));
    await expect(maker().copyEncrypted('from', 'to')).rejects.toMatchObject({ code: 'snapshot-missing' });
  });
});

describe('the restored instance', () => {
  const like: DBInstance = {
    DBInstanceIdentifier: 'encrypted',
    DBInstanceClass: 'db.t3.micro',
    AvailabilityZone: 'us-east-1d',
    EngineVersion: '17.4',
    DBSubnetGroup: { DBSubnetGroupName: 'default' },
    VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-db' }],
    StorageType: 'gp2',
    Endpoint: { Port: 5432 },
    EnabledCloudwatchLogsExports: ['postgresql'],
  };
  const restored = (change: Partial<DBInstance> = {}): DBInstance => ({
    DBInstanceIdentifier: 'new',
    DBInstanceStatus: 'available',
    StorageEncrypted: true,
    DeletionProtection: true,
    PubliclyAccessible: false,
    DBParameterGroups: [{ DBParameterGroupName: 'encrypted-postgres17', ParameterApplyStatus: 'in-sync' }],
    ...change,
  });
  const shows = (...looks: DBInstance[]) => {
    const chain = rds.on(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'new' });
    for (const look of looks.slice(0, -1)) chain.resolvesOnce({ DBInstances: [look] });
    chain.resolves({ DBInstances: looks.slice(-1) });
  };

  test('is like the encrypted one, protected, private, and settled before it counts', async () => {
    rds.on(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'encrypted' }).resolves({ DBInstances: [like] });
    rds
      .on(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'new' })
      .rejectsOnce(refused('DBInstanceNotFoundFault'))
      .resolvesOnce({ DBInstances: [restored({ DBInstanceStatus: 'creating' })] })
      .resolvesOnce({ DBInstances: [restored({ DBParameterGroups: [{ ParameterApplyStatus: 'pending-reboot' }] })] })
      .resolves({ DBInstances: [restored()] });
    rds.on(RestoreDBInstanceFromDBSnapshotCommand).resolves({});
    expect(await maker().restore('copy', 'new', 'encrypted')).toMatchObject({ identifier: 'new', encrypted: true });
    expect(sent()).toEqual([
      [
        'RestoreDBInstanceFromDBSnapshotCommand',
        {
          DBInstanceIdentifier: 'new',
          DBSnapshotIdentifier: 'copy',
          DBInstanceClass: 'db.t3.micro',
          AvailabilityZone: 'us-east-1d',
          DBSubnetGroupName: 'default',
          VpcSecurityGroupIds: ['sg-db'],
          DBParameterGroupName: 'encrypted-postgres17',
          StorageType: 'gp2',
          Port: 5432,
          EnableCloudwatchLogsExports: ['postgresql'],
          CopyTagsToSnapshot: true,
          DeletionProtection: true,
          MultiAZ: false,
          PubliclyAccessible: false,
        },
      ],
    ]);
  });

  test('is not restored a second time', async () => {
    shows(restored({ DBInstanceStatus: 'backing-up' }), restored({ DBInstanceStatus: 'backing-up' }), restored());
    await maker().restore('copy', 'new', 'encrypted');
    expect(sent()).toEqual([]);
  });

  test.each([
    ['plain', { StorageEncrypted: false }],
    ['public', { PubliclyAccessible: true }],
    ['unprotected', { DeletionProtection: false }],
  ])("of that name but %s is somebody else's: refused", async (_, change) => {
    shows(restored(change));
    await expect(maker().restore('copy', 'new', 'encrypted')).rejects.toThrow(
      'must be encrypted, protected and not public',
    );
  });

  test('that cannot come up is told at once', async () => {
    shows(restored({ DBInstanceStatus: 'incompatible-restore' }));
    await expect(maker().restore('copy', 'new', 'encrypted')).rejects.toThrow('got: status incompatible-restore');
  });
});

describe('where the copy begins', () => {
  const log = `2026-11-24 12:00:00 UTC::@:[21]:LOG:  redo starts at 1A/FFFFFF00
2026-11-24 12:00:01 UTC::@:[21]:LOG:  redo done at 1A/FFFFFFFF system usage: CPU: user: 0.00 s`;

  test('is what the server says of its replay, in the first log that says it', async () => {
    rds.on(DescribeDBLogFilesCommand).resolves({
      DescribeDBLogFiles: [{ LogFileName: 'error/postgresql.log.2' }, { LogFileName: 'error/postgresql.log.1' }],
    });
    rds
      .on(DownloadDBLogFilePortionCommand, { LogFileName: 'error/postgresql.log.1' })
      .resolves({ LogFileData: 'nothing' });
    rds.on(DownloadDBLogFilePortionCommand, { LogFileName: 'error/postgresql.log.2' }).resolves({ LogFileData: log });
    expect(await maker().replayedUpTo('new')).toBe('1A/FFFFFFFF');
  });

  test('is not guessed where no log says it', async () => {
    rds.on(DescribeDBLogFilesCommand).resolves({ DescribeDBLogFiles: [] });
    await expect(maker().replayedUpTo('new')).rejects.toThrow('does not say up to where it replayed');
  });

  test.each([
    ['0/3000148', '0/3000149'],
    ['1A/FFFFFFFF', '1B/0'],
    ['0/0', '0/1'],
  ])('behind %s is %s', (lsn, next) => {
    expect(justBehind(lsn)).toBe(next);
  });

  test('only a replay that ended counts', () => {
    expect(redoDoneAt('redo starts at 0/1')).toBeUndefined();
  });
});
