import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ServerProcessOptions {
  readonly logPath: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** User and group to run as. @default - those of this process */
  readonly identity?: { readonly uid: number; readonly gid: number };
}

/** Servers that end with this process, however it ends. */
const running = new Set<ServerProcess>();
process.once('exit', () => {
  for (const server of running) server.signal('SIGKILL');
});

/** A server of a test, ended by its process id. */
export class ServerProcess {
  readonly ended: Promise<void>;
  private readonly child: ChildProcess;
  private over = false;

  constructor(
    command: string,
    args: readonly string[],
    private readonly options: ServerProcessOptions,
  ) {
    const log = openSync(options.logPath, 'a');
    this.child = spawn(command, args, {
      env: options.environment ?? { PATH: process.env.PATH, LANG: 'C.UTF-8' },
      stdio: ['ignore', log, log],
      ...options.identity,
    });
    closeSync(log);
    running.add(this);
    this.ended = new Promise((resolve) => {
      const finish = () => {
        this.over = true;
        running.delete(this);
        resolve();
      };
      this.child.once('exit', finish);
      this.child.once('error', finish);
    });
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.over) this.child.kill(signal);
  }

  /** Sends the signal, and kills the server when it has not ended 5 s later. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.signal(signal);
    const timer = setTimeout(() => this.signal('SIGKILL'), 5_000);
    await this.ended;
    clearTimeout(timer);
  }

  /**
   * Waits until the server answers.
   * @throws Error with the end of the log when it ended, or did not answer within 20 s.
   */
  async untilReady(isReady: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 20_000;
    while (!this.over && Date.now() < deadline) {
      if (await isReady().catch(() => false)) return;
      await sleep(50);
    }
    const reason = this.over ? 'ended while starting' : 'did not answer within 20 s';
    await this.stop('SIGKILL');
    const tail = readFileSync(this.options.logPath, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
    throw new Error(`The test server ${reason}. The end of its log:\n${tail}`);
  }
}
