import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Runs the project's own `cdk`. Its output goes to standard error, so that standard output holds the report alone.
 *
 * @throws when it ends with another exit code than 0
 */
export async function runCdk(projectRoot: string, args: readonly string[]): Promise<void> {
  const cli = createRequire(join(projectRoot, 'package.json')).resolve('aws-cdk/bin/cdk');
  const child = spawn(process.execPath, [cli, ...args, '--no-notices', '--ci'], {
    cwd: projectRoot,
    stdio: ['ignore', process.stderr, process.stderr],
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (code !== 0)
    throw new Error(`cdk ${args[0]} ended with ${code === null ? signal : `exit code ${code}`}. Its output is above.`);
}

/** Synthesizes the estate with trial values into a folder. */
export async function synthesize(
  projectRoot: string,
  directory: string,
  context: Readonly<Record<string, string>>,
): Promise<void> {
  mkdirSync(dirname(directory), { recursive: true });
  await runCdk(projectRoot, [
    ...['synth', '--quiet', '--output', directory],
    ...Object.entries(context).flatMap(([key, value]) => ['--context', `${key}=${value}`]),
  ]);
}
