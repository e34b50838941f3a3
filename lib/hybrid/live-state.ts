import { rollout } from '../estate/hybrid';
import type { Clock } from './clock';
import type { Breach } from './health';
import { type HybridState, hybridState, type RawValues } from './state';

/** Where the settings stand, and the latch of the rollback beside them. */
export interface StateStore {
  read(): Promise<RawValues>;
  /** Sets the latch for every caller. One that is set already stays as it is. */
  latch(breach: Breach): Promise<void>;
}

export interface LiveStateOptions {
  readonly store: StateStore;
  readonly clock: Clock;
  /** Told when the settings could not be read again, or the latch not be set. */
  readonly onTrouble: (what: 'settings not read' | 'rollback not latched', error: unknown) => void;
}

/**
 * The settings as they stand, read again every so many seconds, so that a switch that somebody throws reaches every
 * caller in that time. When they cannot be read, the last ones hold on.
 */
export class LiveState {
  private known: { readonly state: HybridState; readonly at: number } | undefined;
  private reading: Promise<HybridState> | undefined;
  /** Set by this process itself: holds even where the latch could not be written. */
  private tripped = false;

  constructor(private readonly options: LiveStateOptions) {}

  /** @throws when the settings were never read, or are not valid */
  async current(): Promise<HybridState> {
    const { clock } = this.options;
    const fresh = this.known && clock.now() - this.known.at < rollout.refreshSeconds * 1000;
    const state = fresh && this.known ? this.known.state : await this.refresh();
    return this.tripped ? { ...state, rolledBack: true } : state;
  }

  /** Leaves Azure at once, here and, as they read the latch, everywhere. */
  async rollBack(breach: Breach): Promise<void> {
    if (this.tripped) return;
    this.tripped = true;
    try {
      await this.options.store.latch(breach);
    } catch (error) {
      this.options.onTrouble('rollback not latched', error);
    }
  }

  private refresh(): Promise<HybridState> {
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async read(): Promise<HybridState> {
    const { store, clock, onTrouble } = this.options;
    const at = clock.now();
    try {
      const state = hybridState(await store.read());
      // Somebody saw the latch and took it away: this process believes them.
      if (this.tripped && this.known?.state.rolledBack && !state.rolledBack) this.tripped = false;
      this.known = { state, at };
      return state;
    } catch (error) {
      if (this.known === undefined) throw error;
      onTrouble('settings not read', error);
      this.known = { ...this.known, at };
      return this.known.state;
    }
  }
}
