import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Certificates } from '../../rehearsal/servers/certificates';
import { freePort, loopback } from '../../rehearsal/servers/loopback';
import { giveToPostgres, postgresIdentity } from '../../rehearsal/servers/postgres-binaries';
import { ServerProcess } from '../../rehearsal/servers/server-process';
import type { Side } from '../phases';

/** Superuser of the service: on RDS nobody has its password. The tool never connects as it. */
export const serviceUser = 'rdsadmin';

export interface ServerOptions {
  readonly side: Side;
  /** Folder of its files. @default side */
  readonly name?: string;
  /** Folder of the world; the server makes its own below it. */
  readonly directory: string;
  readonly binaries: string;
  readonly certificates: Certificates;
  readonly password: string;
}

/** Small, quick to restart, and as talkative about faults as RDS is by default. */
const configuration = (port: number, { certificateFile, keyFile }: Certificates): string[] => [
  `listen_addresses = '${loopback}'`,
  `port = ${port}`,
  "unix_socket_directories = ''",
  'ssl = on',
  `ssl_cert_file = '${certificateFile}'`,
  `ssl_key_file = '${keyFile}'`,
  'shared_buffers = 64MB',
  'max_connections = 80',
  'max_prepared_transactions = 4',
  'autovacuum_naptime = 30s',
  'wal_receiver_timeout = 5s',
  'wal_sender_timeout = 5s',
  'wal_retrieve_retry_interval = 500ms',
  'max_wal_size = 2GB',
  'logging_collector = off',
  'log_lock_waits = on',
  // A killed process loses nothing that the kernel has; only a power cut would.
  'fsync = off',
];

/** One PostgreSQL of the rehearsal, started, killed and restarted by its process id. */
export class RehearsalServer {
  readonly side: Side;
  readonly data: string;
  private server: ServerProcess | undefined;

  private constructor(
    private readonly options: ServerOptions,
    readonly port: number,
  ) {
    this.side = options.side;
    this.data = join(options.directory, options.name ?? options.side);
  }

  /** An empty server, not yet started. */
  static async create(options: ServerOptions): Promise<RehearsalServer> {
    const made = new RehearsalServer(options, await freePort());
    const passwordFile = join(options.directory, 'service-password');
    writeFileSync(passwordFile, options.password, { mode: 0o600 });
    giveToPostgres(passwordFile);
    made.makeFolder();
    execFileSync(
      join(options.binaries, 'initdb'),
      [
        ...['--pgdata', made.data, '--username', serviceUser, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
        ...['--encoding', 'UTF8', '--locale-provider', 'builtin', '--locale', 'C.UTF-8', '--no-sync'],
      ],
      { ...postgresIdentity(), cwd: options.directory, env: environment, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    made.configure(configuration(made.port, options.certificates));
    return made;
  }

  /** What a restored snapshot is: the files of another server, of one moment. */
  static async restore(options: ServerOptions, from: Pick<RehearsalServer, 'data'>): Promise<RehearsalServer> {
    const made = new RehearsalServer(options, await freePort());
    // Links and owners stay as they are; cpSync gives files to the caller.
    execFileSync('cp', ['-a', from.data, made.data]);
    // Names the process that served the files, which may still live.
    rmSync(join(made.data, 'postmaster.pid'), { force: true });
    made.configure(configuration(made.port, options.certificates));
    return made;
  }

  get log(): string {
    return `${this.data}.log`;
  }

  get alive(): boolean {
    return this.server !== undefined;
  }

  /** Lines for postgresql.conf; the last of a name counts, and takes effect with the next start. */
  configure(lines: readonly string[]): void {
    appendFileSync(join(this.data, 'postgresql.conf'), `\n${lines.join('\n')}\n`);
  }

  async start(): Promise<void> {
    if (this.server) return;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.launch();
      } catch (error) {
        // What a killed postmaster started holds its shared memory for a moment.
        if (attempt === 5) throw error;
        await sleep(300);
      }
    }
  }

  private async launch(): Promise<void> {
    const server = new ServerProcess(join(this.options.binaries, 'postgres'), ['-D', this.data], {
      logPath: this.log,
      environment,
      identity: postgresIdentity(),
    });
    await server.untilReady(async () => {
      await (await this.connect('postgres')).end();
      return true;
    });
    this.server = server;
    void server.ended.then(() => {
      if (this.server === server) this.server = undefined;
    });
  }

  /** SIGINT ends it in order, SIGKILL as a crash does. */
  async stop(signal: 'SIGINT' | 'SIGKILL' = 'SIGINT'): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    await server.stop(signal);
  }

  /** Holds every process of the server still, and lets them go on where they were: nobody but the clock notices. */
  async frozen(work: () => Promise<void>): Promise<void> {
    const [postmaster] = readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n').map(Number);
    if (!postmaster) throw new Error(`The ${this.side} does not run.`);
    // The first: it makes no more of the others.
    process.kill(postmaster, 'SIGSTOP');
    const all = [postmaster, ...childrenOf(postmaster)];
    try {
      for (const pid of all) process.kill(pid, 'SIGSTOP');
      await work();
    } finally {
      for (const pid of all.reverse()) process.kill(pid, 'SIGCONT');
    }
  }

  /**
   * As the service's superuser: for setting the scene, never for the tool.
   *
   * @param authority PEM of the authority by which the server's certificate is checked. @default no TLS
   */
  async connect(database: string, authority?: string): Promise<Client> {
    const client = new Client({
      ...{ host: loopback, port: this.port, user: serviceUser, password: this.options.password, database },
      application_name: 'rehearsal-scene',
      ...(authority !== undefined && { ssl: { ca: authority, servername: 'localhost' } }),
      connectionTimeoutMillis: 2_000,
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  logText(): string {
    return existsSync(this.log) ? readFileSync(this.log, 'utf8') : '';
  }

  private makeFolder(): void {
    mkdirSync(this.data, { mode: 0o700 });
    giveToPostgres(this.data);
  }
}

const childrenOf = (pid: number): number[] =>
  execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
    .split('\n')
    .filter(Boolean)
    .map(Number);

const environment = { PATH: process.env.PATH, LANG: 'C', LC_ALL: 'C' };
