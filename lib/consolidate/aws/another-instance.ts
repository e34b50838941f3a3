import {
  CopyDBSnapshotCommand,
  type DBInstance,
  DescribeDBInstancesCommand,
  DescribeDBLogFilesCommand,
  DescribeDBSnapshotsCommand,
  DownloadDBLogFilePortionCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
} from '@aws-sdk/client-rds';
import { ownParameterGroup } from '../../estate/consolidation';
import { ConsolidationStop } from '../errors';
import type { InstanceFacts, SnapshotFacts } from '../ports';
import type { ConsolidationClients } from './clients';
import { orAbsent, serviceError } from './errors';
import { instanceFacts, snapshotFacts, standstillOf, unsettled } from './instance-facts';
import { type Look, type Patience, patienceOfAws, untilDone } from './patience';

/** Makes an instance beside the two: a snapshot's encrypted copy, restored under another name. */
export interface InstanceMaker {
  /** A copy of a manual snapshot under the key; resolves when it is available. */
  copyEncrypted(from: string, to: string): Promise<SnapshotFacts>;
  /** The instance from the copy, like the one that it stands in for; resolves when it is settled. */
  restore(snapshot: string, identifier: string, like: string): Promise<InstanceFacts>;
  /** Position behind the last record that the instance replayed when it first started: what it holds, and no more. */
  replayedUpTo(identifier: string): Promise<string>;
}

export interface InstanceMakerOptions {
  readonly rds: ConsolidationClients['rds'];
  /** Key of the copy: an ARN or an id. */
  readonly keyId: string;
  /** @default patienceOfAws */
  readonly patience?: Patience;
}

const keyOf = (arn = ''): string => arn.slice(arn.lastIndexOf('/') + 1);

export function rdsInstanceMaker({ rds, keyId, patience = patienceOfAws }: InstanceMakerOptions): InstanceMaker {
  const describeSnapshot = async (identifier: string) => {
    const answer = await orAbsent(
      rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: identifier })),
      'DBSnapshotNotFound',
      'DBSnapshotNotFoundFault',
    );
    return answer?.DBSnapshots?.[0];
  };
  const describeInstance = async (identifier: string): Promise<DBInstance | undefined> => {
    const answer = await orAbsent(
      rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier })),
      'DBInstanceNotFound',
      'DBInstanceNotFoundFault',
    );
    return answer?.DBInstances?.[0];
  };

  return {
    async copyEncrypted(from, to) {
      if ((await describeSnapshot(to)) === undefined) {
        await rds
          .send(
            new CopyDBSnapshotCommand({
              SourceDBSnapshotIdentifier: from,
              TargetDBSnapshotIdentifier: to,
              KmsKeyId: keyId,
              CopyTags: true,
            }),
          )
          .catch((error: unknown) => {
            // An earlier try came through, and its answer was lost.
            if (!serviceError(error, 'DBSnapshotAlreadyExists', 'DBSnapshotAlreadyExistsFault')) throw error;
          });
      }
      return untilDone(`encrypted copy ${to}`, patience, async (): Promise<Look<SnapshotFacts>> => {
        const snapshot = await describeSnapshot(to);
        if (snapshot === undefined) return { notYet: 'not listed yet' };
        if (snapshot.Status === 'failed') {
          throw new ConsolidationStop(
            'snapshot-missing',
            `The encrypted copy ${to} failed.`,
            'Delete it and run again.',
          );
        }
        if (snapshot.Status !== 'available')
          return { notYet: `status ${snapshot.Status}, ${snapshot.PercentProgress ?? 0} %` };
        if (!snapshot.Encrypted || keyOf(snapshot.KmsKeyId) !== keyOf(keyId)) {
          throw new ConsolidationStop(
            'not-encrypted',
            `Snapshot ${to} must be encrypted with key ${keyOf(keyId)}, got: ${snapshot.Encrypted ? keyOf(snapshot.KmsKeyId) : 'not encrypted'}.`,
            'Somebody else made a snapshot of that name: find out who. Nothing was restored.',
          );
        }
        return { done: snapshotFacts(snapshot) };
      });
    },

    async restore(snapshot, identifier, like) {
      if ((await describeInstance(identifier)) === undefined) {
        const model = await describeInstance(like);
        if (model === undefined) {
          throw new ConsolidationStop('bad-input', `There is no DB instance of that name, got: ${like}.`);
        }
        await rds
          .send(new RestoreDBInstanceFromDBSnapshotCommand(restoreInput(snapshot, identifier, model)))
          .catch((error: unknown) => {
            if (!serviceError(error, 'DBInstanceAlreadyExists', 'DBInstanceAlreadyExistsFault')) throw error;
          });
      }
      return untilDone(`instance ${identifier}`, patience, async (): Promise<Look<InstanceFacts>> => {
        const instance = await describeInstance(identifier);
        if (instance === undefined) return { notYet: 'not listed yet' };
        const facts = instanceFacts(instance);
        if (standstillOf(facts.status) !== undefined) {
          throw new ConsolidationStop(
            'entry-check',
            `${identifier} does not become available by itself, got: status ${facts.status}.`,
            `${standstillOf(facts.status)}; then run again.`,
          );
        }
        const reason = unsettled(facts);
        if (reason !== undefined) return { notYet: reason };
        if (!facts.encrypted || facts.publiclyAccessible || !facts.deletionProtection) {
          throw new ConsolidationStop(
            'entry-check',
            `${identifier} must be encrypted, protected and not public, got: ${JSON.stringify({ encrypted: facts.encrypted, protected: facts.deletionProtection, public: facts.publiclyAccessible })}.`,
            'Somebody else made an instance of that name: find out who. No client was switched.',
          );
        }
        return { done: facts };
      });
    },

    async replayedUpTo(identifier) {
      const { DescribeDBLogFiles: files = [] } = await rds.send(
        new DescribeDBLogFilesCommand({ DBInstanceIdentifier: identifier, FilenameContains: 'postgresql.log' }),
      );
      const names = files.flatMap(({ LogFileName: name }) => (name ? [name] : [])).sort();
      for (const LogFileName of names) {
        const { LogFileData: text = '' } = await rds.send(
          new DownloadDBLogFilePortionCommand({ DBInstanceIdentifier: identifier, LogFileName, Marker: '0' }),
        );
        const lsn = redoDoneAt(text);
        if (lsn !== undefined) return lsn;
      }
      throw new ConsolidationStop(
        'entry-check',
        `The log of ${identifier} does not say up to where it replayed, got: ${names.length} file(s) without "redo done at".`,
        'Take the strategy snapshot-copy or logical-replication: seeding needs that position.',
      );
    },
  };
}

