import type { GateRule } from '../model';
import {
  changed,
  encryptionWeakened,
  forever,
  type Judgement,
  lost,
  lostOrChanged,
  majorVersion,
  shortened,
  switchedOff,
  switchedOn,
} from './judgements';

/** What may not happen to one value of a stateful resource. The first row that matches a path judges it. */
export interface LeafRule {
  readonly rule: GateRule;
  /** @default every stateful type */
  readonly types?: readonly string[];
  /** Path below the properties; places in lists are in it as numbers. */
  readonly path: RegExp;
  readonly judgement: Judgement;
  /** What is wrong, after the name of the resource. */
  readonly says: string;
  readonly source?: string;
}

const guide = (page: string): string => `https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/${page}.html`;

const never: Judgement = () => false;

/** Values that protect or hold data, by the names that services give them; exact rows before general ones. */
export const awsLeafRules: readonly LeafRule[] = [
  // Names that look like one of the below and protect nothing.
  {
    rule: 'encryption-weakened',
    path: /(^|\.)(BucketKeyEnabled|KmsDataKeyReusePeriodSeconds|BlockedEncryptionTypes(\.\d+)?)$/,
    judgement: never,
    says: '',
  },
  { rule: 'data-destroyed', path: /^(Tags|UserPoolTags)\b/, judgement: never, says: '' },

  // Restored from.
  {
    rule: 'snapshot-source',
    path: /^(DBSnapshotIdentifier|DBClusterSnapshotIdentifier|SnapshotIdentifier|SnapshotId|SnapshotName|SnapshotArns(\.\d+)?|SourceDBInstanceIdentifier|SourceDBClusterIdentifier|SourceDbClusterResourceId|SourceDbiResourceId|SourceDBInstanceAutomatedBackupsArn|RestoreTime|RestoreToTime|RestoreType|UseLatestRestorableTime|SourceRegion|BackupId|ImportSourceSpecification\..*|ClusterSnapshotIdentifier|SourceVolumeId)$/,
    judgement: changed,
    says: 'is restored from another source: an empty or a foreign copy takes its place',
    source: guide('aws-resource-rds-dbinstance'),
  },

  // Protection.
  {
    rule: 'protection-lost',
    path: /(^|\.)(DeletionProtection|DeletionProtectionEnabled|DeleteProtectionEnabled|TerminationProtectionEnabled|DisableApiTermination|ReplicationOverwriteProtection)$/,
    judgement: switchedOff(),
    says: 'loses its protection from deletion',
  },
  {
    rule: 'protection-lost',
    path: /(^|\.)PointInTimeRecoveryEnabled$/,
    judgement: switchedOff(),
    says: 'loses point-in-time recovery, and with it the history of the last days',
  },
  {
    rule: 'protection-lost',
    path: /(^|\.)RecoveryPeriodInDays$/,
    judgement: shortened(35),
    says: 'keeps fewer days of point-in-time recovery',
  },
  {
    rule: 'protection-lost',
    types: ['AWS::S3::Bucket'],
    path: /^VersioningConfiguration\.Status$/,
    judgement: (before, after) => before !== undefined && String(before) !== 'Suspended' && String(after) !== 'Enabled',
    says: 'stops to keep versions: the next overwrite or delete is for good',
  },
  {
    rule: 'protection-lost',
    path: /^ObjectLockConfiguration\..*(Mode|ObjectLockEnabled)$/,
    judgement: lostOrChanged,
    says: 'loses its object lock',
  },
  {
    rule: 'protection-lost',
    path: /^ObjectLockConfiguration\..*(Days|Years)$/,
    judgement: shortened(0),
    says: 'locks objects for a shorter time',
  },
  {
    rule: 'protection-lost',
    path: /^LockConfiguration\..*/,
    judgement: lostOrChanged,
    says: 'changes the lock of its backups',
  },
  {
    rule: 'protection-lost',
    path: /^(BackupRetentionPeriod|AutomatedSnapshotRetentionPeriod)$/,
    judgement: shortened(1),
    says: 'keeps automated backups for a shorter time; at 0 every one of them is deleted at once',
    source: guide('aws-resource-rds-dbinstance'),
  },
  {
    rule: 'protection-lost',
    path: /^SnapshotRetentionLimit$/,
    judgement: shortened(0),
    says: 'keeps automated snapshots for a shorter time',
  },
  {
    rule: 'protection-lost',
    path: /^DeleteAutomatedBackups$/,
    judgement: switchedOn('on'),
    says: 'will lose its automated backups when it is deleted',
  },
  {
    rule: 'protection-lost',
    path: /^AutomaticBackupReplication(Region|RetentionPeriod)$/,
    judgement: lostOrChanged,
    says: 'changes where its backups are copied to',
  },
  {
    rule: 'protection-lost',
    path: /(^|\.)BackupPolicy\.Status$/,
    judgement: switchedOff(),
    says: 'is no longer backed up',
  },
  {
    rule: 'protection-lost',
    path: /^ReplicationConfiguration\..*(Destination|Destinations|Bucket|Region|Status|FileSystemId).*/,
    judgement: lostOrChanged,
    says: 'stops to be copied to where it was',
  },
  {
    rule: 'protection-lost',
    path: /^ReplicaRegions\.\d+\.Region$/,
    judgement: lostOrChanged,
    says: 'loses a copy in another region',
  },
  {
    rule: 'data-destroyed',
    path: /^Replicas\.\d+\.Region$/,
    judgement: lostOrChanged,
    says: 'loses the replica of a region',
  },
  {
    rule: 'protection-lost',
    types: ['AWS::KMS::Key', 'AWS::KMS::ReplicaKey'],
    path: /^PendingWindowInDays$/,
    judgement: shortened(30),
    says: 'can be rescued from deletion for a shorter time',
  },

  // Data that a change in place destroys.
  {
    rule: 'data-destroyed',
    types: ['AWS::SQS::Queue'],
    path: /^MessageRetentionPeriod$/,
    judgement: shortened(345_600),
    says: 'keeps messages for a shorter time: older ones are gone at once',
    source: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html',
  },
  {
    rule: 'data-destroyed',
    types: ['AWS::Logs::LogGroup'],
    path: /^RetentionInDays$/,
    judgement: shortened(forever),
    says: 'keeps log events for a shorter time: older ones are deleted',
    source: guide('aws-resource-logs-loggroup'),
  },
  {
    rule: 'data-destroyed',
    path: /^RetentionPeriodHours$/,
    judgement: shortened(24),
    says: 'keeps records for a shorter time: older ones are gone at once',
  },
  {
    rule: 'data-destroyed',
    types: ['AWS::Events::Archive'],
    path: /^RetentionDays$/,
    judgement: (before, after) =>
      shortened(forever)(Number(before) === 0 ? undefined : before, Number(after) === 0 ? undefined : after),
    says: 'keeps archived events for a shorter time',
  },
  {
    rule: 'data-destroyed',
    path: /^(PerformanceInsightsRetentionPeriod|AutomaticBackupReplicationRetentionPeriod)$/,
    judgement: shortened(7),
    says: 'keeps its history for a shorter time',
  },
  {
    rule: 'data-destroyed',
    types: ['AWS::ECR::Repository'],
    path: /^EmptyOnDelete$/,
    judgement: switchedOn(),
    says: 'will be emptied when it is deleted',
  },
  {
    rule: 'data-destroyed',
    path: /^Enabled$/,
    types: ['AWS::KMS::Key', 'AWS::KMS::ReplicaKey'],
    judgement: switchedOff('on'),
    says: 'is disabled: nothing that it encrypted can be read',
  },
  {
    rule: 'data-destroyed',
    path: /^(MasterUserPassword|ManageMasterUserPassword|MasterUserSecret\..*|TdeCredentialPassword|AuthToken|AdminUserPassword|ManageAdminPassword|MasterUserOptions\..*|Users\.\d+\.Password)$/,
    judgement: changed,
    says: 'gets another password: whoever holds the present one is locked out',
  },
  {
    rule: 'data-destroyed',
    types: ['AWS::SecretsManager::Secret'],
    path: /^(SecretString|GenerateSecretString\..*)$/,
    judgement: changed,
    says: 'gets another value: the present one is overwritten',
    source: guide('aws-resource-secretsmanager-secret'),
  },
  {
    rule: 'data-destroyed',
    path: /^(EngineVersion|ElasticsearchVersion|KafkaVersion)$/,
    judgement: majorVersion,
    says: 'moves to another major version: data files are rewritten, and there is no way back',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Upgrading.html',
  },
  { rule: 'data-destroyed', path: /^Engine$/, judgement: changed, says: 'gets another engine' },

  // Encryption, wherever it is written.
  {
    rule: 'encryption-weakened',
    path: /(^|\.)(StorageEncrypted|Encrypted|EncryptionAtRest.*|NodeToNodeEncryption.*|AtRestEncryptionEnabled|TransitEncryption\w*|SSEEnabled|SSEType|SSEAlgorithm|SqsManagedSseEnabled|EncryptionType|EncryptionInfo\..*|EncryptionOptions\..*|EncryptionKey\w*|EncryptionConfig\w*\..*|KmsKey|KmsKeyId|KMSKeyId|KMSMasterKeyId|KMSMasterKeyID|KmsMasterKeyId|KMSKeyArn|KmsKeyArn|KmsEncryptionKeyArn|PerformanceInsightsKM[Ss]KeyId|SSEKMSKeyId|AwsOwnedKey|UseAwsOwnedKey|TLSEnabled)$/,
    judgement: encryptionWeakened,
    says: 'is encrypted with less, or with another key',
  },

  // Retention under a name that no row above knows.
  {
    rule: 'data-destroyed',
    path: /Retention(Period|InDays|Days|InHours|Hours|PeriodIn\w+|Limit)?$/,
    judgement: shortened(),
    says: 'may keep what it holds for a shorter time',
  },
  {
    rule: 'protection-lost',
    path: /^MultiRegionConsistency$/,
    judgement: lost,
    says: 'loses its consistency between regions',
  },
];
