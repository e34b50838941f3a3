/**
 * Prints how long a synth takes, how large the functions' packages are, how long a first call takes, how many messages
 * a second go through, how a review and all of it grow, how long a rehearsal and the commands of README take, and keeps
 * what it printed in RESULTS.md; `npm run bench -- synth bundles` measures some of it and leaves the rest of that file
 * alone.
 *
 * BENCH_ROUNDS sets how often each figure is taken. Nothing here fails on a slow machine: goals are printed as met or
 * missed.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Argument, Command } from 'commander';
import { benchBundles } from './bundles';
import { benchColdStart } from './cold-start';
import { benchConsolidationCopy, benchConsolidationPause, benchConsolidationVerify } from './consolidation';
import { type Bench, projectRoot } from './measure';
import { benchNewcomer } from './newcomer';
import { benchRehearsal } from './rehearsal';
import { circumstances, load, resultsFile, withSection } from './results';
import { benchReview } from './review';
import { benchScale } from './scale';
import { benchSynth } from './synth';
import { benchThroughput } from './throughput';

/** In the order in which they are printed. */
const sections: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  synth: benchSynth,
  bundles: benchBundles,
  'cold-start': benchColdStart,
  throughput: benchThroughput,
  review: benchReview,
  scale: benchScale,
  rehearsal: benchRehearsal,
  newcomer: benchNewcomer,
  'consolidation-pause': benchConsolidationPause,
  'consolidation-copy': benchConsolidationCopy,
  'consolidation-verify': benchConsolidationVerify,
};

async function run(wanted: readonly string[]): Promise<void> {
  const rounds = roundsFrom(process.env.BENCH_ROUNDS);
  const scratch = mkdtempSync(join(tmpdir(), 'huntaze-bench-'));
  try {
    for (const [name, section] of Object.entries(sections)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      console.log(`== ${name}`);
      const lines: string[] = [];
      const loadBefore = load();
      await section({
        scratch,
        rounds,
        print: (line = '') => {
          console.log(line);
          lines.push(line);
        },
      });
      console.log();
      // After each section: one that fails later loses none of those before it.
      keep(name, lines, loadBefore);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function keep(name: string, lines: readonly string[], loadBefore: number): void {
  const path = join(projectRoot, resultsFile);
  const document = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const measured = { name, lines, when: circumstances(loadBefore) };
  writeFileSync(path, withSection(document, Object.keys(sections), measured));
}

function roundsFrom(text: string | undefined): number {
  const rounds = Number(text ?? 5);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new Error(`BENCH_ROUNDS must be a whole number above zero, got: ${text}. Set it to 5 or leave it out.`);
  }
  return rounds;
}

// The SDK says on every start when it will want a later Node.js: package.json says which one this project wants.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

new Command('bench')
  .description('Measures the estate on this machine.')
  .addArgument(new Argument('[sections...]', 'what to measure (default: all)').choices(Object.keys(sections)))
  .action(run)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
