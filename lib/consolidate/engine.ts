import { randomBytes } from 'node:crypto';
import type { Progress } from '../rehearsal/progress';
import { raiseEpoch, readControl } from './database/control';
import { type Databases, openDatabases, type Tenure } from './database/sessions';
import { ConsolidationStop } from './errors';
import { bothOpen, position, readFacts } from './facts';
import { HeldState, thisRunner } from './lease';
import {
  type AnyPhaseId,
  type FlaggedPhase,
  flaggedPhases,
  flagOf,
  type PhaseId,
  phaseIds,
  phaseTexts,
  sides,
} from './phases';
import type { Strategy, StrategyRun, VersionedState, World } from './ports';
import type { Situation } from './render';
import type { Evidence, RunState, StrategyId } from './state';
import { survey } from './survey';
import { explained } from './trouble';
import { walk } from './walk';
import { backPhases } from './walk/back';
import { defaultSettings, type EngineSettings, type PhaseContext, withRetries } from './walk/context';
import { reopenSource } from './walk/cutover';

export interface EngineOptions {
  readonly world: World;
  readonly progress: Progress;
  readonly settings?: Partial<EngineSettings>;
  /** Strategies besides the engine's own phases. @default none */
  readonly strategies?: readonly Strategy[];
  /** Told `before:<step>` and `after:<step>` of every step: where a rehearsal kills the tool. */
  readonly onPoint?: (point: string) => void | Promise<void>;
}

export interface RunOptions {
  /** Last phase to do. @default 'retain' */
  readonly until?: PhaseId;
  /** Run id that each explicit flag repeats. */
  readonly flags?: Partial<Record<FlaggedPhase, string>>;
  /** Ids of findings that somebody accepts. */
  readonly accept?: readonly string[];
  /** For a run that has not begun. @default 'logical-replication' */
  readonly strategy?: StrategyId;
}

/** Where a command left the run. */
export interface Outcome {
  readonly state: RunState;
  readonly position: PhaseId | undefined;
}

/**
 * Walks the phases. Everything it knows it reads from the servers and the state; nothing is kept in between, so that it
 * may be killed at any moment.
 */
export class Engine {
  readonly databases: Databases;
  private held: HeldState | undefined;

  constructor(private readonly options: EngineOptions) {
    this.databases = openDatabases(
      (side) => options.world.database(side),
      () => this.tenure(),
    );
  }

  /** Goes forward until the phase that is asked for, or until something needs a person. */
  async run({ until = 'retain', flags = {}, accept = [], strategy }: RunOptions): Promise<Outcome> {
    await this.assertWorld();
    const seen = await this.readOrBegin(strategy);
    if (strategy && seen.state.strategy !== strategy) {
      throw new ConsolidationStop(
        'bad-input',
        `Run ${seen.state.runId} goes by ${seen.state.strategy}, got: ${strategy}.`,
      );
    }
    if (seen.state.status === 'rolling-back') {
      throw new ConsolidationStop(
        'entry-check',
        `Run ${seen.state.runId} is going back.`,
        'Run rollback again until it has ended.',
      );
    }
    assertFlags(seen.state, flags);
    return this.holding(seen, async (held) => {
      await held.update((state) => withGiven(state, flags, accept));
      await this.refreshSurvey(held);
      if (held.state.strategy !== 'logical-replication') return this.runStrategy(held);
      for (;;) {
        const facts = await this.patiently(() => readFacts(this.databases));
        if (bothOpen(facts, held.state)) {
          throw new ConsolidationStop(
            'both-open',
            `Both servers take writes: ${facts.source.unfenced.concat(facts.target.unfenced).slice(0, 6).join(', ')}.`,
          );
        }
        const at = position(facts, held.state);
        await this.adopt(held, at);
        const next = phaseIds[at === undefined ? 0 : phaseIds.indexOf(at) + 1];
        if (next === undefined || phaseIds.indexOf(next) > phaseIds.indexOf(until))
          return { state: held.state, position: at };
        await this.phase(held, next);
      }
    });
  }

