import type { BundleOptions, FunctionEntry } from '../lib/build/bundle';
import { multiplyEstate } from './multiplied-estate';

/** Runs in the module registry of each test file, before it: what the file imports is the multiplied estate. */
const originals = multiplyEstate(Number(process.env.BENCH_FACTOR));

jest.mock('../lib/build/bundle', () => {
  const actual = jest.requireActual('../lib/build/bundle');
  return {
    ...actual,
    // A copy runs the code of its original.
    bundleFunctions(entries: readonly FunctionEntry[], options: BundleOptions): ReadonlyMap<string, string> {
      const code = new Map<string, string>(
        actual.bundleFunctions(
          entries.filter(({ name }) => !originals.has(name)),
          options,
        ),
      );
      for (const [copy, original] of originals) code.set(copy, code.get(original) ?? '');
      return code;
    },
  };
});
