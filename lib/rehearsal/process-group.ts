import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** Processes that end with this one, however it ends. */
const running = new Set<ProcessGroup>();
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let watching = false;

/** A process and everything that it starts, ended together by the id of their group. */
export class ProcessGroup {
  /** Resolves when the first process of the group has ended. Never rejects. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  private readonly child: ChildProcess;
  private over = false;

  /**
   * Output goes to the log file; standard input stays open as long as this process lives.
   *
   * @throws when the log file cannot be opened.
   */
  constructor(
    command: string,
    args: readonly string[],
    readonly logPath: string,
    options: Pick<SpawnOptions, 'cwd' | 'env'>,
  ) {
    const log = openSync(logPath, 'a');
    this.child = spawn(command, args, { ...options, detached: true, stdio: ['pipe', log, log] });
    closeSync(log);
    running.add(this);
    watch();
    this.ended = new Promise((resolve) => {
      const finish = (code: number | null, signal: NodeJS.Signals | null) => {
        this.over = true;
        // What the first process started may outlive it.
        this.signal('SIGKILL');
        running.delete(this);
        resolve({ code, signal });
      };
      this.child.once('exit', finish);
      this.child.once('error', () => finish(null, null));
    });
    this.child.stdin?.on('error', () => undefined);
  }

  get alive(): boolean {
    return !this.over;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Asks the group to end and, after the grace time in milliseconds, kills it. */
  async stop(grace = 3_000): Promise<void> {
    if (this.over) return;
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), grace);
    await this.ended;
    clearTimeout(timer);
  }

  /** The last lines of the log, for an error message. */
  logTail(lines = 40): string {
    return readFileSync(this.logPath, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }
}

function watch(): void {
  if (watching) return;
  watching = true;
  process.once('exit', killAll);
  for (const signal of signals) {
    const end = () => {
      killAll();
      process.removeListener(signal, end);
      // Without another listener, the signal now ends this process as it would have without us.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    };
    process.on(signal, end);
  }
}

function killAll(): void {
  for (const group of running) group.signal('SIGKILL');
}
