import {
  type CopyDBSnapshotCommandInput,
  type CreateDBSnapshotCommandInput,
  type DBInstance,
  type DBSnapshot,
  type DescribeDBLogFilesCommandInput,
  DescribeDBSnapshotsCommand,
  type DownloadDBLogFilePortionCommandInput,
  ModifyDBInstanceCommand,
  RDSClient,
  type RebootDBInstanceCommandInput,
  type RestoreDBInstanceFromDBSnapshotCommandInput,
} from '@aws-sdk/client-rds';
import type { ClientOptions } from '../../aws/clients';
import type { Machine, Machines } from './machines';

/** What the embedded RDS leaves out and the rehearsal adds: everything else is the emulator's own answer. */
export const completedOfRds: Readonly<Record<string, string>> = {
  DescribeDBInstances:
    'address and port of the server that stands for the instance; `rebooting` until that server has restarted, and its parameters in sync afterwards',
  RebootDBInstance: 'the server restarts with the values of the parameter group',
  CreateDBSnapshot: "the server's files of one moment",
  CopyDBSnapshot: 'the emulator does not know it: the copy and its key are kept beside it',
  DescribeDBSnapshots: 'such a copy is shown as its original, under its own name and key',
  RestoreDBInstanceFromDBSnapshot:
    "another server from those files; the emulator's own leaves out key, parameter group, security groups and protection",
  DescribeDBLogFiles: 'the emulator does not know it: one file',
  DownloadDBLogFilePortion: 'the emulator does not know it: what the server has logged',
};

type Answer = { readonly response: object; readonly output: object };
type Next = (args: { input: object }) => Promise<Answer>;

/** A client of the embedded RDS whose instances are servers of this machine. */
export function rehearsedRds(options: ClientOptions, machines: Machines): RDSClient {
  const rds = new RDSClient(options);
  const plain = new RDSClient(options);
  const snapshotLike = async (from: string, changes: DBSnapshot): Promise<DBSnapshot> => {
    const { DBSnapshots: [original] = [] } = await plain.send(
      new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: from }),
    );
    return { ...original, ...changes };
  };
  const copied = (to: string, from: string, key: string) =>
    snapshotLike(from, { DBSnapshotIdentifier: to, Encrypted: true, KmsKeyId: key });

  const handlers: Readonly<Record<string, (input: never, next: () => Promise<Answer>) => Promise<Answer>>> = {
    async RebootDBInstance({ DBInstanceIdentifier: instance = '' }: RebootDBInstanceCommandInput, next) {
      const answer = await next();
      const { DBInstance: described } = answer.output as { DBInstance?: DBInstance };
      await machines.restart(instance, described?.DBParameterGroups?.[0]?.DBParameterGroupName ?? '');
      return answer;
    },
    // The files first: a snapshot that RDS lists is one that can be restored, whenever the caller dies.
    async CreateDBSnapshot(input: CreateDBSnapshotCommandInput, next) {
      await machines.snapshot(input.DBInstanceIdentifier ?? '', input.DBSnapshotIdentifier ?? '');
      return next();
    },
    async CopyDBSnapshot(input: CopyDBSnapshotCommandInput) {
      const { SourceDBSnapshotIdentifier: from = '', TargetDBSnapshotIdentifier: to = '', KmsKeyId: key = '' } = input;
      await machines.copySnapshot(from, to, key);
      return made({ DBSnapshot: await copied(to, from, key) });
    },
    async DescribeDBSnapshots({ DBSnapshotIdentifier: asked }: { DBSnapshotIdentifier?: string }, next) {
      const origin = asked === undefined ? null : await machines.originOf(asked);
      if (asked === undefined || origin === null) return next();
      return made({ DBSnapshots: [await copied(asked, origin.from, origin.kmsKeyId)] });
    },
    async RestoreDBInstanceFromDBSnapshot(input: RestoreDBInstanceFromDBSnapshotCommandInput, next) {
      const { DBInstanceIdentifier: instance = '', DBSnapshotIdentifier: snapshot = '' } = input;
      const group = input.DBParameterGroupName ?? '';
      const origin = await machines.originOf(snapshot);
      await machines.restore(snapshot, instance, group);
      if (origin) Object.assign(input, { DBSnapshotIdentifier: origin.from });
      const answer = await next();
      await plain.send(
        new ModifyDBInstanceCommand({
          DBInstanceIdentifier: instance,
          DBParameterGroupName: group,
          VpcSecurityGroupIds: input.VpcSecurityGroupIds,
          DeletionProtection: input.DeletionProtection,
          BackupRetentionPeriod: 7,
          ApplyImmediately: true,
        }),
      );
      return answer;
    },
    async DescribeDBLogFiles({ DBInstanceIdentifier: instance = '' }: DescribeDBLogFilesCommandInput) {
      const size = (await machines.log(instance)).length;
      return made({ DescribeDBLogFiles: [{ LogFileName: 'error/postgresql.log', Size: size }] });
    },
    async DownloadDBLogFilePortion({ DBInstanceIdentifier: instance = '' }: DownloadDBLogFilePortionCommandInput) {
      return made({ LogFileData: await machines.log(instance), AdditionalDataPending: false });
    },
  };

  rds.middlewareStack.add(
    (next, context) => async (args) => {
      const name = (context.commandName ?? '').replace(/Command$/, '');
      const onward = () => (next as unknown as Next)(args as { input: object });
      const answer = await (handlers[name]?.(args.input as never, onward) ?? onward());
      const { DBInstances: instances = [] } = answer.output as { DBInstances?: DBInstance[] };
      for (const instance of instances) {
        const machine = await machines.look(instance.DBInstanceIdentifier ?? '');
        if (machine) complete(instance, machine);
      }
      return answer as never;
    },
    { step: 'initialize', name: 'rehearsed' },
  );
  return rds;
}

const made = (output: object): Answer => ({ response: {}, output: { $metadata: {}, ...output } });

function complete(instance: DBInstance, { host, port, state, kmsKeyId }: Machine): void {
  instance.Endpoint = { ...instance.Endpoint, Address: host, Port: port };
  if (kmsKeyId !== undefined) Object.assign(instance, { StorageEncrypted: true, KmsKeyId: kmsKeyId });
  if (state === 'restarting') instance.DBInstanceStatus = 'rebooting';
  if (state !== 'restarted') return;
  for (const group of instance.DBParameterGroups ?? []) group.ParameterApplyStatus = 'in-sync';
}
