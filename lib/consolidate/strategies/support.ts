import { consolidatedInstancePrefix, consolidationSnapshotPrefix } from '../../estate/consolidation';
import type { DeployGuard } from '../aws/deploy-guard';
import { controlSchema } from '../database/catalogue';
import { type Databases, openDatabases } from '../database/sessions';
import { ConsolidationStop } from '../errors';
import { readFacts } from '../facts';
import { type FlaggedPhase, flagOf, phaseTexts } from '../phases';
import type { CostLine, StrategyRun, World } from '../ports';
import type { RunState } from '../state';
import { defaultSettings, type PhaseContext } from '../walk/context';

/** Names of what a run makes beside the two instances; the runner's role may make no others. */
export const namesOf = ({ runId }: Pick<RunState, 'runId'>) => ({
  plain: `${consolidationSnapshotPrefix}${runId}-plain`,
  encrypted: `${consolidationSnapshotPrefix}${runId}-encrypted`,
  instance: `${consolidatedInstancePrefix}-${runId.slice(-4)}`,
  deployment: `huntaze-${runId}`,
});

/** Why the data stack must not be deployed, and what ends that. */
export const forbiddenBecause = (instance: string): string =>
  `${instance} serves, which the data stack does not know. Deploys are forbidden until both old records are seen to be retained, the old record is removed, and ${instance} is imported as found: docs/consolidation-infrastructure.md, "When deploys are forbidden".`;

/** Marks the state first, then makes CloudFormation refuse: of the two, the mark is what a person reads. */
export async function forbidDeploys(
  { step, forbidDeploys: mark }: StrategyRun,
  guard: DeployGuard,
  instance: string,
): Promise<void> {
  await mark(forbiddenBecause(instance));
  await step('forbid deploys of the data stack', () => guard.forbid());
}

/** The other way round: the mark goes last. */
export async function admitDeploys({ step, forbidDeploys: mark }: StrategyRun, guard: DeployGuard): Promise<void> {
  await step('admit deploys of the data stack', () => guard.admit());
  await mark(undefined);
}

/** @throws ConsolidationStop `flag-needed` when nobody has said yes to this phase of this run */
export function assertFlag({ runId, confirmed }: RunState, phase: FlaggedPhase): void {
  if (confirmed[phase] !== undefined) return;
  throw new ConsolidationStop(
    'flag-needed',
    `Run ${runId} stands before "${phaseTexts[phase].title}".`,
    `Read what \`plan\` says about it, then add ${flagOf[phase]} ${runId}.`,
  );
}

/** A world's databases, held at the epoch of the run. */
export const databasesOf = (world: World, { runId, epoch }: Pick<RunState, 'runId' | 'epoch'>): Databases =>
  openDatabases(
    (side) => world.database(side),
    () => ({ runId, epoch }),
  );

/** What the engine's phases work with, for a world whose target is another instance than the run's. */
export function phaseContext({ state, step }: StrategyRun, world: World): PhaseContext {
  const databases = databasesOf(world, state);
  return {
    world,
    databases,
    settings: defaultSettings,
    state,
    step,
    note: () => undefined,
    facts: () => readFacts(databases),
  };
}

/**
 * Turns the control row of a copy of the source into that of a target: what the copy remembers is the source's. A fence
 * that was copied along stays.
 */
export const becomeTarget = (databases: Databases, { runId, epoch }: RunState): Promise<void> =>
  databases.read('target', async (session) => {
    const [row] = await session.query(
      `update ${controlSchema}.control set side = 'target', facts = case when side = 'target' then facts else '{}' end,
         epoch = greatest(epoch, $2::bigint) where run_id = $1 returning run_id`,
      [runId, epoch],
    );
    if (!row) {
      throw new ConsolidationStop('other-run', `The new instance does not belong to run ${runId}.`);
    }
  });

const priceList = 'AWS price list, us-east-1, on demand, November 2026: not measured';

/** US dollars of one more db.t3.micro with 20 GiB of gp2, and of the two snapshots. */
export const costOfAnotherInstance: readonly CostLine[] = [
  { item: 'one more db.t3.micro while both stand, a month', dollars: 13.14, source: priceList },
  { item: '20 GiB of gp2 beside it, a month', dollars: 2.3, source: priceList },
  { item: 'two snapshots of 20 GiB at most, a month', dollars: 3.8, source: priceList },
];

/** How long each part took or was expected to take in October 2025. */
export const snapshotBasis =
  'migration runbook of 28 October 2025: snapshot and copy 15 min (the copy alone 10 to 30), restore 30 min';
