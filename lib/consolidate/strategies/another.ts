import type { InstanceMaker } from '../aws/another-instance';
import type { DeployGuard } from '../aws/deploy-guard';
import { noteFact, readControl } from '../database/control';
import { unfence } from '../database/fence';
import type { Databases } from '../database/sessions';
import { ConsolidationStop, isStop } from '../errors';
import type { InstanceFacts, StrategyRun, World } from '../ports';
import type { RunState } from '../state';
import { becomeTarget, databasesOf, namesOf } from './support';

/** What a strategy that makes another instance needs of an account. */
export interface AnotherInstance {
  readonly maker: InstanceMaker;
  readonly guard: DeployGuard;
  /** The world in which that instance is the target. */
  worldWith(target: string): Promise<World>;
}

/** What keeps another instance from being made like the target. */
export function objectionsTo(target: InstanceFacts): string[] {
  return [
    ...(target.kmsKeyId === undefined ? [`${target.identifier} names no key under which to copy.`] : []),
    ...(target.parameterGroup.startsWith('default.')
      ? [
          `${target.identifier} uses ${target.parameterGroup}: set databases.consolidation.phase to prepare and deploy, so that the new instance has its own group.`,
        ]
      : []),
  ];
}

/** The world of the instance that was made, and sessions in it. */
export interface Made {
  readonly world: World;
  readonly databases: Databases;
}

/** Snapshot of the source, its encrypted copy, and the instance that is restored from it, which becomes the target. */
export async function makeAnother(another: AnotherInstance, { world, state, step }: StrategyRun): Promise<Made> {
  const names = namesOf(state);
  await step('snapshot of the source', () => world.instances.ensureSnapshot('source', names.plain));
  await step('encrypted copy of it', () => another.maker.copyEncrypted(names.plain, names.encrypted));
  const { identifier } = await world.instances.describe('target');
  await step(`restore ${names.instance}`, () => another.maker.restore(names.encrypted, names.instance, identifier));
  const made = await another.worldWith(names.instance);
  const databases = databasesOf(made, state);
  await step('the copy becomes the target', () => becomeTarget(databases, state));
  return { world: made, databases };
}

/** The instance that an earlier start of the run made, once it is the target; undefined before. */
export async function findMade(another: AnotherInstance, state: RunState): Promise<Made | undefined> {
  try {
    const world = await another.worldWith(namesOf(state).instance);
    const databases = databasesOf(world, state);
    const control = await databases.read('target', readControl);
    return control?.runId === state.runId && control.side === 'target' ? { world, databases } : undefined;
  } catch (error) {
    // There is no such instance.
    if (isStop(error) && error.code === 'bad-input') return undefined;
    throw error;
  }
}

/**
 * @throws ConsolidationStop `no-way-back` when writers were let into the instance that the run made, and nothing carries
 *   their writes back
 */
export async function assertNeverOpen(another: AnotherInstance, { state }: StrategyRun): Promise<void> {
  const made = await findMade(another, state);
  const opened = made && (await made.databases.read('target', readControl))?.facts.openedAt;
  if (opened === undefined) return;
  throw new ConsolidationStop(
    'no-way-back',
    `${namesOf(state).instance} takes writes since ${opened}, and the source has none of them.`,
    'Stay with it and import it as found (docs/consolidation-infrastructure.md). The source stays closed.',
  );
}

/** Takes back what a run did to the source alone. */
export async function reopenSourceAlone(
  { world, state, step }: StrategyRun,
  besides: (databases: Databases) => Promise<void> = async () => undefined,
): Promise<void> {
  const databases = databasesOf(world, state);
  if ((await databases.read('source', readControl))?.runId !== state.runId) return;
  await step('what keeps the log of the source gone', () => besides(databases));
  await step('open the source', () =>
    unfence(databases, 'source', 'reopenedAt', (session) => noteFact(session, 'abandonedAt')),
  );
}
