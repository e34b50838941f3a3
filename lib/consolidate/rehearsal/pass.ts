import { setTimeout as sleep } from 'node:timers/promises';
import type { StopCode } from '../errors';
import { type FlaggedPhase, flagOf, type PhaseId } from '../phases';
import type { Stage } from './stage';
import type { Strike, ToolMessage, ToolResult } from './tool';

export interface PassOptions {
  readonly until?: PhaseId;
  readonly at?: Strike;
  readonly onMessage?: (message: ToolMessage) => void;
  /**
   * What a person does about a stop that no flag answers.
   * @returns whether the tool shall be run again
   */
  readonly onStop?: (result: ToolResult) => Promise<boolean>;
}

export interface PassResult {
  readonly runId: string;
  readonly last: ToolResult;
  /** Times that the tool was started. */
  readonly starts: number;
  /** Times that it was killed. */
  readonly kills: number;
  readonly stops: readonly StopCode[];
  readonly steps: readonly { readonly title: string; readonly ms: number }[];
  readonly points: ReadonlySet<string>;
}

const mostStarts = 400;

/** Does what a person would: accepts the decisions, gives the flag that is asked for, starts the tool again when it was killed. */
export async function passForward(stage: Stage, options: PassOptions = {}): Promise<PassResult> {
  const flags: Partial<Record<FlaggedPhase, string>> = {};
  const accept: string[] = [];
  const stops: StopCode[] = [];
  const steps: PassResult['steps'][number][] = [];
  const points = new Set<string>();
  let kills = 0;
  for (let starts = 1; starts <= mostStarts; starts += 1) {
    const { until } = options;
    const result = await stage.tool({ name: 'run', ...(until && { until }), accept, flags }, options);
    steps.push(...result.steps);
    for (const point of result.points) points.add(point);
    if (result.ended === 'killed') {
      kills += 1;
      continue;
    }
    if (result.ended === 'done') {
      return { runId: result.state?.runId ?? '', last: result, starts, kills, stops, steps, points };
    }
    if (result.code) stops.push(result.code);
    const decisions = decisionsOf(result.message ?? '').filter((id) => !accept.includes(id));
    if (result.code === 'survey-blocks' && decisions.length > 0) {
      accept.push(...decisions);
      continue;
    }
    const asked = askedFlag(result);
    if (asked) {
      flags[asked.phase] = asked.runId;
      continue;
    }
    if (!(await options.onStop?.(result))) {
      throw new Error(`The tool stopped, got: ${result.code ?? 'defect'}: ${result.message}\n${result.stack}`);
    }
  }
  throw new Error(`The tool did not come to an end, got: ${mostStarts} starts.`);
}

/** Goes back, again and again when it is killed. */
export async function passBack(stage: Stage, options: Pick<PassOptions, 'at' | 'onMessage'> = {}): Promise<PassResult> {
  const steps: PassResult['steps'][number][] = [];
  const points = new Set<string>();
  for (let starts = 1; starts <= mostStarts; starts += 1) {
    const result = await stage.tool({ name: 'rollback' }, options);
    steps.push(...result.steps);
    for (const point of result.points) points.add(point);
    if (result.ended === 'killed') continue;
    if (result.ended === 'stopped') {
      throw new Error(`The way back stopped, got: ${result.code ?? 'defect'}: ${result.message}\n${result.stack}`);
    }
    return { runId: result.state?.runId ?? '', last: result, starts, kills: starts - 1, stops: [], steps, points };
  }
  throw new Error(`The way back did not come to an end, got: ${mostStarts} starts.`);
}

const decisionsOf = (message: string): string[] =>
  [...message.matchAll(/^ {2}decision (.+)$/gm)].map(([, id = '']) => id);

function askedFlag({ code, remedy = '' }: ToolResult): { phase: FlaggedPhase; runId: string } | undefined {
  if (code !== 'flag-needed') return undefined;
  const runId = /c-\d{8}-\d{6}-[a-z0-9]{4}/.exec(remedy)?.[0];
  const [phase] =
    (Object.entries(flagOf) as [FlaggedPhase, string][]).find(([, flag]) => remedy.includes(`${flag} `)) ?? [];
  return runId && phase ? { phase, runId } : undefined;
}

export interface OpenWatch {
  /** @returns moments at which both servers took writes, and how often it looked */
  stop(): Promise<{ readonly bothOpen: readonly string[]; readonly looks: number }>;
}

/** Looks all the time which servers take writes. From the first moment at which one is closed, never both may. */
export function watchOpen(stage: Stage): OpenWatch {
  const bothOpen: string[] = [];
  let looks = 0;
  let closedOnce = false;
  let over = false;
  const watching = (async () => {
    while (!over) {
      // A server that is down takes no writes; which one is open cannot be seen then.
      const sides = await stage.openSides().catch(() => undefined);
      if (sides) {
        looks += 1;
        closedOnce ||= sides.length < 2;
        if (closedOnce && sides.length === 2) bothOpen.push(new Date().toISOString());
      }
      await sleep(150);
    }
  })();
  return {
    async stop() {
      over = true;
      await watching;
      return { bothOpen, looks };
    },
  };
}