/** What the new instance takes from the encrypted one. Performance Insights is left as RDS has it: off. */
const restoreInput = (snapshot: string, identifier: string, like: DBInstance) => ({
  DBInstanceIdentifier: identifier,
  DBSnapshotIdentifier: snapshot,
  DBInstanceClass: like.DBInstanceClass,
  AvailabilityZone: like.AvailabilityZone,
  DBSubnetGroupName: like.DBSubnetGroup?.DBSubnetGroupName,
  VpcSecurityGroupIds: (like.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId: id }) => (id ? [id] : [])),
  DBParameterGroupName: ownParameterGroup(like.DBInstanceIdentifier ?? '', like.EngineVersion ?? '').name,
  StorageType: like.StorageType,
  Port: like.Endpoint?.Port,
  EnableCloudwatchLogsExports: like.EnabledCloudwatchLogsExports,
  CopyTagsToSnapshot: true,
  DeletionProtection: true,
  MultiAZ: false,
  PubliclyAccessible: false,
});

/**
 * Where recovery ended, by the server's own words: "redo done at 0/3000148 system usage…". That is the beginning of the
 * last record that was replayed.
 */
export const redoDoneAt = (log: string): string | undefined => /redo done at ([0-9A-F]+\/[0-9A-F]+)/.exec(log)?.[1];

/**
 * The position right behind the beginning of a record. A commit whose record begins at `lsn` is in what was replayed, and
 * one that begins later is not: a leg that starts here repeats nothing and leaves nothing out.
 */
export function justBehind(lsn: string): string {
  const [high = '0', low = '0'] = lsn.split('/');
  const next = (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`) + 1n;
  return `${(next >> 32n).toString(16).toUpperCase()}/${(next & 0xffffffffn).toString(16).toUpperCase()}`;
}
