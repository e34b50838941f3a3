import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelledFunction } from '../lib/estate/functions';

export interface Answer {
  readonly tookMs: number;
  /** What the handler returned, as JSON carries it. */
  readonly result?: unknown;
  /** Message of what it threw. */
  readonly error?: string;
}

export interface LambdaProcessOptions {
  /** Folder of the function's bundle. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Receives what the function prints, as CloudWatch Logs would. */
  readonly logPath: string;
}

/** A fresh Node process that runs one bundled function, as a container of Lambda does: one event at a time. */
export class LambdaProcess {
  private constructor(
    /** Milliseconds that loading the module took; the start of Node itself is not in it. */
    readonly loadMs: number,
    private readonly child: ChildProcess,
    /** An error about this process, with the end of its output. */
    readonly failure: (what: string) => Error,
  ) {}

  /** @throws Error with the end of its output when the module does not load. */
  static async start(
    { name, handler, timeout }: Pick<ModelledFunction, 'name' | 'handler' | 'timeout'>,
    { folder, environment, logPath }: LambdaProcessOptions,
  ): Promise<LambdaProcess> {
    const [module = '', exported = ''] = handler.split('.');
    const log = openSync(logPath, 'a');
    const child = fork(
      join(__dirname, 'lambda-child.cjs'),
      [join(folder, `${module}.js`), exported, name, String(timeout)],
      // Without the loaders of this process.
      { execArgv: [], env: environment, stdio: ['ignore', log, log, 'ipc'] },
    );
    closeSync(log);
    const failure = (what: string) =>
      new Error(`${name} ${what}. The end of its output:\n${readFileSync(logPath, 'utf8').slice(-2000)}`);
    const { loadMs } = await nextMessage<{ loadMs: number }>(child, () => failure('ended while loading'));
    return new LambdaProcess(loadMs, child, failure);
  }

  /** @throws Error with the end of its output when the process ends instead of answering. */
  async invoke(event: unknown): Promise<Answer> {
    const answer = nextMessage<Answer>(this.child, () => this.failure('ended during an event'));
    this.child.send(event as object);
    return answer;
  }

  /** Like {@link invoke}. @throws Error also when the handler raises. */
  async call<T>(event: unknown): Promise<T> {
    const { error, result } = await this.invoke(event);
    if (error !== undefined) throw this.failure(`must handle the event, got the error: ${error}`);
    return result as T;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}

async function nextMessage<T>(child: ChildProcess, failure: () => Error): Promise<T> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([message]) => message as T),
      once(child, 'exit', { signal }).then(() => {
        throw failure();
      }),
    ]);
  } finally {
    settled.abort();
  }
}
