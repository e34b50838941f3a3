import { type ConsolidationStop, isStop, type StopCode } from '../consolidate/errors';

/** Stops after which a person has something to decide or to wait for; the run itself is well. */
const waiting: readonly StopCode[] = ['flag-needed', 'survey-blocks', 'soaking', 'lease-held'];
/** Stops before anything was changed. */
const refused: readonly StopCode[] = [
  ...(['bad-input', 'wrong-account', 'not-encrypted', 'swapped', 'no-rights', 'other-run', 'state-corrupt'] as const),
];

export const exitCodes = `
Exit code 0: as asked for. 1: it failed on the way; the message says where it stands. 2: refused, and nothing was
changed. 3: it waits for a person: a flag, a decision, the end of the soak, another runner.`;

/** A stop is no defect: its code, what is so, and what to do, instead of a stack. */
export async function stopping(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isStop(error)) throw error;
    console.error(describeStop(error));
    process.exitCode = waiting.includes(error.code) ? 3 : refused.includes(error.code) ? 2 : 1;
  }
}

const describeStop = ({ code, message, remedy }: ConsolidationStop): string =>
  `Stopped [${code}]: ${message}\n→ ${remedy}`;
