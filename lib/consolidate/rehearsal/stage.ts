import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditedAccount } from '../../estate/settings';
import { makeCertificates } from '../../rehearsal/servers/certificates';
import { copyPostgresBinaries, giveToPostgres } from '../../rehearsal/servers/postgres-binaries';
import { startTcpProxy, type TcpProxy } from '../../rehearsal/servers/tcp-proxy';
import { readFence } from '../database/fence';
import type { Side } from '../phases';
import { readSecret, rehearsedCloud } from './control';
import { serveMethods } from './control-channel';
import { startEmbeddedCloud } from './embedded/cloud';
import type { LoadOptions, LoadReport } from './load';
import { judge, type Verdict } from './oracle';
import { type Amount, applicationUser, bootstrap, databaseName, diverge, masterUser, seed } from './schema';
import type { SecretPlace } from './secret-place';
import { RehearsalServer, type ServerOptions } from './server';
import { forkScript, runTool, type ToolCommand, type ToolOptions, type ToolResult } from './tool';
import type { WorldFile } from './world-file';

export interface StageOptions {
  readonly amount: Amount;
  /** Lines for postgresql.conf of one server. */
  readonly configuration?: Partial<Record<Side, readonly string[]>>;
  /** Overrides of the engine's settings. */
  readonly settings?: WorldFile['settings'];
  /**
   * Runs an embedded AWS beside the servers: RDS, Secrets Manager, ECS and DynamoDB answer, and the tool speaks to them
   * as to an account. @default none: a few lines play instances and endpoint, which starts quicker
   */
  readonly embeddedAws?: { readonly projectRoot: string };
}

/** What stands for the account. */
export interface StageCloud {
  readonly worldFile: Pick<WorldFile, 'controlUrl' | 'awsUrl'>;
  readonly secret: SecretPlace;
  /** Where the secret points. */
  serving(): Promise<Side | 'elsewhere'>;
  stop(): Promise<void>;
}

export interface RunningLoad {
  /** Ends the writers and takes their report. */
  stop(): Promise<LoadReport>;
}

/** Two real servers with data, and everything around them. */
export interface Stage {
  readonly directory: string;
  readonly worldFile: string;
  readonly world: WorldFile;
  readonly servers: Readonly<Record<Side, RehearsalServer>>;
  /** PEM of the authority that signed the servers' certificate. */
  readonly authority: string;
  /** Paths over which the servers replicate: `source` is the one that leads to the source. */
  readonly paths: Readonly<Record<Side, TcpProxy>>;
  /** What the target had of its own before the run. */
  readonly diverged: { readonly targetOnly: number; readonly differs: number };
  /** Statements as the service's superuser. */
  query<Row extends object = Record<string, unknown>>(side: Side, sql: string, values?: unknown[]): Promise<Row[]>;
  startLoad(options?: Partial<Pick<LoadOptions, 'writers' | 'readers' | 'restMs'>>): Promise<RunningLoad>;
  tool(command: ToolCommand, more?: Pick<ToolOptions, 'at' | 'onMessage'>): Promise<ToolResult>;
  /** Where the secret points. */
  serving(): Promise<Side | 'elsewhere'>;
  /** Which servers take writes now, by their triggers. */
  openSides(): Promise<Side[]>;
  judge(side: Side): Promise<Verdict>;
  stop(): Promise<void>;
}

/** A run that need not wait, and notices soon what is away. */
const quickSettings: WorldFile['settings'] = {
  leaseMs: 10_000,
  retryMs: 20_000,
  reachMs: 30_000,
  soakMs: 0,
  sessionsGoneMs: 20_000,
  sessionsQuietMs: 500,
};

