import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  type AttributeDefinition,
  CreateTableCommand,
  DynamoDBClient,
  type KeySchemaElement,
  PutItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateFunctionCommand, LambdaClient, PublishVersionCommand, type Runtime } from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  type LifecycleRule,
  PutBucketCorsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { tasks } from '../../estate/compute';
import { modelledFunctions } from '../../estate/functions';
import { queues, standaloneDeadLetterQueues } from '../../estate/messaging';
import { effectiveDeadLetterQueue, effectiveQueue, isFifo, tableKey } from '../../estate/posture';
import type { AccountSettings } from '../../estate/settings';
import { type LifecycleRule as AuditedLifecycleRule, buckets } from '../../estate/storage';
import { type KeySchema, summarizerSchedule, tables } from '../../estate/support';
import type { Emulator } from '../emulator';
import { zipOf } from './zip';

/** What lies in every hand-made store, so that a store which was made anew shows. */
export const keepsake = 'written before the adoption';
export const keepsakeKey = 'keepsake.txt';

/** Key of the alarms, which some hand made before. */
const alarmKeyAlias = 'alias/huntaze-alarms';
const secondsPerDay = 86_400;

/** Settings that the hand gave otherwise than the audit has them; every one of them can be corrected in place. */
const drift = {
  visibilitySeconds: 31,
  maxReceiveCount: 9,
  retentionDays: 1,
  runtime: 'nodejs18.x',
  memory: 129,
  timeout: 2,
  corsOrigin: 'https://drifted.example.com',
} as const;

/** Code of before: a deployment must replace it. */
const oldCode = "exports.handler = async () => 'code of before the adoption';\n";

/**
 * Makes by hand what a real account holds, with the SDK and no template: settings drifted from the audit's, old code, and
 * contents. Only types that the embedded AWS imports; the deployment makes the rest.
 */
export async function makeByHand(emulator: Emulator, settings: AccountSettings): Promise<void> {
  await makeRoles(emulator);
  await Promise.all([
    makeBuckets(emulator),
    makeQueues(emulator, settings),
    makeFunctions(emulator, settings),
    makeTables(emulator, settings),
    makeLogGroups(emulator),
    makeAlarmKey(emulator),
  ]);
}

async function makeBuckets(emulator: Emulator): Promise<void> {
  const s3 = new S3Client({ ...emulator.clientOptions(), forcePathStyle: true });
  for (const row of buckets) {
    const Bucket = row.name;
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: keepsakeKey, Body: keepsake }));
    // Expiry as audited: an expiry that a deployment brings would delete objects, and the proof refuses it.
    const Rules = row.lifecycle.map(withoutTransitions);
    if (Rules.length > 0) {
      await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
    }
    if (row.encryption?.kind === 'sse-kms') {
      const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'AES256' } as const;
      const ServerSideEncryptionConfiguration = { Rules: [{ ApplyServerSideEncryptionByDefault }] };
      await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
    }
    if (row.auditedCorsOrigins !== undefined) {
      const CORSRules = [{ AllowedMethods: ['GET'], AllowedOrigins: [drift.corsOrigin] }];
      await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
    }
  }
}

const withoutTransitions = (rule: AuditedLifecycleRule): LifecycleRule => ({
  ID: rule.id,
  Status: 'Enabled',
  Filter: { Prefix: rule.prefix ?? '' },
  ...(rule.expirationDays === undefined ? {} : { Expiration: { Days: rule.expirationDays } }),
  ...(rule.noncurrentExpirationDays === undefined
    ? {}
    : { NoncurrentVersionExpiration: { NoncurrentDays: rule.noncurrentExpirationDays } }),
  // A rule must do something.
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: 30 },
});

async function makeQueues(emulator: Emulator, settings: AccountSettings): Promise<void> {
  const sqs = new SQSClient(emulator.clientOptions());
  const arn = (name: string) => `arn:aws:sqs:${settings.region}:${settings.account}:${name}`;
  const make = async (name: string, retentionDays: number, redrive?: { readonly to: string }) => {
    const { QueueUrl } = await sqs.send(
      new CreateQueueCommand({
        QueueName: name,
        Attributes: {
          VisibilityTimeout: String(drift.visibilitySeconds),
          // As audited: a shorter one would delete messages, and the proof refuses it.
          MessageRetentionPeriod: String(retentionDays * secondsPerDay),
          ...(isFifo(name) ? { FifoQueue: 'true' } : {}),
          ...(redrive === undefined
            ? {}
            : {
                RedrivePolicy: JSON.stringify({
                  deadLetterTargetArn: arn(redrive.to),
                  maxReceiveCount: drift.maxReceiveCount,
                }),
              }),
        },
      }),
    );
    const group = isFifo(name) ? { MessageGroupId: 'keepsake', MessageDeduplicationId: 'keepsake' } : {};
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: keepsake, ...group }));
  };
  for (const row of standaloneDeadLetterQueues) {
    await make(row.name, effectiveDeadLetterQueue(row, 'audited').retentionDays);
  }
  for (const row of queues) {
    const dead = effectiveDeadLetterQueue(row.deadLetterQueue, 'audited', row);
    await make(dead.name, dead.retentionDays);
    await make(row.name, effectiveQueue(row, 'audited').retentionDays, { to: dead.name });
  }
}

