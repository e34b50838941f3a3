import { hostname } from 'node:os';
import { ConsolidationStop } from './errors';
import { StateConflictError, type StateStore, type VersionedState } from './ports';
import type { RunState } from './state';

export const thisRunner = (): string => `${hostname()}/${process.pid}`;

/** Whether the holder is a process of this machine that is no more: nobody needs to wait for its lease to run out. */
function isGone(holder: string): boolean {
  const [host, pid] = holder.split('/');
  if (host !== hostname() || !pid || Number(pid) === process.pid) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** @throws ConsolidationStop `lease-held` while another runner's lease lasts */
export function assertFree({ lease }: RunState, holder: string, now: number): void {
  if (!lease || lease.holder === holder || Date.parse(lease.expiresAt) <= now || isGone(lease.holder)) return;
  const seconds = Math.ceil((Date.parse(lease.expiresAt) - now) / 1000);
  throw new ConsolidationStop('lease-held', `${lease.holder} holds the lease for ${seconds} s more.`);
}

/**
 * The state of a run, held by this runner: every write is conditional on what it read, one at a time. A write that
 * fails on its condition says that the lease is lost, and nothing more is written.
 */
export class HeldState {
  private queue: Promise<unknown> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private lostBecause: string | undefined;

  private constructor(
    private readonly store: StateStore,
    private current: VersionedState,
    private readonly leaseMs: number,
  ) {}

  /**
   * Takes the lease with a new epoch.
   *
   * @param seen what the caller read; version 0 for a state that is not stored yet
   * @param atLeast epoch that the databases hold already
   */
  static async take(
    store: StateStore,
    seen: VersionedState,
    { holder, leaseMs, atLeast }: { holder: string; leaseMs: number; atLeast: number },
  ): Promise<HeldState> {
    assertFree(seen.state, holder, Date.now());
    const state: RunState = {
      ...seen.state,
      epoch: Math.max(seen.state.epoch, atLeast) + 1,
      lease: { holder, expiresAt: new Date(Date.now() + leaseMs).toISOString() },
      updatedAt: new Date().toISOString(),
    };
    try {
      const version = await store.write(state, seen.version);
      const held = new HeldState(store, { state, version }, leaseMs);
      held.renewEvery(leaseMs / 3);
      return held;
    } catch (error) {
      if (!(error instanceof StateConflictError)) throw error;
      throw new ConsolidationStop(
        'lease-held',
        `Another runner took the lease at the same moment (${store.description}).`,
      );
    }
  }

  get state(): RunState {
    return this.current.state;
  }

  /** @throws ConsolidationStop `lease-lost` */
  assertHeld(): void {
    const { lease } = this.current.state;
    if (this.lostBecause === undefined && lease && Date.parse(lease.expiresAt) > Date.now()) return;
    throw new ConsolidationStop('lease-lost', this.lostBecause ?? 'The lease ran out before it was renewed.');
  }

  /** Writes what the change makes of the state. */
  update(change: (state: RunState) => RunState): Promise<void> {
    const next = this.queue.then(async () => {
      this.assertHeld();
      await this.write((state) => ({ ...change(state), ...this.freshLease(state) }));
    });
    this.queue = next.catch(() => undefined);
    return next;
  }

  /** Gives the lease back, when it is still held. */
  async release(): Promise<void> {
    clearInterval(this.timer);
    await this.queue;
    if (this.lostBecause !== undefined) return;
    await this.write(({ lease: _, ...state }) => state).catch(() => undefined);
  }

  private renewEvery(ms: number): void {
    this.timer = setInterval(() => void this.update((state) => state).catch(() => undefined), ms);
    this.timer.unref();
  }

  private freshLease({ lease }: RunState): Pick<RunState, 'lease'> {
    return lease ? { lease: { ...lease, expiresAt: new Date(Date.now() + this.leaseMs).toISOString() } } : {};
  }

  private async write(change: (state: RunState) => RunState): Promise<void> {
    const state = { ...change(this.current.state), updatedAt: new Date().toISOString() };
    try {
      this.current = { state, version: await this.store.write(state, this.current.version) };
    } catch (error) {
      if (!(error instanceof StateConflictError)) throw error;
      this.lostBecause = `Another runner wrote to ${this.store.description}.`;
      throw new ConsolidationStop('lease-lost', this.lostBecause);
    }
  }
}