export async function setStage(options: StageOptions): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'huntaze-consolidation-'));
  giveToPostgres(directory);
  const started: Part[] = [];
  const stop = async () => {
    try {
      await stopEach(started);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  };
  try {
    return { ...(await build(directory, started, options)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Part {
  stop(): Promise<void>;
}

/** The last one that started first. One that does not stop keeps none of the others running. */
async function stopEach(parts: Part[]): Promise<void> {
  const part = parts.pop();
  if (!part) return;
  try {
    await part.stop();
  } finally {
    await stopEach(parts);
  }
}

async function build(
  directory: string,
  started: Part[],
  { amount, configuration, settings, embeddedAws }: StageOptions,
): Promise<Omit<Stage, 'stop'>> {
  const passwords = { service: secret(), master: secret(), application: secret() };
  const certificates = makeCertificates(directory);
  giveToPostgres(certificates.keyFile);
  const common: Omit<ServerOptions, 'side'> = {
    directory,
    binaries: copyPostgresBinaries(directory),
    certificates,
    password: passwords.service,
  };

  const source = await RehearsalServer.create({ ...common, side: 'source' });
  started.push(source);
  await source.start();
  await bootstrap((database) => source.connect(database), passwords);
  await withClient(source, (client) => seed(client, amount));
  await source.stop();
  const target = await RehearsalServer.restore({ ...common, side: 'target' }, source);
  started.push(target);
  const servers = { source, target };
  for (const side of ['source', 'target'] as const) servers[side].configure(configuration?.[side] ?? []);
  await Promise.all([source.start(), target.start()]);
  const diverged = await withClient(target, diverge);

  const paths = { source: await startTcpProxy(source.port), target: await startTcpProxy(target.port) };
  started.push(paths.source, paths.target);
  const region = 'us-east-1';
  const cloud = embeddedAws
    ? await startEmbeddedCloud({
        ...{ ...embeddedAws, directory, servers, passwords },
        serverFrom: (data, name) => RehearsalServer.restore({ ...common, side: 'target', name }, { data }),
      })
    : await startControl(directory, servers, region);
  started.push(cloud);

  const server = (side: Side) => ({
    port: servers[side].port,
    replicationPort: paths[side].port,
    user: masterUser,
    password: passwords.master,
    database: databaseName,
  });
  const world: WorldFile = {
    account: auditedAccount,
    region,
    stateDirectory: join(directory, 'state'),
    authorityFile: certificates.authorityFile,
    ...cloud.worldFile,
    applicationRoles: [applicationUser],
    servers: { source: server('source'), target: server('target') },
    settings: { ...quickSettings, ...settings },
  };
  const worldFile = join(directory, 'world.json');
  writeFileSync(worldFile, JSON.stringify(world), { mode: 0o600 });

  const acknowledged = join(directory, 'acknowledged');
  const rolledBack = join(directory, 'rolled-back');
  const [before] = await withClient(source, async (client) => {
    const { rows } = await client.query<{ balance: string; accounts: number }>(
      'select coalesce(sum(balance), 0) as balance, count(*)::int as accounts from app.accounts',
    );
    return rows;
  });

  return {
    ...{ directory, worldFile, world, servers, paths, diverged, authority: certificates.authority },
    query: (side, sql, values) =>
      withClient(servers[side], async (client) => (await client.query(sql, values)).rows as never),
    async startLoad({ writers = 2, readers = 1, restMs = 2 } = {}) {
      const load = startLoad({
        ...{ user: applicationUser, password: passwords.application, database: databaseName },
        ...{ authorityFile: certificates.authorityFile, secret: cloud.secret, acknowledged, rolledBack },
        ...{ writers, readers, restMs, accounts: before?.accounts ?? 1 },
      });
      started.push({ stop: async () => void (await load.stop()) });
      return load;
    },
    tool: (command, more = {}) => runTool({ worldFile, command, embeddedAws: embeddedAws !== undefined, ...more }),
    serving: () => cloud.serving(),
    async openSides() {
      const sides: Side[] = [];
      for (const side of ['source', 'target'] as const) {
        const state = await withClient(servers[side], async (client) => {
          const session = {
            query: async (sql: string, values?: readonly unknown[]) =>
              (await client.query(sql, values as unknown[])).rows,
          };
          return (await readFence(session as never)).state;
        });
        if (state !== 'closed') sides.push(side);
      }
      return sides;
    },
    judge: (side) =>
      withClient(servers[side], (client) =>
        judge(client, { acknowledged, rolledBack, balanceBefore: Number(before?.balance ?? 0) }),
      ),
  };
}

/** The cloud of a rehearsal that needs none: a few lines that do to the servers what RDS, ECS and a secret would. */
async function startControl(
  directory: string,
  servers: Readonly<Record<Side, RehearsalServer>>,
  region: string,
): Promise<StageCloud> {
  const secretFile = join(directory, 'secret.json');
  const control = await serveMethods(rehearsedCloud({ account: auditedAccount, region, servers, secretFile }));
  return {
    worldFile: { controlUrl: control.url },
    secret: { file: secretFile },
    serving: async () => readSecret(secretFile).side,
    stop: control.stop,
  };
}

const secret = (): string => randomBytes(18).toString('base64url');

async function withClient<T>(
  server: RehearsalServer,
  work: (client: Awaited<ReturnType<RehearsalServer['connect']>>) => Promise<T>,
): Promise<T> {
  const client = await server.connect(databaseName);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function startLoad(options: LoadOptions): RunningLoad {
  const child = forkScript('load-process.ts', [JSON.stringify(options)]);
  const report = new Promise<LoadReport>((resolve, reject) => {
    child.once('message', (message) => resolve(message as LoadReport));
    child.once('exit', (code) => reject(new Error(`The load ended by itself, got: exit ${code}.`)));
  });
  // Whoever stops the load sees its trouble.
  report.catch(() => undefined);
  return {
    stop() {
      child.kill('SIGTERM');
      return report;
    },
  };
}
