import { type AlarmRow, fromLines, hardening, type Line, minutes } from './alarm';

/**
 * Load of a service, and its running tasks when any are wanted.
 *
 * The count comes from Container Insights. With nobody wanting a task, "fewer than wanted" cannot happen, and the
 * audited alarm (fewer than one, missing data breaching) was always on: it exists only when the setting wants tasks.
 */
export function serviceAlarms(cluster: string, name: string, desired: number): readonly AlarmRow[] {
  const subject = { kind: 'service', name } as const;
  const prefix = `huntaze-service-${name}`;
  const dimensions = { ClusterName: cluster, ServiceName: name };
  return [
    ...fromLines(prefix, subject, 'AWS/ECS', dimensions, [
      {
        suffix: 'cpu',
        severity: 'notice',
        metricName: 'CPUUtilization',
        statistic: 'Average',
        periodSeconds: minutes(5),
        comparison: 'above',
        threshold: 70,
        evaluationPeriods: 3,
        why: 'The tasks use most of the processor time that they reserve.',
        source: hardening('cpu above 70 %'),
        runbook: 'service-cpu',
      },
      {
        suffix: 'memory',
        severity: 'warning',
        metricName: 'MemoryUtilization',
        statistic: 'Maximum',
        periodSeconds: minutes(5),
        comparison: 'above',
        threshold: 80,
        evaluationPeriods: 3,
        why: 'A task that goes over its memory is killed.',
        source: hardening('memory above 80 %'),
        runbook: 'service-memory',
      },
    ]),
    ...(desired > 0
      ? fromLines(prefix, subject, 'ECS/ContainerInsights', dimensions, [
          {
            suffix: 'running-tasks',
            severity: 'critical',
            metricName: 'RunningTaskCount',
            statistic: 'Minimum',
            periodSeconds: minutes(1),
            comparison: 'below',
            threshold: desired,
            evaluationPeriods: 10,
            missingData: 'breaching',
            why: `Fewer tasks run than the ${desired} that the settings want, for longer than a deployment takes; no figure at all means that the service is gone.`,
            source: hardening('running tasks below 1, missing data breaching'),
            runbook: 'service-running-tasks',
          } satisfies Line,
        ])
      : []),
  ];
}