  /** Goes back from wherever the run stands. */
  async rollback({ keepLeg = false }: { readonly keepLeg?: boolean } = {}): Promise<Outcome> {
    const seen = (await this.readExisting())?.seen;
    if (!seen || ['rolled-back', 'retired'].includes(seen.state.status)) {
      throw new ConsolidationStop(
        'nothing-to-undo',
        seen ? `Run ${seen.state.runId} is ${seen.state.status}.` : 'There is no run.',
      );
    }
    return this.holding(seen, async (held) => {
      if (held.state.strategy !== 'logical-replication') return this.rollbackStrategy(held);
      let facts = await this.patiently(() => readFacts(this.databases));
      if (position(facts, held.state) === 'retire') {
        throw new ConsolidationStop('no-way-back', `Run ${held.state.runId} has ended its reverse leg.`);
      }
      const context = this.context(held);
      if (keepLeg) return this.backToFollowing(held, context);
      await held.update((state) => ({ ...state, status: 'rolling-back' }));
      const begun = sides.some((side) => facts[side].control?.runId === held.state.runId);
      for (const phase of begun ? backPhases : []) {
        facts = await this.patiently(() => readFacts(this.databases));
        if (phase.needed(facts, held.state)) await this.recorded(held, phase.id, phase.title, () => phase.act(context));
      }
      await held.update((state) => ({ ...state, status: 'rolled-back' }));
      return { state: held.state, position: undefined };
    });
  }

  /** Where the run stands. Changes nothing, takes no lease. */
  async look(): Promise<Situation> {
    const { world } = this.options;
    const seen = await world.store.read();
    const run = seen?.state;
    try {
      const [facts, serving] = await Promise.all([readFacts(this.databases), world.endpoint.current()]);
      const at = run && position(facts, run);
      return { ...(run && { run }), ...(at && { position: at }), facts, serving };
    } catch (error) {
      return { ...(run && { run }), serving: 'unknown', unreachable: (error as Error).message };
    }
  }

  /** A strategy that makes an instance of its own, after the same survey. */
  private async runStrategy(held: HeldState): Promise<Outcome> {
    const strategy = this.strategyOf(held.state.strategy);
    const { run } = strategy;
    if (!run) throw new ConsolidationStop('bad-input', `No such strategy here, got: ${strategy.id}.`);
    if (held.state.phases.survey?.finishedAt === undefined) await this.phase(held, 'survey');
    // What the strategy proves stands with the phase that it replaces.
    await this.recorded(held, 'open', strategy.title, () => run(this.strategyRun(held)));
    return { state: held.state, position: 'open' };
  }

  private async rollbackStrategy(held: HeldState): Promise<Outcome> {
    const strategy = this.strategyOf(held.state.strategy);
    const context = this.strategyRun(held);
    await strategy.assertWayBack?.(context);
    await held.update((state) => ({ ...state, status: 'rolling-back' }));
    await this.recorded(held, 'back-open', `back from: ${strategy.title}`, async () => {
      await strategy.back?.(context);
      return {};
    });
    await held.update((state) => ({ ...state, status: 'rolled-back' }));
    return { state: held.state, position: undefined };
  }

  private strategyOf(id: StrategyId): Strategy {
    const found = this.options.strategies?.find((candidate) => candidate.id === id);
    if (!found) throw new ConsolidationStop('bad-input', `No such strategy here, got: ${id}.`);
    return found;
  }

  private strategyRun(held: HeldState): StrategyRun {
    return {
      world: this.options.world,
      get state() {
        return held.state;
      },
      step: this.context(held).step,
      forbidDeploys: (reason) =>
        held.update(({ deploysForbidden: _, ...state }) => ({
          ...state,
          ...(reason && { deploysForbidden: reason }),
        })),
    };
  }

