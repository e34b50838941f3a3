import { join } from 'node:path';
import { type RunOptions, type RunResult, run } from './run';

/** Options of `estate review` besides both trees, by name; what is undefined is left out. */
export type ReviewOptions = Readonly<
  Partial<Record<'waivers' | 'base-waivers' | 'markdown' | 'json' | 'sarif', string | undefined>>
>;

/** `estate review --gate` of a checkout, in a process of its own; exit code as that command has it. */
export const runEstateReview = (
  projectRoot: string,
  { base, head }: { readonly base: string; readonly head: string },
  options: ReviewOptions,
  how: Omit<RunOptions, 'cwd'>,
): Promise<RunResult> =>
  run(
    process.execPath,
    [
      join(projectRoot, 'bin', 'estate.js'),
      ...['review', '--base', base, '--head', head, '--gate'],
      ...Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
    ],
    { ...how, cwd: projectRoot },
  );
