import { setTimeout as sleep } from 'node:timers/promises';

/** Seconds that an asynchronous effect may take, unless its story says more. */
const patience = 20;

/**
 * Looks until something is found, which is what is neither undefined nor false.
 * @throws when nothing is found in time; the error names it
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | false | undefined>,
  seconds = patience,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw inVain(what, seconds);
    await sleep(200);
  }
}

/** @throws when the work is not done in time; the error names it */
export async function inTime<T>(what: string, work: Promise<T>, seconds = patience): Promise<T> {
  const timer = new AbortController();
  const late = sleep(seconds * 1000, undefined, { signal: timer.signal, ref: false }).then(() => {
    throw inVain(what, seconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}

const inVain = (what: string, seconds: number) => new Error(`Waited ${seconds} s in vain until ${what}.`);
