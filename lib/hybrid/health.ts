import { rollout } from '../estate/hybrid';
import type { Clock } from './clock';

/** Why Azure was left. */
export interface Breach {
  readonly reason: 'error-rate' | 'p95';
  /** Share of failed calls. */
  readonly errorRate: number;
  /** Milliseconds. */
  readonly p95: number;
  readonly calls: number;
}

interface Outcome {
  readonly at: number;
  readonly latency: number;
  readonly failed: boolean;
}

/** The last half minute of calls to Azure, judged by the rollback's limits. */
export class HealthWindow {
  private outcomes: Outcome[] = [];

  constructor(private readonly clock: Clock) {}

  /** @returns the breach, if the window is over a limit with this call */
  add(latency: number, failed: boolean): Breach | undefined {
    const { windowSeconds, minimumCalls, errorRate, p95 } = rollout.rollback;
    const now = this.clock.now();
    this.outcomes = this.outcomes.filter(({ at }) => at > now - windowSeconds * 1000);
    this.outcomes.push({ at: now, latency, failed });
    if (this.outcomes.length < minimumCalls) return undefined;
    const seen = {
      errorRate: this.outcomes.filter((outcome) => outcome.failed).length / this.outcomes.length,
      p95: percentile95(this.outcomes.map((outcome) => outcome.latency)),
      calls: this.outcomes.length,
    };
    if (seen.errorRate > errorRate) return { reason: 'error-rate', ...seen };
    if (seen.p95 > p95) return { reason: 'p95', ...seen };
    return undefined;
  }

  clear(): void {
    this.outcomes = [];
  }
}

/** Nearest rank: the smallest value that 95 % of the values do not exceed. */
function percentile95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
}
