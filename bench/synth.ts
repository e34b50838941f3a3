import { join } from 'node:path';
import { median } from 'simple-statistics';
import { type Bench, seconds, spread, spreadHeader, verdict } from './measure';

/** At most so many times the floor. */
const mostOfFloor = 1.5;
/** One bundler per function takes at least so many times as long. */
const leastOfPerFunction = 2;

/**
 * How long a synth takes against its floor and against one bundler per function. Figures are whole processes; the runs of
 * a round follow one another, and ratios are taken within a round, so that a machine that slows down slows both sides.
 */
export async function benchSynth({ scratch, rounds, print }: Bench): Promise<void> {
  const synth = (entry: string, outdir: string) => (): number =>
    seconds(['--import', 'tsx', entry], {
      CDK_OUTDIR: join(scratch, outdir),
      BENCH_ASSEMBLY: join(scratch, 'assembly'),
      BENCH_LIBRARY_FILES: join(scratch, 'library-files.json'),
    });
  const full = synth('bin/aws.ts', 'full');
  const floor = synth('bench/floor.ts', 'floor');
  const perFunction = synth('bench/one-bundler-per-function.ts', 'per-function');

  synth('bench/library-files.ts', 'assembly')();
  const figures = Array.from({ length: rounds }, () => ({ full: full(), floor: floor(), perFunction: perFunction() }));
  const fulls = figures.map((round) => round.full);
  const floors = figures.map((round) => round.floor);
  const perFunctions = figures.map((round) => round.perFunction);
  const ofFloor = figures.map((round) => round.full / round.floor);
  const ofFull = figures.map((round) => round.perFunction / round.full);
  const floorGoal = verdict(`median at most ${mostOfFloor} x`, median(ofFloor) <= mostOfFloor);
  const bundlerGoal = verdict(`median at least ${leastOfPerFunction} x`, median(ofFull) >= leastOfPerFunction);

  print(spreadHeader('process, wall time', rounds));
  print(spread('full synth', fulls, 's'));
  print(spread('floor: library load, one bundling, templates written', floors, 's'));
  print(spread('full synth, one bundler per function', perFunctions, 's'));
  print(spread('full synth / floor', ofFloor, 'x', floorGoal));
  print(spread('one bundler per function / full synth', ofFull, 'x', bundlerGoal));
}
