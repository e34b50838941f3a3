import type { Analyser } from '../model';

/** Every analyser of a comparison, in the order of the categories. */
export const analysers: readonly Analyser[] = [];
