import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { BundleOptions, FunctionEntry } from '../lib/build/bundle';
import { multiplyEstate } from './multiplied-estate';

/** Runs in the module registry of each test file, before it: what the file imports is the multiplied estate. */
const originals = multiplyEstate(Number(process.env.BENCH_FACTOR));

jest.mock('../lib/build/bundle', () => {
  const actual = jest.requireActual('../lib/build/bundle');
  return {
    ...actual,
    // A copy runs the code of its original.
    bundleFunctions(entries: readonly FunctionEntry[], options: BundleOptions): void {
      const own = entries.filter(({ name }) => !originals.has(name));
      actual.bundleFunctions(own, options);
      for (const [copy, original] of originals) {
        cpSync(join(options.outdir, original), join(options.outdir, copy), { recursive: true });
      }
    },
  };
});
