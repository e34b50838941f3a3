import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import {
  copyPostgresBinaries,
  giveToPostgres,
  postgresIdentity,
} from '../../../lib/rehearsal/servers/postgres-binaries';
import { type Certificates, makeCertificates } from './certificates';
import { freePort, loopback } from './loopback';
import { ServerProcess } from './server-process';

export interface PostgresOptions {
  /** Lines for postgresql.conf. @default - none */
  readonly configuration?: readonly string[];
}

export interface Postgres {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** What the server's TLS certificate, made for `localhost`, comes from. */
  readonly certificates: Certificates;
  /** A client of the test's own, connected. */
  connect(): Promise<Client>;
  /** Ends the server, with SIGINT (fast) unless told otherwise, and starts it again with its data, on the same port. */
  restart(signal?: NodeJS.Signals): Promise<void>;
  /** Ends the server and keeps its data. */
  halt(signal?: NodeJS.Signals): Promise<void>;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

const user = 'huntaze';
const database = 'huntaze';

/**
 * Starts an empty PostgreSQL server, of the version that runs in production, on a free loopback port, with passwords
 * (SCRAM) and TLS.
 */
export async function startPostgres({ configuration = [] }: PostgresOptions = {}): Promise<Postgres> {
  const directory = mkdtempSync(join(tmpdir(), 'huntaze-postgres-'));
  const identity = postgresIdentity();
  const own = giveToPostgres;
  own(directory);
  const binaries = copyPostgresBinaries(directory);
  const certificates = makeCertificates(directory);
  own(certificates.keyFile);

  const password = randomBytes(12).toString('base64url');
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  own(passwordFile);
  const data = join(directory, 'data');
  mkdirSync(data, { mode: 0o700 });
  own(data);
  const environment = { PATH: process.env.PATH, LANG: 'C', LC_ALL: 'C' };
  execFileSync(
    join(binaries, 'initdb'),
    [
      ...['--pgdata', data, '--username', user, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
      ...['--encoding', 'UTF8', '--locale', 'C', '--no-sync'],
    ],
    { ...identity, cwd: directory, env: environment, stdio: ['ignore', 'ignore', 'pipe'] },
  );

  const port = await freePort();
  const settings = [
    `listen_addresses = '${loopback}'`,
    `port = ${port}`,
    "unix_socket_directories = ''",
    'ssl = on',
    `ssl_cert_file = '${certificates.certificateFile}'`,
    `ssl_key_file = '${certificates.keyFile}'`,
    'fsync = off',
    ...configuration,
  ];
  appendFileSync(join(data, 'postgresql.conf'), `\n${settings.join('\n')}\n`);

  const connectTo = async (name: string) => {
    const client = new Client({ host: loopback, port, user, password, database: name });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const start = async () => {
    const server = new ServerProcess(join(binaries, 'postgres'), ['-D', data], {
      logPath: join(directory, 'postgres.log'),
      environment,
      identity,
    });
    await server.untilReady(async () => {
      await (await connectTo('postgres')).end();
      return true;
    });
    return server;
  };
  let server = await start();
  const setUp = await connectTo('postgres');
  await setUp.query(`CREATE DATABASE ${database}`);
  await setUp.end();

  return {
    port,
    user,
    password,
    database,
    certificates,
    connect: () => connectTo(database),
    restart: async (signal = 'SIGINT') => {
      await server.stop(signal);
      server = await start();
    },
    halt: (signal = 'SIGINT') => server.stop(signal),
    stop: async () => {
      await server.stop('SIGINT');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
