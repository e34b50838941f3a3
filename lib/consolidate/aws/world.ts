import { readFileSync } from 'node:fs';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { consolidationAlarms } from '../../estate/alarms';
import { certificatesInImage, consolidationPair } from '../../estate/consolidation';
import type { AccountSettings } from '../../estate/settings';
import { databaseSecret, masterPasswordSecret } from '../../estate/support';
import { ConsolidationStop } from '../errors';
import type { Side } from '../phases';
import type { DatabaseEndpoint, InstanceFacts, World } from '../ports';
import type { ConsolidationClients } from './clients';
import { SecretSwitch } from './endpoint-switch';
import { serviceError } from './errors';
import { RdsInstances } from './instances';
import { assertAccount, assertPair } from './pair';
import type { Patience } from './patience';
import { clientReach } from './reach';
import { secretTarget } from './secret-document';
import { DynamoStateStore } from './state-store';

/** Where an RDS instance itself holds them (RDS user guide, "Using SSL with a PostgreSQL DB instance"). */
const certificatesOfRds = '/rdsdbdata/rds-metadata/ca-cert.pem';

export interface AwsWorldOptions {
  readonly settings: AccountSettings;
  readonly clients: ConsolidationClients;
  /** Identifiers of the two instances; a strategy that makes another instance names it as the target. @default the pair */
  readonly pair?: Readonly<Record<Side, string>>;
  /** PEM file of the authorities of RDS. @default certificatesInImage */
  readonly certificatesFile?: string;
  /** Path of the authorities on the instances themselves, for the legs. @default where RDS has them */
  readonly certificatesOnInstance?: string;
  /** @default patienceOfAws */
  readonly patience?: Patience;
}

/**
 * The two instances in an account.
 *
 * @throws ConsolidationStop `wrong-account` before anything else is asked; then what {@link assertPair} refuses; and
 *   `entry-check` when the secret of the applications names no user
 */
export async function awsWorld(options: AwsWorldOptions): Promise<World> {
  const { settings, clients, pair = consolidationPair, patience } = options;
  const { account, region, databases } = settings;
  await assertAccount(clients.sts, account);
  const patient = patience && { patience };
  const instances = new RdsInstances({
    clients,
    identifiers: pair,
    alarms: consolidationAlarms({ databases: { ...databases, consolidation: inPrepare(databases.consolidation) } }).map(
      ({ name }) => name,
    ),
    ...patient,
  });
  // An address lasts as long as its instance; nothing in a run changes it.
  const known = new Map<Side, InstanceFacts>();
  const factsOf = async (side: Side): Promise<InstanceFacts> => {
    const facts = known.get(side) ?? (await instances.describe(side));
    known.set(side, facts);
    return facts;
  };
  const [source, target] = await Promise.all([factsOf('source'), factsOf('target')]);
  assertPair({ source, target }, account);
  const server = async (side: Side) => {
    const { host, port } = await factsOf(side);
    return { host, port };
  };
  const { services } = databases.consolidation;
  return {
    account,
    region,
    instances,
    endpoint: new SecretSwitch({
      clients,
      secret: databaseSecret,
      servers: server,
      services,
      reach: async () => {
        const [source, target] = await Promise.all([instances.describe('source'), instances.describe('target')]);
        return clientReach({ clients, source, target, services });
      },
      ...patient,
    }),
    store: new DynamoStateStore({ client: clients.dynamo, account, region, ...consolidationPair }),
    database: async (side): Promise<DatabaseEndpoint> => ({
      ...(await server(side)),
      database: databases.databaseName,
      user: databases.masterUsername,
      password: await secretText(clients.secrets, masterPasswordSecret),
      ca: readCertificates(options.certificatesFile ?? certificatesInImage),
    }),
    replicationAddress: async (side) => ({
      ...(await server(side)),
      sslRootCert: options.certificatesOnInstance ?? certificatesOfRds,
    }),
    applicationRoles: [applicationRole(await secretText(clients.secrets, databaseSecret))],
  };
}

/** The alarms are the same in every phase that has them. */
const inPrepare = (consolidation: AccountSettings['databases']['consolidation']) => ({
  ...consolidation,
  phase: 'prepare' as const,
});

function applicationRole(text: string): string {
  const { user } = secretTarget(text, databaseSecret);
  if (user === '') {
    throw new ConsolidationStop('entry-check', `Secret ${databaseSecret} must name a user, got: none.`);
  }
  return user;
}

async function secretText(secrets: ConsolidationClients['secrets'], name: string): Promise<string> {
  try {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: name }));
    if (SecretString !== undefined) return SecretString;
  } catch (error) {
    if (serviceError(error, 'AccessDeniedException')) {
      throw new ConsolidationStop(
        'no-rights',
        `Secret ${name} may not be read with these credentials.`,
        'Run inside the VPC as the task huntaze-consolidate, whose role may. Nothing was changed.',
      );
    }
    if (!serviceError(error, 'ResourceNotFoundException')) throw error;
  }
  throw new ConsolidationStop(
    'bad-input',
    `Secret ${name} has no text, got: none.`,
    'Put its value in, then run again.',
  );
}

/** @throws ConsolidationStop `bad-input`: without the authorities no certificate can be verified */
function readCertificates(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConsolidationStop(
      'bad-input',
      `The certificate authorities of RDS cannot be read from ${path}, got: ${(error as NodeJS.ErrnoException).code}.`,
      'Download https://truststore.pki.rds.amazonaws.com/us-east-1/us-east-1-bundle.pem and name it with --certificates.',
    );
  }
}
