/**
 * The least that a synth has to do: load the files of aws-cdk-lib that the app loads (listed in BENCH_LIBRARY_FILES),
 * bundle the handlers in one esbuild pass, and write the templates, ready-made from the folder in BENCH_ASSEMBLY.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleFunctions } from '../lib/build/bundle';
import { modelledFunctions } from '../lib/estate/functions';

for (const path of JSON.parse(readFileSync(process.env.BENCH_LIBRARY_FILES ?? '', 'utf8')) as string[]) require(path);

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
