import { AppConfigClient } from '@aws-sdk/client-appconfig';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Emulator } from '../emulator';
import type { Platforms } from '../platforms';
import type { RehearsalValues } from '../seed';

/** A rehearsed piece of the estate's work: it throws when it does not go as it must. */
export interface Story {
  readonly title: string;
  /** @param fact takes what was seen, in the order in which it was seen */
  tell(scene: Scene, fact: (line: string) => void): Promise<void>;
}

/** What stories act on. */
export type Scene = ReturnType<typeof makeScene>;

export function makeScene(
  { account, region, clientOptions }: Pick<Emulator, 'account' | 'region' | 'clientOptions'>,
  values: RehearsalValues,
  platforms: Platforms,
) {
  const options = clientOptions();
  return {
    account,
    region,
    values,
    platforms,
    appConfig: new AppConfigClient(options),
    dynamo: DynamoDBDocumentClient.from(new DynamoDBClient(options)),
    ecs: new ECSClient(options),
    events: new EventBridgeClient(options),
    lambda: new LambdaClient(options),
    logs: new CloudWatchLogsClient(options),
    s3: new S3Client({ ...options, forcePathStyle: true }),
    secrets: new SecretsManagerClient(options),
    sqs: new SQSClient(options),
  };
}
