import { proposed } from '../evidence';
import type { FunctionRow, ModelledFunction } from '../functions';
import { type AlarmMetric, type AlarmRow, hardening, minutes } from './alarm';

/** Share of a function's timeout at which it is reported: 25 of 30 s in the audited alarm. */
const durationShare = 25 / 30;

/**
 * Errors, throttles and duration of a regional function.
 *
 * - A batch with partial failures is no error here: what fails for good shows in the queue's dead-letter queue.
 * - Edge functions have no alarm of their own: they log and count in the region that ran them, under
 *   `us-east-1.<name>`. A failing one answers 502 or 503, which the distribution's alarm sees.
 */
export function functionAlarms(row: Pick<FunctionRow, 'name'> & { readonly timeout: number }): readonly AlarmRow[] {
  const alarm = (
    aspect: 'errors' | 'throttles' | 'duration',
    rest: Pick<AlarmRow, 'severity' | 'threshold' | 'evaluationPeriods' | 'why' | 'source'> &
      Pick<AlarmMetric, 'metricName' | 'statistic' | 'periodSeconds'>,
  ): AlarmRow => {
    const { metricName, statistic, periodSeconds, ...figures } = rest;
    return {
      name: `huntaze-function-${row.name}-${aspect}`,
      subject: { kind: 'function', name: row.name },
      metric: { namespace: 'AWS/Lambda', metricName, dimensions: { FunctionName: row.name }, statistic, periodSeconds },
      comparison: 'above',
      datapointsToAlarm: figures.evaluationPeriods,
      missingData: 'notBreaching',
      runbook: `function-${aspect}`,
      ...figures,
    };
  };
  return [
    alarm('errors', {
      severity: 'warning',
      metricName: 'Errors',
      statistic: 'Sum',
      periodSeconds: minutes(15),
      threshold: 2,
      evaluationPeriods: 1,
      why: 'Lambda tries an asynchronous event three times within minutes, so three errors are one lost event. The audited figure, more than 10, is never reached by a function that runs every two minutes or every hour.',
      source: proposed('audited: more than 10'),
    }),
    alarm('throttles', {
      severity: 'warning',
      metricName: 'Throttles',
      statistic: 'Sum',
      periodSeconds: minutes(5),
      threshold: 5,
      evaluationPeriods: 1,
      why: "The account's or the function's concurrency is used up, and calls are turned away.",
      source: hardening('rate limiter: throttles above 5'),
    }),
    alarm('duration', {
      severity: 'notice',
      metricName: 'Duration',
      statistic: 'Maximum',
      periodSeconds: minutes(5),
      threshold: Math.round(row.timeout * 1000 * durationShare),
      evaluationPeriods: 2,
      why: `Runs come near the timeout of ${row.timeout} s, at which Lambda ends them half done.`,
      source: hardening('rate limiter: duration above 25 of 30 s, two periods'),
    }),
  ];
}

/** A run that reports what it could not do returns normally: Lambda counts no error, only the function's own metric does. */
export function reportedFailureAlarm({ name, failureMetric }: ModelledFunction): readonly AlarmRow[] {
  if (failureMetric === undefined) return [];
  return [
    {
      name: `huntaze-function-${name}-failures`,
      severity: 'warning',
      subject: { kind: 'function', name },
      metric: {
        namespace: 'Huntaze/Functions',
        metricName: failureMetric,
        dimensions: { service: name },
        statistic: 'Sum',
        periodSeconds: minutes(15),
      },
      comparison: 'above',
      threshold: 0,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      missingData: 'notBreaching',
      runbook: 'function-errors',
      why: 'A run reported something that it could not do. The next run tries again; what stays in the metric does not mend itself.',
      source: proposed(),
    },
  ];
}
