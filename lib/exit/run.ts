import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { terminalProgress } from '../cli/progress';
import { writeScratch } from './scratch';
import { constructsVersion, successors } from './successor';
import { type Difference, differences } from './terraform-json';

const run = promisify(execFile);
const projectRoot = resolve(__dirname, '..', '..');
const entry = 'bin/azure.ts';
/** The provider that comes with the successor is newer: the one difference that the move makes on purpose. */
const expected = ['terraform.required_providers.azurerm.version'];

/**
 * Moves a scratch copy of the Azure side to CDK Terrain, synthesizes both, and compares what they hand to Terraform.
 * Installs the successor's packages into the copy, which goes when all is well.
 *
 * Exit code 0: the same Terraform but for the provider's version. 1: anything else.
 */
async function main(): Promise<void> {
  const progress = terminalProgress();
  const scratch = mkdtempSync(join(tmpdir(), 'estate-exit-'));
  const [ours, theirs] = [join(scratch, 'before'), join(scratch, 'after')];
  const copy = join(scratch, 'copy');
  const reach = await progress.step('rewrite a copy', () => writeScratch(projectRoot, entry, copy));
  await progress.step('install the successor', () =>
    run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel', 'error'], { cwd: copy }),
  );
  await progress.step('synthesize with CDKTF', () => synthesize(projectRoot, ours));
  await progress.step('synthesize with CDK Terrain', () => synthesize(copy, theirs));

  const stacks = readdirSync(join(ours, 'stacks')).sort();
  const found = stacks.flatMap((stack) =>
    differences(stackIn(ours, stack), stackIn(theirs, stack), expected).map((difference) => ({ stack, difference })),
  );
  console.log(`${reach.files.length} files rewritten, ${stacks.length} stack(s): ${stacks.join(', ')}`);
  for (const { from, to, version } of successors) console.log(`  ${from} → ${to} ${version}`);
  console.log(`  constructs → ${constructsVersion}`);
  console.log(`provider azurerm: ${providerVersion(ours, stacks)} → ${providerVersion(theirs, stacks)}`);
  console.log(`other differences: ${found.length}`);
  for (const { stack, difference } of found) console.log(`  ${stack} ${shown(difference)}`);
  if (found.length === 0) rmSync(scratch, { recursive: true, force: true });
  else console.log(`Both trees: ${scratch}`);
  process.exitCode = found.length === 0 ? 0 : 1;
}

const synthesize = (cwd: string, outdir: string) =>
  run(process.execPath, ['--import', 'tsx', entry], {
    cwd,
    env: { ...process.env, CDKTF_OUTDIR: outdir },
    maxBuffer: 64 * 1024 * 1024,
  });

const stackIn = (tree: string, stack: string): unknown =>
  JSON.parse(readFileSync(join(tree, 'stacks', stack, 'cdk.tf.json'), 'utf8'));

const providerVersion = (tree: string, stacks: readonly string[]): string =>
  [
    ...new Set(
      stacks.map((stack) => {
        const { terraform } = stackIn(tree, stack) as {
          terraform: { required_providers: { azurerm: { version: string } } };
        };
        return terraform.required_providers.azurerm.version;
      }),
    ),
  ].join(', ');

const shown = ({ path, before, after }: Difference): string =>
  `${path}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`;

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
