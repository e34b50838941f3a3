import { type Evidence, evidence } from '../evidence';
import type { Severity } from '../support';

/** Headings of docs/runbooks.md, as the fragment of a link to them. */
export const runbookAnchors = [
  'queue-age',
  'queue-depth',
  'dead-letter-queue',
  'function-errors',
  'function-throttles',
  'function-duration',
  'database-cpu',
  'database-cpu-credits',
  'database-free-storage',
  'database-freeable-memory',
  'database-connections',
  'database-transaction-ids',
  'consolidation-lag',
  'consolidation-slot-size',
  'consolidation-free-storage',
  'consolidation-heartbeat',
  'cache-cpu',
  'cache-memory',
  'cache-evictions',
  'service-cpu',
  'service-memory',
  'service-running-tasks',
  'distribution-5xx',
  'distribution-4xx',
  'rule-failed-invocations',
  'table-throttles',
  'table-system-errors',
  'azure-openai-latency',
  'azure-openai-errors',
  'azure-openai-deployment',
  'azure-openai-throttles',
  'azure-openai-content-filter',
  'azure-openai-breaker',
  'azure-openai-rollback',
  'azure-openai-cost',
] as const;

export type RunbookAnchor = (typeof runbookAnchors)[number];

/** A fixed value, or one that AWS generates: an SSM parameter read at deploy time. */
export type DimensionValue = string | { readonly parameter: string };

export interface AlarmMetric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, DimensionValue>>;
  readonly statistic: 'Average' | 'Maximum' | 'Minimum' | 'Sum' | 'p50' | 'p95' | 'p99';
  /** 60, or a multiple of 300. */
  readonly periodSeconds: number;
}

/** What an alarm watches, by the row of the inventory that it comes from. */
export interface AlarmSubject {
  readonly kind:
    | 'queue'
    | 'dead-letter queue'
    | 'function'
    | 'database'
    | 'cache'
    | 'service'
    | 'distribution'
    | 'rule'
    | 'table'
    | 'hybrid';
  readonly name: string;
  /** Further rows whose failures show in this metric only. */
  readonly covers?: readonly string[];
}

/** One plain metric alarm: no metric math, so that one figure in one graph explains it. */
export interface AlarmRow {
  readonly name: string;
  readonly severity: Severity;
  readonly subject: AlarmSubject;
  readonly metric: AlarmMetric;
  readonly comparison: 'above' | 'below';
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  /** What a period without data means. */
  readonly missingData: 'breaching' | 'notBreaching';
  /** Why this figure. */
  readonly why: string;
  readonly source: Evidence;
  readonly runbook: RunbookAnchor;
}

export const gibibyte = 1024 ** 3;
export const mebibyte = 1024 ** 2;

/** The figures of the Terraform root that was half applied on 29 October 2025. */
export const hardening = (note: string): Evidence => evidence('hardeningTerraform', 'inferred', note);

export const minutes = (count: number): number => count * 60;

/** The parts in which alarms of one kind differ, one line of a table each. */
export type Line = Pick<
  AlarmRow,
  'severity' | 'comparison' | 'threshold' | 'evaluationPeriods' | 'why' | 'source' | 'runbook'
> &
  Pick<AlarmMetric, 'metricName' | 'statistic' | 'periodSeconds'> & {
    readonly suffix: string;
    readonly missingData?: AlarmRow['missingData'];
  };

export function fromLines(
  prefix: string,
  subject: AlarmSubject,
  namespace: string,
  dimensions: AlarmMetric['dimensions'],
  lines: readonly Line[],
): readonly AlarmRow[] {
  return lines.map(({ suffix, metricName, statistic, periodSeconds, missingData = 'notBreaching', ...line }) => ({
    name: `${prefix}-${suffix}`,
    subject,
    metric: { namespace, metricName, dimensions, statistic, periodSeconds },
    datapointsToAlarm: line.evaluationPeriods,
    missingData,
    ...line,
  }));
}
