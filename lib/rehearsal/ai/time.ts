import { setTimeout as wait } from 'node:timers/promises';

/** Time as a server sees it; a test brings its own. */
export interface ServerTime {
  /** Milliseconds since the epoch. */
  now(): number;
  /** @param request id of the request that waits, as its header gives it. */
  sleep(milliseconds: number, request: string | undefined): Promise<void>;
}

export const realTime: ServerTime = { now: () => Date.now(), sleep: (milliseconds) => wait(milliseconds) };

/** Header by which a test's time tells requests apart. */
export const requestIdHeader = 'x-simulated-request';
