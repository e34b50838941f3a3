import { join } from 'node:path';
import { usage } from '../../settings/usage';
import { compareCost } from '../cost';
import { reviewDate } from '../policy/review-date';
import { review, type Tree } from '../review';
import { renderTerminal } from '../review/render';
import { synthesizeBoth } from './synthesize';
import { applyDiff, copyProject, examplesOf } from './worked-examples';

/** Relative to the project. */
export const contributingDocument = 'CONTRIBUTING.md';

/**
 * What each worked example of a document does, as `estate review` shows it: every diff is applied to a copy of the
 * project, one after the other, and each result is reviewed against the one before.
 *
 * @param base both clouds of the project as it is
 * @param directory an empty folder
 */
export async function exampleResults(
  projectRoot: string,
  document: string,
  base: Tree,
  directory: string,
): Promise<Readonly<Record<string, string>>> {
  const copy = join(directory, 'copy');
  copyProject(projectRoot, copy);
  let before = base;
  const results: Record<string, string> = {};
  for (const { name, diff } of examplesOf(document)) {
    applyDiff(copy, diff);
    const after = await synthesizeBoth(copy, join(directory, name));
    const report = review(before, after, {
      // Not today's: the document would change with the calendar.
      asOf: reviewDate,
      cost: (comparison) => compareCost(comparison, usage),
    });
    before = after;
    results[name] = ['```', renderTerminal(report).trimEnd(), '```'].join('\n');
  }
  return results;
}
