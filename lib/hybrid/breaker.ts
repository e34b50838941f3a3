import { CircuitState, ConsecutiveBreaker, CountBreaker, circuitBreaker, handleType, type IBreaker } from 'cockatiel';
import { resilience } from '../estate/hybrid';

export type BreakerState = 'closed' | 'half-open' | 'open';

/** Value of the breaker's metric. Evidence `al.cb`: 2 is open. */
export const breakerStateValue: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 };

/** Leave for one call. Exactly one of the three is told, and only once. */
export interface Permit {
  succeed(): void;
  fail(): void;
  /** The call said nothing about the provider: its caller gave it up, or asked what nobody answers. */
  ignore(): void;
}

class Failed extends Error {}
class Ignored extends Error {}

/**
 * When the circuit opens: so many failures in a row, or a share of the last calls.
 *
 * The library closes a circuit after one success. Here it is on probation from then on: the first failure opens it
 * again, until as many calls in all have succeeded as the settings ask.
 */
class Judge implements IBreaker {
  private readonly rules: readonly IBreaker[];
  /** Successes that are still wanted after the circuit was open. */
  wanted = 0;

  constructor() {
    const { consecutiveFailures, window, failureShare } = resilience.breaker;
    this.rules = [
      new ConsecutiveBreaker(consecutiveFailures),
      // The library opens above its threshold, the rule says at it.
      new CountBreaker({ threshold: failureShare - 1 / (2 * window), size: window }),
    ];
  }

  get state(): unknown {
    return { wanted: this.wanted, rules: this.rules.map((rule) => rule.state) };
  }

  success(state: CircuitState): void {
    this.wanted = Math.max(0, this.wanted - 1);
    for (const rule of this.rules) rule.success(state);
  }

  failure(state: CircuitState): boolean {
    const onProbation = this.wanted > 0;
    const verdicts = this.rules.map((rule) => rule.failure(state));
    const opens = onProbation || verdicts.includes(true);
    if (opens) this.wanted = resilience.breaker.successesToClose;
    return opens;
  }
}

/** Circuit breaker of one deployment: a provider that fails is left alone for a minute. */
export class Breaker {
  private readonly judge = new Judge();
  private readonly circuit = circuitBreaker(handleType(Failed), {
    halfOpenAfter: resilience.breaker.openFor,
    breaker: this.judge,
  });
  private probing = false;
  private told: BreakerState = 'closed';

  /** @param onChange told of each change of state */
  constructor(private readonly onChange: (state: BreakerState) => void = () => {}) {}

  get state(): BreakerState {
    if (this.circuit.state === CircuitState.Open) return 'open';
    return this.circuit.state === CircuitState.HalfOpen || this.judge.wanted > 0 ? 'half-open' : 'closed';
  }

  /** @returns leave for one call, or undefined while the circuit is open or another call is trying it out */
  admit(): Permit | undefined {
    if (this.state === 'half-open' && this.probing) return undefined;
    let end: ((outcome: Error | undefined) => void) | undefined;
    const outcome = new Promise<void>((resolve, reject) => {
      end = (error) => (error ? reject(error) : resolve());
    });
    let admitted = false;
    const executed = this.circuit.execute(() => {
      admitted = true;
      return outcome;
    });
    executed.catch(() => {});
    if (!admitted) return undefined;
    const probe = this.state !== 'closed';
    if (probe) this.probing = true;
    this.tell();
    const settle = (error?: Error) => {
      if (probe) this.probing = false;
      end?.(error);
      // The library takes note of the outcome in later turns; whoever is told must see the state that follows.
      void executed.catch(() => {}).then(() => this.tell());
    };
    return { succeed: () => settle(), fail: () => settle(new Failed()), ignore: () => settle(new Ignored()) };
  }

  private tell(): void {
    const { state } = this;
    if (state === this.told) return;
    this.told = state;
    this.onChange(state);
  }
}