async function makeRoles(emulator: Emulator): Promise<void> {
  const iam = new IAMClient(emulator.clientOptions());
  const names = new Set([
    ...modelledFunctions.map(({ role }) => role),
    ...tasks.flatMap(({ executionRole, taskRole }) => [executionRole, taskRole]),
    summarizerSchedule.role,
  ]);
  for (const RoleName of names) {
    const Statement = [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } }];
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  }
}

async function makeFunctions(emulator: Emulator, { account }: AccountSettings): Promise<void> {
  const lambda = new LambdaClient(emulator.clientOptions());
  const ZipFile = await zipOf('index.js', oldCode);
  for (const { name: FunctionName, role } of modelledFunctions) {
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Role: `arn:aws:iam::${account}:role/${role}`,
        Runtime: drift.runtime as Runtime,
        Handler: 'index.handler',
        MemorySize: drift.memory,
        Timeout: drift.timeout,
        Environment: { Variables: { LEFT_OVER: 'a value that no template may hold' } },
        Code: { ZipFile },
      }),
    );
    // A function that was made anew would have no such version.
    await lambda.send(new PublishVersionCommand({ FunctionName }));
  }
}

async function makeTables(emulator: Emulator, settings: AccountSettings): Promise<void> {
  const dynamo = new DynamoDBClient(emulator.clientOptions());
  for (const row of tables) {
    const key = tableKey(row, settings);
    const attributes = [key, ...row.indexes].flatMap(({ partition, sort }) => [partition, ...(sort ? [sort] : [])]);
    const unique = new Map(attributes.map((attribute) => [attribute.name, attribute.type]));
    await dynamo.send(
      new CreateTableCommand({
        TableName: row.name,
        KeySchema: keySchema(key),
        AttributeDefinitions: [...unique].map(
          ([AttributeName, AttributeType]): AttributeDefinition => ({ AttributeName, AttributeType }),
        ),
        BillingMode: 'PAY_PER_REQUEST',
        ...(row.indexes.length === 0
          ? {}
          : {
              GlobalSecondaryIndexes: row.indexes.map((index) => ({
                IndexName: index.name,
                KeySchema: keySchema(index),
                Projection: { ProjectionType: 'ALL' as const },
              })),
            }),
      }),
    );
    // As audited: switching it on would delete items, and the proof refuses it.
    if (row.timeToLive !== undefined) {
      const TimeToLiveSpecification = { AttributeName: row.timeToLive, Enabled: true };
      await dynamo.send(new UpdateTimeToLiveCommand({ TableName: row.name, TimeToLiveSpecification }));
    }
    await dynamo.send(new PutItemCommand({ TableName: row.name, Item: keepsakeItem(key) }));
  }
}

/** The item that lies in every hand-made table, with the key that the table asks for. */
export const keepsakeItem = (key: KeySchema) =>
  Object.fromEntries(
    [key.partition, ...(key.sort ? [key.sort] : [])].map(({ name, type }) => [
      name,
      type === 'N' ? { N: '1' } : { S: keepsake },
    ]),
  ) as Record<string, { S: string } | { N: string }>;

const keySchema = ({ partition, sort }: KeySchema): KeySchemaElement[] => [
  { AttributeName: partition.name, KeyType: 'HASH' },
  ...(sort ? [{ AttributeName: sort.name, KeyType: 'RANGE' as const }] : []),
];

async function makeLogGroups(emulator: Emulator): Promise<void> {
  const logs = new CloudWatchLogsClient(emulator.clientOptions());
  const rows = [
    ...modelledFunctions.filter(({ kind }) => kind === 'regional').map(({ name }) => ({ name: `/aws/lambda/${name}` })),
    ...tasks.map(({ logGroup }) => logGroup),
  ];
  for (const row of rows) {
    await logs.send(new CreateLogGroupCommand({ logGroupName: row.name }));
    // Shorter than audited, where the audit says one: a deployment that lengthens it deletes nothing.
    if ('retentionDays' in row && row.retentionDays !== undefined) {
      const retentionInDays = drift.retentionDays;
      await logs.send(new PutRetentionPolicyCommand({ logGroupName: row.name, retentionInDays }));
    }
  }
}

async function makeAlarmKey(emulator: Emulator): Promise<void> {
  const kms = new KMSClient(emulator.clientOptions());
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: 'made by hand' }));
  await kms.send(new CreateAliasCommand({ AliasName: alarmKeyAlias, TargetKeyId: KeyMetadata?.KeyId }));
}