  /** The last step, which nothing else takes. */
  async retire(runId: string): Promise<Outcome> {
    const seen = (await this.readExisting())?.seen;
    if (!seen) throw new ConsolidationStop('nothing-to-undo', 'There is no run.');
    assertFlags(seen.state, { retire: runId });
    return this.holding(seen, async (held) => {
      await held.update((state) => withGiven(state, { retire: runId }, []));
      const facts = await readFacts(this.databases);
      const at = position(facts, held.state);
      if (at !== 'retain' && at !== 'retire') {
        throw new ConsolidationStop(
          'entry-check',
          `Run ${runId} stands at ${at ?? 'its beginning'}: retire comes after retain.`,
        );
      }
      if (at === 'retain') await this.phase(held, 'retire');
      await held.update((state) => ({ ...state, status: 'retired' }));
      return { state: held.state, position: 'retire' };
    });
  }

  private tenure(): Tenure | undefined {
    if (!this.held) return undefined;
    this.held.assertHeld();
    const { runId, epoch } = this.held.state;
    return { runId, epoch };
  }

  private context(held: HeldState): PhaseContext {
    const { world, progress, settings, onPoint } = this.options;
    const merged = { ...defaultSettings, ...settings };
    return {
      world,
      databases: this.databases,
      settings: merged,
      get state() {
        return held.state;
      },
      note: progress.note,
      facts: () => this.patiently(() => readFacts(this.databases)),
      step: async (name, work) => {
        held.assertHeld();
        await onPoint?.(`before:${name}`);
        const result = await progress.step(name, () =>
          withRetries(merged.retryMs, work, (error) => progress.note(`${name}: tries again, because ${error.message}`)),
        );
        await onPoint?.(`after:${name}`);
        return result;
      },
    };
  }

  private async phase(held: HeldState, id: PhaseId): Promise<void> {
    const flagged = flaggedPhases.find((phase) => phase === id);
    if (flagged && held.state.confirmed[flagged] === undefined) {
      const { runId } = held.state;
      throw new ConsolidationStop(
        'flag-needed',
        `Run ${runId} stands before "${phaseTexts[id].title}"${phaseTexts[id].outage ? ', with which the outage begins or goes on' : ''}.`,
        `Read what \`plan\` says about it, then add ${flagOf[flagged]} ${runId}.`,
      );
    }
    const definition = walk[id];
    const context = this.context(held);
    await this.patiently(async () => definition.enter?.(context));
    try {
      await this.recorded(held, id, phaseTexts[id].title, () => definition.act(context));
    } catch (error) {
      // It has opened the source again: the next fence is another decision.
      if (id === 'drain') await this.forgetFence(held);
      throw error;
    }
  }

  private async forgetFence(held: HeldState): Promise<void> {
    const { source } = await this.patiently(() => readFacts(this.databases));
    if (source.fence === 'closed') return;
    await held.update(({ confirmed: { 'fence-source': _, ...confirmed }, ...state }) => ({ ...state, confirmed }));
  }

  /** Waits for a server that restarts. */
  private patiently<T>(work: () => Promise<T>): Promise<T> {
    const { retryMs } = { ...defaultSettings, ...this.options.settings };
    return withRetries(retryMs, work, ({ message }) => this.options.progress.note(`Tries again, because ${message}`));
  }

  private async recorded(held: HeldState, id: AnyPhaseId, title: string, act: () => Promise<Evidence>): Promise<void> {
    this.options.progress.note(`── ${id}: ${title}`);
    const startedAt = held.state.phases[id]?.startedAt ?? new Date().toISOString();
    const attempts = (held.state.phases[id]?.attempts ?? 0) + 1;
    await held.update((state) => ({ ...state, phases: { ...state.phases, [id]: { startedAt, attempts } } }));
    const evidence = await act();
    await this.options.onPoint?.(`done:${id}`);
    await held.update((state) => ({
      ...state,
      phases: { ...state.phases, [id]: { startedAt, attempts, finishedAt: new Date().toISOString(), evidence } },
    }));
  }

