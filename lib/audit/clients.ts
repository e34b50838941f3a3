import { AppConfigClient } from '@aws-sdk/client-appconfig';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';

/** What every client is made with; without an endpoint, AWS itself. */
export interface ClientOptions {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** A call that the audit may not make. */
export class NotReadOnlyError extends Error {
  override readonly name = 'NotReadOnlyError';
}

const readOnly = /^(Get|List|Describe|Head)/;
const readsValues = new Set([
  'GetSecretValueCommand',
  'GetParameterCommand',
  'GetParametersCommand',
  'GetObjectCommand',
]);

/**
 * Refuses a command that could change the account, or that reads a secret's value.
 *
 * @throws NotReadOnlyError naming the command
 */
export function assertReadOnly(commandName: string): void {
  if (readOnly.test(commandName) && !readsValues.has(commandName)) return;
  throw new NotReadOnlyError(
    `The audit only reads configuration, got: ${commandName}. Use a Get, List, Describe or Head command that returns no secret.`,
  );
}

interface GuardedClient {
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: never) => Promise<never>,
        context: { readonly commandName?: string },
      ) => (args: never) => Promise<never>,
      options: { readonly step: 'initialize'; readonly name: string },
    ): void;
  };
}

function guarded<Client>(client: Client): Client {
  (client as GuardedClient).middlewareStack.add(
    (next, context) => async (args) => {
      assertReadOnly(context.commandName ?? '');
      return next(args);
    },
    { step: 'initialize', name: 'auditIsReadOnly' },
  );
  return client;
}

/** Clients that the audit reads with. Each refuses, before anything leaves the machine, whatever could change the account. */
export function auditClients(options: ClientOptions) {
  return {
    appConfig: guarded(new AppConfigClient(options)),
    cloudFront: guarded(new CloudFrontClient(options)),
    dynamo: guarded(new DynamoDBClient(options)),
    ec2: guarded(new EC2Client(options)),
    ecr: guarded(new ECRClient(options)),
    ecs: guarded(new ECSClient(options)),
    elastiCache: guarded(new ElastiCacheClient(options)),
    events: guarded(new EventBridgeClient(options)),
    lambda: guarded(new LambdaClient(options)),
    logs: guarded(new CloudWatchLogsClient(options)),
    rds: guarded(new RDSClient(options)),
    // An endpoint of one's own has no host name per bucket.
    s3: guarded(new S3Client({ ...options, forcePathStyle: options.endpoint !== undefined })),
    scheduler: guarded(new SchedulerClient(options)),
    secrets: guarded(new SecretsManagerClient(options)),
    sqs: guarded(new SQSClient(options)),
  };
}

export type AuditClients = ReturnType<typeof auditClients>;

/**
 * The answer, or `undefined` when the service says that there is no such thing.
 *
 * @param absent error names that mean absence
 */
export async function orAbsent<T>(answer: Promise<T>, ...absent: readonly string[]): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && absent.includes(error.name)) return undefined;
    throw error;
  }
}

/** Collects what a paginator of the SDK gives. */
export async function collect<Page, Item>(
  pages: AsyncIterable<Page>,
  items: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
  const all: Item[] = [];
  for await (const page of pages) all.push(...(items(page) ?? []));
  return all;
}

/** What stands behind the last slash or colon of an ARN: the name of a role, a key, a rule or a queue. */
export const lastSegment = (arn: string): string => arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1);
