import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Tier } from '../estate/azure';
import { hybridDimensions, hybridMetrics } from '../estate/hybrid';
import type { BreakerState } from './breaker';
import { breakerStateValue } from './breaker';
import type { ProviderName, Usage } from './chat';
import type { FailureKind } from './errors';

/** One request to a provider. */
export interface AttemptRecord {
  readonly provider: ProviderName;
  readonly tier: Tier;
  /** `abandoned`: the caller gave it up. */
  readonly outcome: 'answered' | 'abandoned' | FailureKind;
  /** Milliseconds. */
  readonly latency: number;
  /** Undefined where nothing was used. */
  readonly usage: Usage | undefined;
  /** The count is the library's own guess: the stream ended before the provider gave its count. */
  readonly estimated: boolean;
  /** As the answer names it. */
  readonly model: string | undefined;
  /** USD; undefined for a model without a price. */
  readonly cost: number | undefined;
}

/** What came of asking one provider, retries included. */
export interface CallRecord {
  readonly provider: ProviderName;
  readonly tier: Tier;
  readonly failed: boolean;
}

/** Takes note of what was done; never of what was said. */
export interface Meter {
  attempt(record: AttemptRecord): void;
  call(record: CallRecord): void;
  /** Another provider answers in Azure's place. */
  fallback(tier: Tier): void;
  breaker(provider: ProviderName, tier: Tier, state: BreakerState): void;
  rollout(percentage: number, rolledBack: boolean): void;
  /** What the probe found. @param latency in milliseconds */
  deployment(tier: Tier, healthy: boolean, latency: number): void;
}

type Value = readonly [name: string, unit: (typeof MetricUnit)[keyof typeof MetricUnit], value: number];

const { namespace, ...names } = hybridMetrics;

/**
 * Metrics in the embedded metric format on standard output, which CloudWatch Logs takes from functions and from tasks
 * with the awslogs driver alike.
 *
 * @param caller name of the function or task
 */
export function powertoolsMeter(caller: string): Meter {
  const publish = (provider: ProviderName, tier: Tier | undefined, values: readonly Value[]) => {
    const metrics = new Metrics({ namespace, serviceName: caller });
    // The library puts the service into every set, which would leave no sum over all callers.
    metrics.clearDefaultDimensions();
    const dimensions: Record<string, string | undefined> = { provider, tier, caller };
    for (const set of hybridDimensions.sets) {
      const entries = set.map((name) => [name, dimensions[name]] as const);
      if (entries.every(([, value]) => value !== undefined))
        metrics.addDimensions(Object.fromEntries(entries) as Record<string, string>);
    }
    for (const [name, unit, value] of values) metrics.addMetric(name, unit, value);
    metrics.publishStoredMetrics();
  };
  const { Count, Milliseconds, NoUnit, Percent } = MetricUnit;
  return {
    attempt({ provider, tier, outcome, latency, usage, cost }) {
      publish(provider, tier, [
        [names.latency, Milliseconds, latency],
        ...(outcome === 'throttled' ? [[names.throttles, Count, 1] as const] : []),
        ...(outcome === 'content-filter' ? [[names.contentFilter, Count, 1] as const] : []),
        ...(usage
          ? ([
              [names.promptTokens, Count, usage.promptTokens],
              [names.completionTokens, Count, usage.completionTokens],
              [names.totalTokens, Count, usage.promptTokens + usage.completionTokens],
            ] as const)
          : []),
        ...(cost === undefined ? [] : [[names.cost, NoUnit, cost] as const]),
      ]);
    },
    call({ provider, tier, failed }) {
      publish(provider, tier, [
        [names.success, Count, failed ? 0 : 1],
        [names.errorRate, Count, failed ? 1 : 0],
      ]);
    },
    fallback: (tier) => publish('azure', tier, [[names.fallbacks, Count, 1]]),
    breaker: (provider, tier, state) =>
      publish(provider, tier, [
        [names.breakerState, NoUnit, breakerStateValue[state]],
        [names.breakerTransition, Count, 1],
      ]),
    deployment: (tier, healthy, latency) =>
      publish('azure', tier, [
        [names.deploymentHealth, Count, healthy ? 1 : 0],
        [names.deploymentLatency, Milliseconds, latency],
      ]),
    rollout: (percentage, rolledBack) =>
      publish('azure', undefined, [
        [names.rolloutPercentage, Percent, percentage],
        [names.rolledBack, Count, rolledBack ? 1 : 0],
      ]),
  };
}
