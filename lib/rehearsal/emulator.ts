import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GapReport, gapReport, gapsPath, readGapList } from './gaps';
import { assertLoopback, dummySecretKey } from './loopback';
import { ProcessGroup } from './process-group';
import { ensurePythonEnvironment } from './python-environment';

/** Milliseconds until the health check must have passed. Measured: under one second. */
const startTimeout = 30_000;
const loopback = '127.0.0.1';

/** Physical names that AWS gave and no template can set, so that a read-back finds them. */
export interface Seeds {
  /** Distributions by the Comment of their configuration. */
  readonly distributions?: Readonly<Record<string, { readonly id: string; readonly domain: string }>>;
  /** Endpoint addresses of DB instances by their identifier. */
  readonly databases?: Readonly<Record<string, string>>;
  /** Endpoint addresses of cache clusters by their name. */
  readonly caches?: Readonly<Record<string, string>>;
  /** The default VPC, with the id of its subnet in each zone. */
  readonly defaultVpc?: { readonly id: string; readonly subnets: Readonly<Record<string, string>> };
}

export interface EmulatorOptions {
  readonly account: string;
  readonly region: string;
  /** Ignored folder for everything that the emulator and its clients write. */
  readonly directory: string;
  readonly projectRoot: string;
  /** @default none */
  readonly seeds?: Seeds;
  readonly onLog?: (line: string) => void;
}

export interface Emulator {
  readonly account: string;
  readonly region: string;
  /** Scratch folder of this run. */
  readonly directory: string;
  readonly projectRoot: string;
  readonly endpoint: string;
  /** Environment for CLI and SDK processes: loopback endpoints, dummy credentials, nothing of the caller's. */
  readonly environment: NodeJS.ProcessEnv;
  /** Options for clients of the AWS SDK. */
  clientOptions(): {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** What the gaps came to so far. */
  gapReport(): Promise<GapReport>;
  /** Ends the emulator and every Lambda process that it started. */
  stop(): Promise<void>;
}

/**
 * Starts an empty AWS account on a free loopback port.
 *
 * @throws when the account is malformed, Python is missing, or the emulator does not come up; then with its log's tail.
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { account, region, projectRoot } = options;
  if (!/^\d{12}$/.test(account)) throw new Error(`An account has twelve digits, got: ${account}.`);
  const gaps = readGapList();
  const python = await ensurePythonEnvironment({
    name: 'emulator',
    requirements: join(__dirname, 'python', 'requirements.txt'),
    directory: join(projectRoot, '.rehearsal'),
    onProgress: options.onLog,
  });

  mkdirSync(options.directory, { recursive: true });
  const directory = mkdtempSync(join(options.directory, 'run-'));
  const home = join(directory, 'home');
  mkdirSync(home);
  const emptyFile = join(directory, 'empty-aws-config');
  writeFileSync(emptyFile, '');
  const reportPath = join(directory, 'gaps.json');
  const port = await freePort();
  const endpoint = `http://${loopback}:${port}`;

  // Every variable here reaches every Lambda function, so it holds what they need and no more.
  const minimal = {
    PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    HOME: home,
    TMPDIR: directory,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
  };
  const server = new ProcessGroup(
    python,
    ['-E', '-s', '-B', join(__dirname, 'python', 'launcher.py')],
    join(directory, 'emulator.log'),
    {
      cwd: directory,
      env: {
        ...minimal,
        BIND_HOST: loopback,
        GATEWAY_PORT: String(port),
        // Without these, the emulator calls itself localhost, which some resolvers take for ::1.
        MINISTACK_HOST: loopback,
        MINISTACK_ACCOUNT_ID: account,
        MINISTACK_REGION: region,
        // A bundle leaves the AWS SDK out, as the Lambda runtime brings it.
        NODE_PATH: join(projectRoot, 'node_modules'),
        // Functions call platforms; from here no connection leaves this machine, whatever their configuration says.
        NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, 'loopback-only.cjs'))}`,
        REHEARSAL_GAPS: gapsPath,
        REHEARSAL_REPORT: reportPath,
        REHEARSAL_SEEDS: JSON.stringify(options.seeds ?? {}),
      },
    },
  );
  await untilHealthy(server, endpoint);
  options.onLog?.(`Emulator listening on ${endpoint}, log in ${server.logPath}.`);

  const environment: NodeJS.ProcessEnv = {
    ...minimal,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: dummySecretKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION: endpoint,
    AWS_CONFIG_FILE: emptyFile,
    AWS_SHARED_CREDENTIALS_FILE: emptyFile,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  assertLoopback(environment);
  return {
    account,
    region,
    directory,
    projectRoot,
    endpoint,
    environment,
    clientOptions: () => ({
      endpoint,
      region,
      credentials: { accessKeyId: account, secretAccessKey: dummySecretKey },
    }),
    gapReport: async () => gapReport(gaps, JSON.parse(readFileSync(reportPath, 'utf8'))),
    stop: () => server.stop(),
  };
}

async function untilHealthy(server: ProcessGroup, endpoint: string): Promise<void> {
  const deadline = Date.now() + startTimeout;
  while (server.alive && Date.now() < deadline) {
    const answer = await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(1_000) }).catch(
      () => null,
    );
    if (answer?.ok) return;
    await sleep(50);
  }
  const reason = server.alive ? `was not healthy after ${startTimeout / 1_000} s` : 'ended while starting';
  await server.stop();
  throw new Error(`The emulator ${reason}. The end of ${server.logPath}:\n${server.logTail()}`);
}

/** Asks the system for a port. Another process may take it before the emulator does; the start then fails and says so. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) =>
      reject(new Error(`No loopback port is free, got: ${error.message}. End a server on ${loopback}.`)),
    );
    probe.listen(0, loopback, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
