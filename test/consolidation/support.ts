import type { Side } from '../../lib/consolidate/phases';
import {
  type PassOptions,
  type PassResult,
  passBack,
  passForward,
  watchOpen,
} from '../../lib/consolidate/rehearsal/pass';
import { type Stage, type StageOptions, setStage } from '../../lib/consolidate/rehearsal/stage';

/** Small enough for a pass in some seconds, with every hard case in it. */
export const smallAmount = { rows: 2_000, bulkTables: 2 } as const;

/** A stage for the tests of one file. */
export function useStage(options: Partial<StageOptions> = {}): () => Stage {
  let stage: Stage | undefined;
  beforeAll(async () => {
    stage = await setStage({ amount: smallAmount, ...options });
  }, 300_000);
  afterAll(() => stage?.stop(), 60_000);
  return () => {
    if (!stage) throw new Error('The stage is not set.');
    return stage;
  };
}

/**
 * Does something to a stage under load and holds the outcome against what the writers were told: nothing acknowledged
 * is lost or counted twice, nothing rolled back appears, and never did both servers take writes.
 */
export async function underLoad<T>(stage: Stage, endsOn: Side, work: () => Promise<T>): Promise<T> {
  const load = await stage.startLoad();
  const watch = watchOpen(stage);
  const stopped = async () => ({ watched: await watch.stop(), report: await load.stop() });
  let result: T;
  try {
    result = await work();
  } catch (error) {
    // Writers that outlive a test that failed would be counted in the next one.
    await stopped().catch(() => undefined);
    throw error;
  }
  const { watched, report } = await stopped();
  expect(report.acknowledged).toBeGreaterThan(20);
  expect(watched.bothOpen).toEqual([]);
  expect(watched.looks).toBeGreaterThan(0);
  expect(await stage.serving()).toBe(endsOn);
  expect(await stage.openSides()).toEqual([endsOn]);
  expect(await stage.judge(endsOn)).toMatchObject({ lost: 0, risen: 0, unbalanced: 0 });
  return result;
}

export const forward = (stage: Stage, options?: PassOptions): Promise<PassResult> =>
  underLoad(stage, 'target', () => passForward(stage, options));

export const back = (stage: Stage, options?: Pick<PassOptions, 'at'>): Promise<PassResult> =>
  underLoad(stage, 'source', () => passBack(stage, options));
