import {
  type BlueGreenDeployment,
  CreateBlueGreenDeploymentCommand,
  type DBInstance,
  DeleteBlueGreenDeploymentCommand,
  DescribeBlueGreenDeploymentsCommand,
  DescribeDBInstancesCommand,
  RDSClient,
  SwitchoverBlueGreenDeploymentCommand,
} from '@aws-sdk/client-rds';
import { mockClient } from 'aws-sdk-client-mock';
import { rdsBlueGreen } from '../../../../lib/consolidate/aws/blue-green';
import { fakePatience } from './clock';

const rds = mockClient(RDSClient);
const keyId = 'arn:aws:kms:us-east-1:1:key/a82c2f5a';
const arn = (name: string) => `arn:aws:rds:us-east-1:1:db:${name}`;
let patience = fakePatience();
const blueGreen = () =>
  rdsBlueGreen({ rds: new RDSClient({ region: 'us-east-1' }), keyId, parameterGroup: 'group', patience });

const deployment = (Status: string, change: Partial<BlueGreenDeployment> = {}): BlueGreenDeployment => ({
  BlueGreenDeploymentIdentifier: 'bgd-1',
  BlueGreenDeploymentName: 'run',
  Source: arn('plain'),
  Target: arn('plain-green-abc123'),
  Status,
  Tasks: [{ Name: 'CREATE_READ_REPLICA_OF_SOURCE', Status: 'COMPLETED' }],
  ...change,
});
const deployments = (...looks: (BlueGreenDeployment | undefined)[]) => {
  const answer = (look: BlueGreenDeployment | undefined) => ({ BlueGreenDeployments: look ? [look] : [] });
  const chain = rds.on(DescribeBlueGreenDeploymentsCommand);
  for (const look of looks.slice(0, -1)) chain.resolvesOnce(answer(look));
  chain.resolves(answer(looks.at(-1)));
};
const instance = (name: string, change: Partial<DBInstance> = {}) => {
  rds.on(DescribeDBInstancesCommand, { DBInstanceIdentifier: name }).resolves({
    DBInstances: [
      {
        DBInstanceIdentifier: name,
        DBInstanceArn: arn(name),
        DBInstanceStatus: 'available',
        DBParameterGroups: [{ ParameterApplyStatus: 'in-sync' }],
        ...change,
      },
    ],
  });
};
const sent = () =>
  rds
    .calls()
    .filter(({ args: [command] }) => !command.constructor.name.startsWith('Describe'))
    .map(({ args: [command] }) => [command.constructor.name, command.input]);
const green = { StorageEncrypted: true, KmsKeyId: keyId };

beforeEach(() => {
  rds.reset();
  patience = fakePatience();
});

