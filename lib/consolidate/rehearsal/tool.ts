import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunOptions } from '../engine';
import type { StopCode } from '../errors';
import type { PhaseId } from '../phases';
import type { RunState } from '../state';

export type ToolCommand =
  | ({ readonly name: 'run' } & RunOptions)
  | { readonly name: 'rollback'; readonly keepLeg?: boolean }
  | { readonly name: 'retire'; readonly runId: string };

export type ToolMessage =
  | { readonly kind: 'note'; readonly line: string }
  | { readonly kind: 'step'; readonly title: string; readonly ms: number }
  | { readonly kind: 'point'; readonly point: string }
  | { readonly kind: 'end'; readonly state: RunState; readonly position?: PhaseId }
  | {
      readonly kind: 'stop';
      readonly code?: StopCode;
      readonly message: string;
      readonly remedy?: string;
      readonly stack: string;
    };

export interface ToolResult {
  readonly ended: 'done' | 'stopped' | 'killed';
  readonly state?: RunState;
  readonly position?: PhaseId;
  readonly code?: StopCode;
  readonly message?: string;
  readonly remedy?: string;
  readonly stack?: string;
  readonly notes: readonly string[];
  readonly steps: readonly { readonly title: string; readonly ms: number }[];
  /** Every point that it came by, in order. */
  readonly points: readonly string[];
}

export interface StruckTool {
  readonly pid: number;
  /** Ends the tool at this point. */
  kill(): void;
  /** SIGSTOP makes it a runner that is too slow, SIGCONT lets it wake up. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
}
export type Strike = (point: string, tool: StruckTool) => void | Promise<void>;

export interface ToolOptions {
  readonly worldFile: string;
  readonly command: ToolCommand;
  /** Whether the world has an embedded AWS, whose clients take longer to load. @default false */
  readonly embeddedAws?: boolean;
  /** Strikes at a point, while the tool waits there. */
  readonly at?: Strike;
  readonly onMessage?: (message: ToolMessage) => void;
}

const built = new Map<string, string>();

/** One file per script, made once in this process: a rehearsal starts the tool a hundred times. */
function build(script: string): string {
  const known = built.get(script);
  if (known) return known;
  const directory = mkdtempSync(join(tmpdir(), 'huntaze-script-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const outfile = join(directory, 'script.cjs');
  // Loaded here alone: the image that runs the tool in an account has no bundler, and rehearses nothing.
  const { buildSync } = require('esbuild') as typeof import('esbuild');
  buildSync({
    entryPoints: [join(__dirname, script)],
    outfile,
    ...{ bundle: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'error' },
    // The clients of AWS make a map of 10 MB, which each start would read: their script goes without.
    ...(script.startsWith('embedded/') ? { minifyWhitespace: true, minifySyntax: true } : { sourcemap: 'inline' }),
    // Optional parts of pg that nobody installs.
    external: ['pg-native'],
  });
  built.set(script, outfile);
  return outfile;
}

/** Runs a script of this folder in a child process. */
export const forkScript = (script: string, args: readonly string[]): ChildProcess =>
  fork(build(script), [...args], {
    execArgv: ['--enable-source-maps'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // The SDK says on every start when it will want a later Node.js: package.json says which one this project wants.
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });

/** Runs the tool to its end, or to where it is killed. */
export function runTool({ worldFile, command, embeddedAws, at, onMessage }: ToolOptions): Promise<ToolResult> {
  const child = forkScript(embeddedAws ? 'embedded/tool-process.ts' : 'tool-process.ts', [
    worldFile,
    JSON.stringify(command),
  ]);
  const notes: string[] = [];
  const steps: { title: string; ms: number }[] = [];
  const points: string[] = [];
  let last: Extract<ToolMessage, { kind: 'end' | 'stop' }> | undefined;
  let killed = false;
  let trouble: unknown;

  const onPoint = async (point: string) => {
    points.push(point);
    try {
      await at?.(point, {
        pid: child.pid ?? 0,
        kill: () => {
          killed = true;
          child.kill('SIGKILL');
        },
        signal: (signal) => void child.kill(signal),
      });
    } catch (error) {
      trouble = error;
      child.kill('SIGKILL');
    }
    if (!killed && child.connected) child.send('go', () => undefined);
  };
  child.on('message', (message: ToolMessage) => {
    onMessage?.(message);
    if (message.kind === 'note') notes.push(message.line);
    else if (message.kind === 'step') steps.push({ title: message.title, ms: message.ms });
    else if (message.kind === 'point') void onPoint(message.point);
    else last = message;
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => {
      if (trouble !== undefined) return reject(trouble);
      const seen = { notes, steps, points };
      if (last?.kind === 'end') return resolve({ ended: 'done', ...last, ...seen });
      if (last?.kind === 'stop') return resolve({ ended: 'stopped', ...last, ...seen });
      if (killed) return resolve({ ended: 'killed', ...seen });
      reject(
        new Error(`The tool ended by itself, got: ${signal ?? `exit ${code}`} after ${points.at(-1) ?? 'nothing'}.`),
      );
    });
  });
}
