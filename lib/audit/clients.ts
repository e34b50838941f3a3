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
import { STSClient } from '@aws-sdk/client-sts';
import { type AllowedCalls, auditCalls } from './allowed-calls';
import { withoutVariableValues } from './variable-values';

/** What every client is made with; without an endpoint, AWS itself. */
export interface ClientOptions {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** A call that the reader may not make. */
export class NotReadOnlyError extends Error {
  override readonly name = 'NotReadOnlyError';
}

/**
 * Refuses a call that is not on the list.
 *
 * @param clientName class of the SDK's client, such as `S3Client`
 * @param commandName class of the SDK's command, such as `ListBucketsCommand`
 * @throws NotReadOnlyError naming both
 */
export function assertAllowed(calls: AllowedCalls, clientName: string, commandName: string): void {
  if (calls[clientName]?.includes(commandName.replace(/Command$/, ''))) return;
  throw new NotReadOnlyError(
    `A reader of the account makes no other call than those on its list, got: ${commandName} of ${clientName}. A call that changes nothing and returns neither data nor a secret may be added to lib/audit/allowed-calls.ts.`,
  );
}

interface GuardedClient {
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: never) => Promise<{ output: unknown }>,
        context: { readonly clientName?: string; readonly commandName?: string },
      ) => (args: never) => Promise<{ output: unknown }>,
      options: { readonly step: 'initialize'; readonly name: string; readonly priority: 'high' },
    ): void;
  };
}

/** Makes a client refuse, before anything leaves the machine, whatever is not on the list. */
export function guarded<Client>(client: Client, calls: AllowedCalls): Client {
  (client as GuardedClient).middlewareStack.add(
    (next, context) => async (args) => {
      assertAllowed(calls, context.clientName ?? '', context.commandName ?? '');
      const result = await next(args);
      return { ...result, output: withoutVariableValues(result.output) };
    },
    { step: 'initialize', name: 'readsOnly', priority: 'high' },
  );
  return client;
}

/**
 * Clients that read an account. Each refuses whatever is not on the list, and answers without the values of environment
 * variables: some are secrets that somebody put in the wrong place.
 *
 * @param calls what may be called. @default what the audit needs
 */
export function auditClients(options: ClientOptions, calls: AllowedCalls = auditCalls) {
  const guard = <Client>(client: Client) => guarded(client, calls);
  return {
    appConfig: guard(new AppConfigClient(options)),
    cloudFront: guard(new CloudFrontClient(options)),
    dynamo: guard(new DynamoDBClient(options)),
    ec2: guard(new EC2Client(options)),
    ecr: guard(new ECRClient(options)),
    ecs: guard(new ECSClient(options)),
    elastiCache: guard(new ElastiCacheClient(options)),
    events: guard(new EventBridgeClient(options)),
    lambda: guard(new LambdaClient(options)),
    logs: guard(new CloudWatchLogsClient(options)),
    rds: guard(new RDSClient(options)),
    // An endpoint of one's own has no host name per bucket.
    s3: guard(new S3Client({ ...options, forcePathStyle: options.endpoint !== undefined })),
    scheduler: guard(new SchedulerClient(options)),
    secrets: guard(new SecretsManagerClient(options)),
    sqs: guard(new SQSClient(options)),
    sts: guard(new STSClient(options)),
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
