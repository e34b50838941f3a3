import type { AlarmMetric } from './alarms/alarm';
import { hybridMetrics } from './hybrid';

/** One graph of the dashboard that no alarm stands behind. */
export interface GraphRow {
  readonly title: string;
  readonly namespace: string;
  readonly lines: readonly (Pick<AlarmMetric, 'metricName' | 'statistic' | 'periodSeconds'> & {
    readonly label: string;
    readonly dimensions: Readonly<Record<string, string>>;
  })[];
}

const { namespace, ...names } = hybridMetrics;
const azure = { provider: 'azure' } as const;
const tiers = ['premium', 'standard'] as const;
const five = 300;

/** What AWS sees of Azure: percentiles, the rollout's stage, tokens and cost by tier, who answers. */
export const hybridGraphs: readonly GraphRow[] = [
  {
    title: 'azure-openai latency, p50 p95 p99 (ms)',
    namespace,
    lines: (['p50', 'p95', 'p99'] as const).map((statistic) => ({
      metricName: names.latency,
      statistic,
      periodSeconds: five,
      label: statistic,
      dimensions: azure,
    })),
  },
  {
    title: 'azure-openai rollout: per cent on Azure, rolled back',
    namespace,
    lines: [
      {
        metricName: names.rolloutPercentage,
        statistic: 'Minimum',
        periodSeconds: five,
        label: 'per cent',
        dimensions: azure,
      },
      {
        metricName: names.rolledBack,
        statistic: 'Maximum',
        periodSeconds: five,
        label: 'rolled back',
        dimensions: azure,
      },
    ],
  },
  {
    title: 'azure-openai tokens by tier',
    namespace,
    lines: tiers.map((tier) => ({
      metricName: names.totalTokens,
      statistic: 'Sum',
      periodSeconds: five,
      label: tier,
      dimensions: { ...azure, tier },
    })),
  },
  {
    title: 'azure-openai cost by tier, a day (USD)',
    namespace,
    lines: tiers.map((tier) => ({
      metricName: names.cost,
      statistic: 'Sum',
      periodSeconds: 86_400,
      label: tier,
      dimensions: { ...azure, tier },
    })),
  },
  {
    title: 'calls answered, by provider',
    namespace,
    lines: (['azure', 'gemini', 'openai', 'claude'] as const).map((provider) => ({
      metricName: names.success,
      statistic: 'Sum',
      periodSeconds: five,
      label: provider,
      dimensions: { provider },
    })),
  },
];