describe('ensure', () => {
  const facts = { deployment: 'bgd-1', green: 'plain-green-abc123', kmsKeyId: 'a82c2f5a' };

  test('asks for the key on the one instance, and waits until the green one is settled and encrypted', async () => {
    deployments(undefined, deployment('PROVISIONING'), deployment('AVAILABLE'));
    instance('plain');
    instance('plain-green-abc123', green);
    rds.on(CreateBlueGreenDeploymentCommand).resolves({});
    expect(await blueGreen().ensure('run', 'plain')).toEqual(facts);
    expect(sent()).toEqual([
      [
        'CreateBlueGreenDeploymentCommand',
        {
          BlueGreenDeploymentName: 'run',
          Source: arn('plain'),
          TargetDBParameterGroupName: 'group',
          TargetResourceConfigurations: [{ SourceArn: arn('plain'), TargetKmsKeyId: keyId }],
        },
      ],
    ]);
    expect(patience.messages).toEqual(['blue/green deployment run: status provisioning']);
  });

  test.each(['AVAILABLE', 'SWITCHOVER_IN_PROGRESS', 'SWITCHOVER_COMPLETED'])(
    'found again as %s: not made twice',
    async (status) => {
      deployments(deployment(status));
      instance('plain-green-abc123', green);
      expect(await blueGreen().ensure('run', 'plain')).toEqual(facts);
      expect(sent()).toEqual([]);
    },
  );

  test('made by a try whose answer was lost', async () => {
    deployments(undefined, deployment('AVAILABLE'));
    instance('plain');
    instance('plain-green-abc123', green);
    rds
      .on(CreateBlueGreenDeploymentCommand)
      .rejects(Object.assign(new Error('exists'), { name: 'BlueGreenDeploymentAlreadyExistsFault' }));
    expect(await blueGreen().ensure('run', 'plain')).toEqual(facts);
  });

  test.each([
    ['not encrypted after all', { StorageEncrypted: false }, 'got: not encrypted.'],
    ['encrypted with another key', { StorageEncrypted: true, KmsKeyId: 'key/other' }, 'got: other.'],
  ])('a green instance that is %s is refused before anything switches', async (_, change, message) => {
    deployments(deployment('AVAILABLE'));
    instance('plain-green-abc123', change);
    await expect(blueGreen().ensure('run', 'plain')).rejects.toMatchObject({
      code: 'not-encrypted',
      message: expect.stringContaining(message),
    });
  });

  test.each([
    [
      'an invalid configuration',
      deployment('INVALID_CONFIGURATION', { StatusDetails: 'logical replication is on' }),
      'INVALID_CONFIGURATION; logical replication is on',
    ],
    [
      'a task that failed',
      deployment('PROVISIONING', { Tasks: [{ Name: 'CONFIGURE_BACKUPS', Status: 'FAILED' }] }),
      'PROVISIONING; CONFIGURE_BACKUPS',
    ],
  ])('%s is told at once', async (_, given, message) => {
    deployments(given);
    await expect(blueGreen().ensure('run', 'plain')).rejects.toMatchObject({
      message: `The blue/green deployment run cannot go on, got: ${message}.`,
    });
  });
});

describe('switch over', () => {
  test('asks once, and is done when the name of the source shows an encrypted instance', async () => {
    deployments(
      ...[deployment('AVAILABLE'), deployment('SWITCHOVER_IN_PROGRESS')],
      deployment('SWITCHOVER_COMPLETED', { Source: arn('plain-old1') }),
    );
    const name = rds.on(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'plain' });
    const settled = { DBInstanceIdentifier: 'plain', DBParameterGroups: [{ ParameterApplyStatus: 'in-sync' }] };
    name
      .resolvesOnce({ DBInstances: [{ ...settled, DBInstanceStatus: 'available', StorageEncrypted: false }] })
      .resolvesOnce({ DBInstances: [{ ...settled, DBInstanceStatus: 'renaming', StorageEncrypted: true }] })
      .resolves({ DBInstances: [{ ...settled, DBInstanceStatus: 'available', StorageEncrypted: true }] });
    rds.on(SwitchoverBlueGreenDeploymentCommand).resolves({});
    expect(await blueGreen().switchOver('run', 'plain')).toEqual({ serves: 'plain', old: 'plain-old1' });
    expect(sent()).toEqual([
      ['SwitchoverBlueGreenDeploymentCommand', { BlueGreenDeploymentIdentifier: 'bgd-1', SwitchoverTimeout: 300 }],
    ]);
  });

  test('under way already: only waited for', async () => {
    deployments(deployment('SWITCHOVER_IN_PROGRESS'), deployment('SWITCHOVER_COMPLETED'));
    instance('plain', { StorageEncrypted: true });
    await blueGreen().switchOver('run', 'plain');
    expect(sent()).toEqual([]);
  });

  test('failed: the source serves as before, and that is said', async () => {
    deployments(deployment('AVAILABLE'), deployment('SWITCHOVER_FAILED', { StatusDetails: 'timeout' }));
    rds.on(SwitchoverBlueGreenDeploymentCommand).resolves({});
    await expect(blueGreen().switchOver('run', 'plain')).rejects.toMatchObject({
      message: expect.stringContaining('SWITCHOVER_FAILED; timeout'),
      remedy: expect.stringContaining('The source serves as before'),
    });
  });
});

test('the deployment is forgotten, and no instance with it', async () => {
  deployments(deployment('SWITCHOVER_COMPLETED'), undefined);
  rds.on(DeleteBlueGreenDeploymentCommand).resolves({});
  await blueGreen().forget('run');
  await blueGreen().forget('run');
  expect(sent()).toEqual([['DeleteBlueGreenDeploymentCommand', { BlueGreenDeploymentIdentifier: 'bgd-1' }]]);
});
