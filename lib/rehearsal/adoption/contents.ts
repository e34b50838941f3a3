import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient, paginateListVersionsByFunction } from '@aws-sdk/client-lambda';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { modelledFunctions } from '../../estate/functions';
import { queueNames } from '../../estate/messaging';
import { tableKey } from '../../estate/posture';
import type { AccountSettings } from '../../estate/settings';
import { buckets } from '../../estate/storage';
import { tables } from '../../estate/support';
import type { Emulator } from '../emulator';
import { keepsake, keepsakeItem, keepsakeKey } from './hand-made';

/** A store whose content of before the adoption is there, or is not. */
export interface KeptContent {
  readonly kind: 'bucket' | 'queue' | 'table' | 'function version';
  readonly name: string;
  readonly kept: boolean;
}

/**
 * Whether what was in the stores before the adoption is in them still. Messages are counted, not received: a consumer may
 * have taken one since the functions were deployed, so that only queues without a consumer prove anything.
 *
 * @param consumed queues that a deployed function reads
 */
export async function readContents(
  emulator: Emulator,
  settings: AccountSettings,
  consumed: ReadonlySet<string>,
): Promise<KeptContent[]> {
  const options = emulator.clientOptions();
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  const sqs = new SQSClient(options);
  const dynamo = new DynamoDBClient(options);
  const lambda = new LambdaClient(options);
  const absent = () => undefined;

  const objects = buckets.map(async ({ name }): Promise<KeptContent> => {
    const answer = await s3.send(new GetObjectCommand({ Bucket: name, Key: keepsakeKey })).catch(absent);
    return { kind: 'bucket', name, kept: (await answer?.Body?.transformToString()) === keepsake };
  });
  const messages = queueNames
    .filter((name) => !consumed.has(name))
    .map(async (name): Promise<KeptContent> => {
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
      );
      return { kind: 'queue', name, kept: Number(Attributes?.ApproximateNumberOfMessages) >= 1 };
    });
  const items = tables.map(async (row): Promise<KeptContent> => {
    const Key = keepsakeItem(tableKey(row, settings));
    const answer = await dynamo.send(new GetItemCommand({ TableName: row.name, Key })).catch(absent);
    return { kind: 'table', name: row.name, kept: answer?.Item !== undefined };
  });
  const versions = modelledFunctions.map(async ({ name }): Promise<KeptContent> => {
    const found: string[] = [];
    for await (const page of paginateListVersionsByFunction({ client: lambda }, { FunctionName: name })) {
      found.push(...(page.Versions ?? []).map(({ Version = '', Runtime }) => `${Version} ${Runtime}`));
    }
    return { kind: 'function version', name, kept: found.includes('1 nodejs18.x') };
  });
  return Promise.all([...objects, ...messages, ...items, ...versions]);
}
