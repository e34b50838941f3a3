/**
 * The least that a synth has to do: load the library with the stacks, bundle the handlers in one esbuild pass, and write
 * the templates, which it takes ready-made from the folder in BENCH_ASSEMBLY.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import '../stacks-aws/estate';
import { bundleFunctions } from '../lib/build/bundle';
import { modelledFunctions } from '../lib/estate/functions';

const assembly = process.env.BENCH_ASSEMBLY ?? '';
const outdir = process.env.CDK_OUTDIR ?? '';
bundleFunctions(modelledFunctions, {
  projectRoot: resolve(__dirname, '..'),
  outdir: join(outdir, 'code'),
  edgeConfiguration: { region: 'us-east-1' },
});
mkdirSync(outdir, { recursive: true });
for (const name of readdirSync(assembly).filter((file) => file.endsWith('.template.json'))) {
  const template: unknown = JSON.parse(readFileSync(join(assembly, name), 'utf8'));
  writeFileSync(join(outdir, name), JSON.stringify(template, undefined, 1));
}
