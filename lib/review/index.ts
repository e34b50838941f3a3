import type { Analyser, Cloud, Comparison, CostComparison, ReviewReport, Tree } from './model';
import { ReviewError } from './model';

export * from './model';

export interface CompareOptions {
  /** Clouds that base has and head may lack: their stacks then count as removed. */
  readonly allowMissing?: readonly Cloud[];
}

export interface ReviewOptions extends CompareOptions {
  /** ISO date that waivers are judged by. */
  readonly asOf: string;
  /** @default those of findings/ */
  readonly analysers?: readonly Analyser[];
  readonly cost?: (comparison: Comparison) => CostComparison;
}

/**
 * Reads every stack below a folder: a `cdk.out`, a `cdktf.out`, or one that holds both.
 *
 * @throws ReviewError when the folder is missing, holds no manifest, or a template cannot be read
 */
export function readTree(directory: string): Tree {
  throw new ReviewError(`Not readable yet: ${directory}`);
}

/**
 * Lays two trees side by side.
 *
 * @throws ReviewError when a cloud of base is missing in head and not allowed to be
 */
export function compareTrees(base: Tree, head: Tree, options: CompareOptions = {}): Comparison {
  throw new ReviewError(`Not comparable yet: ${base.directory}, ${head.directory}, ${JSON.stringify(options)}`);
}

/** The whole review of two trees. Same trees, same options: same report, byte for byte. */
export function review(base: Tree, head: Tree, options: ReviewOptions): ReviewReport {
  throw new ReviewError(`Not reviewable yet: ${base.directory}, ${head.directory}, ${options.asOf}`);
}
