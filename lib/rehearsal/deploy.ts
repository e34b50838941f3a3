import { mkdirSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { assertSelfContained } from './assembly';
import type { Emulator } from './emulator';
import { assertLoopback } from './loopback';
import { ProcessGroup } from './process-group';

/** Milliseconds for one run of the CLI. */
const defaultTimeout = 10 * 60_000;

export interface BootstrapOptions {
  /** Qualifier of the bootstrap resources, for example `hnb659fds`. */
  readonly qualifier: string;
  /** Every qualifier but the default one needs a toolkit stack of its own. */
  readonly toolkitStackName: string;
  /** Milliseconds. @default ten minutes */
  readonly timeout?: number;
}

/**
 * Bootstraps the emulator's account with the real CLI.
 *
 * @throws with the end of the CLI's output when it fails.
 */
export async function bootstrap(emulator: Emulator, options: BootstrapOptions): Promise<void> {
  const { qualifier, toolkitStackName, timeout } = options;
  // In the app's folder, the CLI would synthesize it first.
  const empty = mkdtempSync(join(emulator.directory, 'bootstrap-'));
  const args = [
    'bootstrap',
    `aws://${emulator.account}/${emulator.region}`,
    ...['--qualifier', qualifier],
    ...['--toolkit-stack-name', toolkitStackName],
    ...['--cloudformation-execution-policies', 'arn:aws:iam::aws:policy/AdministratorAccess'],
  ];
  await runCdk(emulator, args, { cwd: empty, name: `bootstrap-${qualifier}`, timeout });
}

export interface DeployOptions {
  /** Folder of a synthesized assembly. */
  readonly assembly: string;
  /** Stack ids as the CLI takes them, a Stage's as `<stage>/<stack>`. */
  readonly stacks: readonly string[];
  /** Stacks deployed at the same time, where their dependencies allow it. @default 4 */
  readonly concurrency?: number;
  /** Milliseconds. @default ten minutes */
  readonly timeout?: number;
}

/**
 * Deploys stacks of a synthesized assembly, unchanged, with the real CLI.
 *
 * @throws when an asset lies outside the assembly, and with the end of the CLI's output when a stack fails.
 */
export async function deploy(emulator: Emulator, options: DeployOptions): Promise<void> {
  const { stacks, concurrency = 4, timeout } = options;
  const assembly = resolve(options.assembly);
  if (stacks.length === 0) throw new Error(`No stack of ${assembly} is named. Name one.`);
  assertSelfContained(assembly);
  const args = [
    'deploy',
    ...stacks,
    ...['--app', assembly],
    ...['--require-approval', 'never'],
    ...['--progress', 'events'],
    ...['--concurrency', String(concurrency)],
  ];
  await runCdk(emulator, args, { cwd: emulator.directory, name: 'deploy', timeout });
}

/**
 * Runs the real CLI against the emulator and nothing else.
 *
 * @throws with the end of its output when it fails
 */
export async function runCdk(
  emulator: Emulator,
  args: readonly string[],
  options: { readonly cwd: string; readonly name: string; readonly timeout?: number },
): Promise<void> {
  const { cwd, name, timeout = defaultTimeout } = options;
  const environment = {
    ...emulator.environment,
    CDK_DISABLE_VERSION_CHECK: '1',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
  assertLoopback(environment);
  const logs = join(emulator.directory, 'logs');
  mkdirSync(logs, { recursive: true });
  const cli = createRequire(join(emulator.projectRoot, 'package.json')).resolve('aws-cdk/bin/cdk');
  const group = new ProcessGroup(process.execPath, [cli, ...args, '--no-notices', '--ci'], join(logs, `${name}.log`), {
    cwd,
    env: environment,
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    void group.stop();
  }, timeout);
  const { code } = await group.ended;
  clearTimeout(timer);
  if (code === 0) return;
  const reason = late ? `took longer than ${timeout / 1_000} s` : `ended with exit code ${code}`;
  throw new Error(`cdk ${args.slice(0, 2).join(' ')} ${reason}. The end of ${group.logPath}:\n${group.logTail()}`);
}
