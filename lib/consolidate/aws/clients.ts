import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { RDSClient } from '@aws-sdk/client-rds';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';

/** What every client is made with; without an endpoint, AWS itself. */
export interface ClientOptions {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Clients that the consolidation acts with. */
export const consolidationClients = (options: ClientOptions) => ({
  cloudFormation: new CloudFormationClient(options),
  cloudWatch: new CloudWatchClient(options),
  dynamo: new DynamoDBClient(options),
  ec2: new EC2Client(options),
  ecs: new ECSClient(options),
  logs: new CloudWatchLogsClient(options),
  rds: new RDSClient(options),
  secrets: new SecretsManagerClient(options),
  sts: new STSClient(options),
});

export type ConsolidationClients = ReturnType<typeof consolidationClients>;
