import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Takes output as it comes. @default nobody */
  readonly onOutput?: (text: string) => void;
}

export interface RunResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  /** Standard output alone. */
  readonly stdout: string;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/**
 * Runs a program without a shell, so that no argument is ever read as a command.
 *
 * @throws when it cannot be started at all
 */
export function run(command: string, args: readonly string[], { cwd, env, onOutput }: RunOptions): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let output = '';
    const take = (text: string) => {
      output += text;
      onOutput?.(text);
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      take(text);
    });
    child.stderr.setEncoding('utf8').on('data', take);
    child.once('error', (error) => reject(new Error(`${command} cannot be started, got: ${error.message}.`)));
    child.once('close', (code) => resolve({ code, stdout, output }));
  });
}

/**
 * Runs a program that must succeed.
 *
 * @throws with the end of its output when it does not
 */
export async function mustRun(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const result = await run(command, args, options);
  if (result.code === 0) return result;
  throw new Error(
    `${[command, ...args.slice(0, 3)].join(' ')} ended with ${result.code ?? 'a signal'}:\n${tailOf(result.output)}`,
  );
}

/** The end of what a program printed, where it says why it failed. */
export const tailOf = (output: string): string => output.trimEnd().split('\n').slice(-30).join('\n');

/** What a program needs that must not see a token or a credential: no variable of a job or a cloud is among them. */
export function bareEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const needed =
    /^(PATH|HOME|TMPDIR|LANG|LC_ALL|TZ|CI|SSL_CERT_FILE|NODE_EXTRA_CA_CERTS|HTTPS?_PROXY|NO_PROXY|npm_config_.*)$/i;
  const credential = /(auth|token|password|secret)/i;
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => needed.test(name) && !credential.test(name)),
  );
}