  /** What the servers show as done is done, also when the state was lost or is older. */
  private async adopt(held: HeldState, at: PhaseId | undefined): Promise<void> {
    const missing = phaseIds
      .slice(0, at === undefined ? 0 : phaseIds.indexOf(at) + 1)
      .filter((id) => held.state.phases[id]?.finishedAt === undefined);
    if (missing.length === 0) return;
    const now = new Date().toISOString();
    const found = missing.map((id) => [
      id,
      {
        startedAt: held.state.phases[id]?.startedAt ?? now,
        attempts: held.state.phases[id]?.attempts ?? 1,
        finishedAt: now,
        evidence: { found: 'on the servers' },
      },
    ]);
    await held.update((state) => ({ ...state, phases: { ...state.phases, ...Object.fromEntries(found) } }));
  }

  /** Until the servers are touched, every run looks anew; later the fence does. */
  private async refreshSurvey(held: HeldState): Promise<void> {
    if (held.state.phases.survey?.finishedAt !== undefined) return;
    const { findings } = await survey(this.databases, this.options.world);
    await held.update((state) => ({ ...state, findings: [...findings] }));
  }

  private async backToFollowing(held: HeldState, context: PhaseContext): Promise<Outcome> {
    const facts = await readFacts(this.databases);
    const at = position(facts, held.state);
    if (at !== 'fence-source' && at !== 'drain') {
      throw new ConsolidationStop(
        'entry-check',
        `The leg can be kept between fence and reverse leg, got: ${at ?? 'the beginning'}.`,
      );
    }
    await context.step('open the source again', () => reopenSource(context));
    await this.forgetFence(held);
    return { state: held.state, position: position(await readFacts(this.databases), held.state) };
  }

  private async holding(seen: VersionedState, work: (held: HeldState) => Promise<Outcome>): Promise<Outcome> {
    const { world, settings } = this.options;
    const epochs = await this.patiently(() => Promise.all(sides.map((side) => this.databases.read(side, readControl))));
    const atLeast = Math.max(0, ...epochs.map((control) => (control?.runId === seen.state.runId ? control.epoch : 0)));
    const { leaseMs } = { ...defaultSettings, ...settings };
    const held = await HeldState.take(world.store, seen, { holder: thisRunner(), leaseMs, atLeast });
    this.held = held;
    try {
      await this.patiently(() => raiseEpoch(this.databases, held.state));
      return await work(held);
    } catch (error) {
      throw await explained(error, world);
    } finally {
      this.held = undefined;
      await held.release();
    }
  }

  /**
   * @throws ConsolidationStop for a world that no run may begin in
   */
  private async assertWorld(): Promise<void> {
    const { world } = this.options;
    const [source, target] = await Promise.all(sides.map((side) => world.instances.describe(side)));
    if (!source || !target) throw new Error('Two instances were asked for.');
    for (const { account, region, identifier } of [source, target]) {
      if (account !== world.account || region !== world.region) {
        throw new ConsolidationStop(
          'wrong-account',
          `${identifier} is in ${account}, ${region}, got: ${world.account}, ${world.region}.`,
        );
      }
    }
    if (source.identifier === target.identifier || (source.host === target.host && source.port === target.port)) {
      throw new ConsolidationStop('bad-input', `Source and target are the same instance, got: ${source.identifier}.`);
    }
    if (source.encrypted && !target.encrypted) {
      throw new ConsolidationStop(
        'swapped',
        `Source ${source.identifier} is encrypted and target ${target.identifier} is not.`,
      );
    }
    if (!target.encrypted)
      throw new ConsolidationStop('not-encrypted', `Target ${target.identifier} is not encrypted.`);
  }

  private async readOrBegin(strategy: StrategyId = 'logical-replication'): Promise<VersionedState> {
    const existing = await this.readExisting();
    if (existing && !['rolled-back', 'retired'].includes(existing.seen.state.status)) return existing.seen;
    return { state: { ...(await this.newState(existing?.adopted)), strategy }, version: existing?.seen.version ?? 0 };
  }

