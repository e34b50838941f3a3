import { type CompareOptions, compareTrees } from './compare/compare-trees';
import { analysers as findingAnalysers } from './findings';
import { judge } from './gate/gate';
import type { Waiver } from './gate/waivers';
import type { Analyser, Comparison, CostComparison, ReviewReport, Tree } from './model';
import { assemble } from './report';
import { lifecycleFindings } from './standards/lifecycle';
import { policyFindings } from './standards/policy';

export { type CompareOptions, compareTrees } from './compare/compare-trees';
export { judge } from './gate/gate';
export { readWaivers, type Waiver } from './gate/waivers';
export * from './model';
export { readTree } from './tree/read-tree';

export interface ReviewOptions extends CompareOptions {
  /** ISO date that waivers and lifecycles are judged by. */
  readonly asOf: string;
  readonly waivers?: readonly Waiver[];
  /** Waivers that base already had; without them, none counts as added by the change. */
  readonly baseWaivers?: readonly Waiver[];
  /** @default those of findings/, policy and lifecycle */
  readonly analysers?: readonly Analyser[];
  readonly cost?: (comparison: Comparison) => CostComparison;
}

/**
 * The whole review of two trees. Same trees, same options: same report, byte for byte.
 *
 * @throws ReviewError when a cloud of base is missing in head and not allowed to be
 */
export function review(base: Tree, head: Tree, options: ReviewOptions): ReviewReport {
  const comparison = compareTrees(base, head, options);
  const analysers = options.analysers ?? [...findingAnalysers, policyFindings, lifecycleFindings(options.asOf)];
  return assemble(comparison, judge(comparison, options), analysers, options.cost?.(comparison));
}
