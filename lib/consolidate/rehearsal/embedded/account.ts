import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  type Statistic,
} from '@aws-sdk/client-cloudwatch';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import {
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  ModifyDBInstanceCommand,
  ModifyDBParameterGroupCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { settingsFiles } from '../../../../settings';
import { consolidationAlarms } from '../../../estate/alarms';
import {
  consolidationPair,
  consolidationTable,
  consolidationTask,
  ownParameterGroup,
  parametersOf,
} from '../../../estate/consolidation';
import { securityGroups } from '../../../estate/network';
import { type AccountSettings, resolveSettings } from '../../../estate/settings';
import { dataStackName } from '../../../estate/stack-policy';
import { databaseSecret, masterPasswordSecret } from '../../../estate/support';
import type { ClientOptions } from '../../aws/clients';
import { sides } from '../../phases';

/** A service that reads the secret, so that there is one to deploy anew. The audit's listings show none. */
export const embeddedService = { cluster: 'huntaze-cluster', name: 'api' } as const;

/** The audited account with the infrastructure of the phase `prepare`, and a service that uses the database. */
export function embeddedSettings(databases: Partial<AccountSettings['databases']> = {}): AccountSettings {
  const settings = resolveSettings(settingsFiles, { consolidationPhase: 'prepare' });
  const consolidation = { ...settings.databases.consolidation, services: [embeddedService] };
  return { ...settings, databases: { ...settings.databases, ...databases, consolidation } };
}

export interface AccountContents {
  /** Text of the secret that applications read. */
  readonly applicationSecret: string;
  readonly masterPassword: string;
  /** Bytes that the metric of both instances says are free. @default no metric */
  readonly freeBytes?: number;
}

/**
 * Puts into an empty embedded account what the stacks would have deployed by the phase `prepare`, as far as the
 * consolidation looks at it. CloudFormation has changed the parameter groups, and the restart is still to come.
 */
export async function seedAccount(
  options: ClientOptions,
  settings: AccountSettings,
  contents: AccountContents,
): Promise<void> {
  const group = await seedNetwork(new EC2Client(options), settings);
  await Promise.all([
    seedInstances(new RDSClient(options), settings, group.database),
    seedSecrets(new SecretsManagerClient(options), contents),
    seedService(new ECSClient(options), group.functions),
    seedMetrics(new CloudWatchClient(options), settings, contents),
    seedTable(new DynamoDBClient(options)),
    seedStack(new CloudFormationClient(options)),
  ]);
}

async function seedNetwork(ec2: EC2Client, settings: AccountSettings) {
  const create = async (GroupName: string) => {
    const { GroupId = '' } = await ec2.send(
      new CreateSecurityGroupCommand({ GroupName, Description: GroupName, VpcId: settings.network.defaultVpcId }),
    );
    return GroupId;
  };
  const [database, functions] = [await create('database'), await create(securityGroups.functions.name)];
  await create(securityGroups.consolidation.name);
  for (const GroupId of [database, functions]) {
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: database,
        // Every port: what stands for an instance on this machine listens on a free one.
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 0, ToPort: 65_535, UserIdGroupPairs: [{ GroupId }] }],
      }),
    );
  }
  return { database, functions };
}

async function seedInstances(rds: RDSClient, { account, region, databases }: AccountSettings, group: string) {
  for (const side of sides) {
    const DBInstanceIdentifier = consolidationPair[side];
    const { name, family } = ownParameterGroup(DBInstanceIdentifier, databases.engineVersion);
    await rds.send(
      new CreateDBParameterGroupCommand({
        DBParameterGroupName: name,
        DBParameterGroupFamily: family,
        Description: name,
      }),
    );
    await rds.send(
      new ModifyDBParameterGroupCommand({
        DBParameterGroupName: name,
        Parameters: Object.entries(parametersOf(databases.consolidation) ?? {}).map(
          ([ParameterName, ParameterValue]) => ({ ParameterName, ParameterValue, ApplyMethod: 'pending-reboot' }),
        ),
      }),
    );
    await rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier,
        Engine: 'postgres',
        EngineVersion: databases.engineVersion,
        DBInstanceClass: 'db.t3.micro',
        AllocatedStorage: 20,
        BackupRetentionPeriod: 7,
        MasterUsername: databases.masterUsername,
        MasterUserPassword: 'nobody-logs-in-here',
        StorageEncrypted: side === 'target',
        ...(side === 'target' && {
          KmsKeyId: `arn:aws:kms:${region}:${account}:key/${databases.encryptedInstanceKeyId}`,
        }),
        VpcSecurityGroupIds: [group],
      }),
    );
    await rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier, DBParameterGroupName: name }));
  }
}

async function seedSecrets(secrets: SecretsManagerClient, { applicationSecret, masterPassword }: AccountContents) {
  await secrets.send(new CreateSecretCommand({ Name: databaseSecret, SecretString: applicationSecret }));
  await secrets.send(new CreateSecretCommand({ Name: masterPasswordSecret, SecretString: masterPassword }));
}

async function seedService(ecs: ECSClient, group: string) {
  const { cluster, name } = embeddedService;
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
  for (const family of [name, consolidationTask]) {
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [{ name: family === name ? name : 'estate', image: 'none', essential: true }],
      }),
    );
  }
  await ecs.send(
    new CreateServiceCommand({
      cluster,
      serviceName: name,
      taskDefinition: name,
      desiredCount: 1,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: [group] } },
    }),
  );
}

async function seedMetrics(cloudWatch: CloudWatchClient, settings: AccountSettings, { freeBytes }: AccountContents) {
  for (const { name, metric, threshold } of consolidationAlarms(settings)) {
    await cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName: name,
        Namespace: metric.namespace,
        MetricName: metric.metricName,
        Statistic: metric.statistic as Statistic,
        Period: metric.periodSeconds,
        EvaluationPeriods: 1,
        Threshold: threshold,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
  }
  if (freeBytes === undefined) return;
  await cloudWatch.send(
    new PutMetricDataCommand({
      Namespace: 'AWS/RDS',
      MetricData: sides.map((side) => ({
        MetricName: 'FreeStorageSpace',
        Dimensions: [{ Name: 'DBInstanceIdentifier', Value: consolidationPair[side] }],
        Value: freeBytes,
      })),
    }),
  );
}

const seedTable = (dynamo: DynamoDBClient) =>
  dynamo.send(
    new CreateTableCommand({
      TableName: consolidationTable.name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: consolidationTable.key, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: consolidationTable.key, KeyType: 'HASH' }],
    }),
  );

/** For the policy that forbids deploys alone; what is in it does not matter to that. */
const seedStack = (cloudFormation: CloudFormationClient) =>
  cloudFormation.send(
    new CreateStackCommand({
      StackName: dataStackName,
      TemplateBody: JSON.stringify({
        Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'data-stack' } } },
      }),
    }),
  );