  /**
   * The state, or one made up from what the servers hold when the state is gone.
   *
   * @throws ConsolidationStop `other-run` when state and servers speak of different runs
   */
  private async readExisting(): Promise<{ seen: VersionedState; adopted?: string } | undefined> {
    const { world } = this.options;
    const seen = await world.store.read();
    if (seen) await this.assertSamePair(seen.state);
    const controls = await this.patiently(() =>
      Promise.all(sides.map((side) => this.databases.read(side, readControl))),
    );
    const [control] = controls.filter((row) => row && !ended(row.facts));
    for (const [index, row] of controls.entries()) {
      if (row && row.side !== sides[index]) {
        throw new ConsolidationStop('swapped', `The ${sides[index]} is the ${row.side} of run ${row.runId}.`);
      }
    }
    if (control && seen && seen.state.status !== 'rolled-back' && seen.state.runId !== control.runId) {
      throw new ConsolidationStop(
        'other-run',
        `The servers hold run ${control.runId}, the state is of ${seen.state.runId} (${world.store.description}).`,
      );
    }
    if (seen) return { seen };
    if (!control) return undefined;
    this.options.progress.note(
      `No state in ${world.store.description}: run ${control.runId} is taken up from the servers.`,
    );
    return { seen: { state: await this.newState(control.runId), version: 0 }, adopted: control.runId };
  }

  private async assertSamePair(state: RunState): Promise<void> {
    const { world } = this.options;
    const [source, target] = await Promise.all(sides.map((side) => world.instances.describe(side)));
    const is = { source: source?.identifier, target: target?.identifier };
    const wrong = sides.filter((side) => state.instances[side].identifier !== is[side]);
    if (wrong.length === 0 && state.account === world.account && state.region === world.region) return;
    throw new ConsolidationStop(
      'other-run',
      `The state in ${world.store.description} is of run ${state.runId} between ${state.instances.source.identifier} and ${state.instances.target.identifier} ` +
        `in ${state.account}, got: ${is.source} and ${is.target} in ${world.account}.`,
    );
  }

  private async newState(runId: string = newRunId()): Promise<RunState> {
    const { world } = this.options;
    const describe = async (side: (typeof sides)[number]) => ({
      identifier: (await world.instances.describe(side)).identifier,
      database: (await world.database(side)).database,
    });
    const now = new Date().toISOString();
    return {
      schemaVersion: 1,
      runId,
      strategy: 'logical-replication',
      account: world.account,
      region: world.region,
      instances: { source: await describe('source'), target: await describe('target') },
      epoch: 0,
      status: 'active',
      phases: {},
      findings: [],
      accepted: {},
      confirmed: {},
      createdAt: now,
      updatedAt: now,
    };
  }
}

const ended = (facts: object): boolean => ['retiredAt', 'abandonedAt'].some((name) => name in facts);

/** `c-`, date, time, and letters that no other run of the same second has. */
export function newRunId(now: Date = new Date()): string {
  const [date = '', time = ''] = now.toISOString().replace(/[-:]/g, '').split('T');
  return `c-${date}-${time.slice(0, 6)}-${randomBytes(2).toString('hex')}`;
}

/** @throws ConsolidationStop `bad-input` for a flag that names another run */
function assertFlags({ runId }: RunState, flags: Partial<Record<FlaggedPhase, string>>): void {
  for (const [phase, given] of Object.entries(flags) as [FlaggedPhase, string][]) {
    if (given !== runId) {
      throw new ConsolidationStop('bad-input', `${flagOf[phase]} must name this run, ${runId}, got: ${given}.`);
    }
  }
}

function withGiven(state: RunState, flags: Partial<Record<FlaggedPhase, string>>, accept: readonly string[]): RunState {
  const now = new Date().toISOString();
  const stamped = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, now]));
  return {
    ...state,
    accepted: { ...stamped(accept), ...state.accepted },
    confirmed: { ...stamped(Object.keys(flags)), ...state.confirmed },
  };
}
