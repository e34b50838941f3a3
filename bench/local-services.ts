import { join } from 'node:path';
import {
  AppConfigClient,
  CreateApplicationCommand,
  CreateConfigurationProfileCommand,
  CreateDeploymentStrategyCommand,
  CreateEnvironmentCommand,
  CreateHostedConfigurationVersionCommand,
  StartDeploymentCommand,
} from '@aws-sdk/client-appconfig';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { hybridParameterValues } from '../lib/estate/hybrid';
import { resolveSettings } from '../lib/estate/settings';
import { type KeySchema, tables } from '../lib/estate/support';
import { type Emulator, startEmulator } from '../lib/rehearsal/emulator';
import { RehearsedEntra, rehearsedAzure, rehearsedVariables } from '../lib/rehearsal/platforms/azure';
import { settingsFiles } from '../settings';
import { type Postgres, startPostgres } from '../test/support/servers/postgres';
import { startValkey, type Valkey } from '../test/support/servers/valkey';
import { projectRoot } from './measure';

const account = '123456789012';
const region = 'us-east-1';
/** Keys of tables whose row leaves them to the account's settings. */
const keysFromSettings: KeySchema = { partition: { name: 'userId', type: 'S' }, sort: { name: 'provider', type: 'S' } };

/** What the functions talk to, on 127.0.0.1 alone: an embedded AWS, and where asked for a real Valkey or PostgreSQL. */
export class LocalServices {
  readonly dynamo: DynamoDBDocumentClient;
  readonly sqs: SQSClient;
  private readonly stops: (() => Promise<void>)[];
  private readonly options: ReturnType<Emulator['clientOptions']>;

  private constructor(private readonly emulator: Emulator) {
    this.options = emulator.clientOptions();
    this.dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(this.options));
    this.sqs = new SQSClient(this.options);
    this.stops = [() => emulator.stop()];
  }

  /** @param directory receives what the embedded AWS writes. */
  static async start(directory: string): Promise<LocalServices> {
    return new LocalServices(await startEmulator({ account, region, directory, projectRoot }));
  }

  /** Of a function: the embedded AWS as its only one, and the SDK that the runtime would bring. */
  get environment(): NodeJS.ProcessEnv {
    return {
      ...this.emulator.environment,
      NODE_PATH: join(projectRoot, 'node_modules'),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    };
  }

  async valkey(): Promise<Valkey> {
    const valkey = await startValkey();
    this.stops.push(() => valkey.stop());
    return valkey;
  }

  async postgres(): Promise<Postgres> {
    const postgres = await startPostgres();
    this.stops.push(() => postgres.stop());
    return postgres;
  }

  /** Entra and Azure OpenAI of this machine. @returns the variables by which a caller finds them */
  async azure(): Promise<Readonly<Record<string, string>>> {
    const entra = new RehearsedEntra();
    const azure = rehearsedAzure(entra);
    await Promise.all([entra.start(), azure.start()]);
    this.stops.push(
      () => entra.stop(),
      () => azure.stop(),
    );
    return {
      ...hybridParameterValues(resolveSettings(settingsFiles, {})),
      ...rehearsedVariables({ entra, azure }),
    };
  }

  /** Creates a table of the estate, with its keys and indexes. */
  async table(name: string): Promise<string> {
    const table = tables.find((candidate) => candidate.name === name);
    if (!table) throw new Error(`The estate has no such table, got: ${name}. Name one of its rows.`);
    const key = table.key === 'settings' ? keysFromSettings : table.key;
    const attributes = [key, ...table.indexes].flatMap(({ partition, sort }) =>
      sort ? [partition, sort] : [partition],
    );
    await this.dynamo.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [...new Map(attributes.map((attribute) => [attribute.name, attribute])).values()].map(
          (attribute) => ({ AttributeName: attribute.name, AttributeType: attribute.type }),
        ),
        KeySchema: keySchema(key),
        GlobalSecondaryIndexes:
          table.indexes.length === 0
            ? undefined
            : table.indexes.map((index) => ({
                IndexName: index.name,
                KeySchema: keySchema(index),
                Projection: { ProjectionType: 'ALL' },
              })),
      }),
    );
    return name;
  }

  /** @returns the queue's URL. */
  async queue(name: string): Promise<string> {
    return (await this.sqs.send(new CreateQueueCommand({ QueueName: name }))).QueueUrl ?? '';
  }

  async secret(name: string, text: string): Promise<string> {
    await new SecretsManagerClient(this.options).send(new CreateSecretCommand({ Name: name, SecretString: text }));
    return name;
  }

  /** A service that may be deployed again. */
  async ecsService(cluster: string, service: string): Promise<void> {
    const ecs = new ECSClient(this.options);
    await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
    await ecs.send(
      new RegisterTaskDefinitionCommand({ family: service, containerDefinitions: [{ name: service, image: 'none' }] }),
    );
    await ecs.send(
      new CreateServiceCommand({ cluster, serviceName: service, taskDefinition: service, desiredCount: 0 }),
    );
  }

  /** Feature flags with one flag, off, deployed. */
  async flags(flag: string): Promise<Readonly<Record<'application' | 'environment' | 'profile' | 'strategy', string>>> {
    const client = new AppConfigClient(this.options);
    const { Id: application = '' } = await client.send(new CreateApplicationCommand({ Name: 'flags' }));
    const { Id: environment = '' } = await client.send(
      new CreateEnvironmentCommand({ ApplicationId: application, Name: 'production' }),
    );
    const { Id: profile = '' } = await client.send(
      new CreateConfigurationProfileCommand({
        ApplicationId: application,
        Name: 'feature-flags',
        LocationUri: 'hosted',
        Type: 'AWS.AppConfig.FeatureFlags',
      }),
    );
    const { Id: strategy = '' } = await client.send(
      new CreateDeploymentStrategyCommand({
        Name: 'at once',
        DeploymentDurationInMinutes: 0,
        GrowthFactor: 100,
        FinalBakeTimeInMinutes: 0,
        ReplicateTo: 'NONE',
      }),
    );
    const { VersionNumber } = await client.send(
      new CreateHostedConfigurationVersionCommand({
        ApplicationId: application,
        ConfigurationProfileId: profile,
        ContentType: 'application/json',
        Content: Buffer.from(
          JSON.stringify({ version: '1', flags: { [flag]: { name: flag } }, values: { [flag]: { enabled: false } } }),
        ),
      }),
    );
    await client.send(
      new StartDeploymentCommand({
        ApplicationId: application,
        EnvironmentId: environment,
        ConfigurationProfileId: profile,
        DeploymentStrategyId: strategy,
        ConfigurationVersion: String(VersionNumber),
      }),
    );
    return { application, environment, profile, strategy };
  }

  /** Ends all of them by process id, the last one first. */
  async stop(): Promise<void> {
    while (this.stops.length > 0) await this.stops.pop()?.();
  }
}

const keySchema = ({ partition, sort }: KeySchema) => [
  { AttributeName: partition.name, KeyType: 'HASH' as const },
  ...(sort ? [{ AttributeName: sort.name, KeyType: 'RANGE' as const }] : []),
];
