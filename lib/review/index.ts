import type { CompareOptions } from './compare/compare-trees';
import type { Analyser, Comparison, CostComparison, ReviewReport, Tree } from './model';
import { ReviewError } from './model';

export { type CompareOptions, compareTrees } from './compare/compare-trees';
export * from './model';
export { readTree } from './tree/read-tree';

export interface ReviewOptions extends CompareOptions {
  /** ISO date that waivers are judged by. */
  readonly asOf: string;
  /** @default those of findings/ */
  readonly analysers?: readonly Analyser[];
  readonly cost?: (comparison: Comparison) => CostComparison;
}

/** The whole review of two trees. Same trees, same options: same report, byte for byte. */
export function review(base: Tree, head: Tree, options: ReviewOptions): ReviewReport {
  throw new ReviewError(`Not reviewable yet: ${base.directory}, ${head.directory}, ${options.asOf}`);
}
