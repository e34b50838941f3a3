import { distribution } from '../edge';
import { evidence } from '../evidence';
import { stackParameterName } from '../published';
import { type AlarmRow, fromLines, type Line, minutes } from './alarm';

/** Parameter by which the edge stack tells the id that CloudFront gave the distribution. */
const distributionIdParameter = 'distribution-id';

/**
 * Error rates of the distribution; CloudFront publishes them in us-east-1, with the dimension Region=Global.
 *
 * @param pool whether a user pool is set. Without one the edge answers 401 to everything but public paths, and a rate of
 *   4xx answers would be always on
 */
export function distributionAlarms(pool: boolean): readonly AlarmRow[] {
  const shared = {
    statistic: 'Average',
    periodSeconds: minutes(5),
    comparison: 'above',
    evaluationPeriods: 2,
  } as const;
  return fromLines(
    `huntaze-distribution-${distribution.name}`,
    { kind: 'distribution', name: distribution.name, covers: Object.values(distribution.edgeFunctions) },
    'AWS/CloudFront',
    { DistributionId: { parameter: stackParameterName('edge', distributionIdParameter) }, Region: 'Global' },
    [
      {
        ...shared,
        suffix: '5xx',
        severity: 'critical',
        metricName: '5xxErrorRate',
        threshold: 1,
        why: 'More than one answer in a hundred fails: the bucket, its access control, or an edge function (502, 503).',
        source: evidence('edgeAlarmsScript', 'listed', '5xx above 1 %, two periods of 300 s'),
        runbook: 'distribution-5xx',
      },
      ...(pool
        ? [
            {
              ...shared,
              suffix: '4xx',
              severity: 'notice',
              metricName: '4xxErrorRate',
              threshold: 5,
              why: 'More than one request in twenty is refused or finds nothing.',
              source: evidence('edgeAlarmsScript', 'listed', '4xx above 5 %, two periods of 300 s'),
              runbook: 'distribution-4xx',
            } satisfies Line,
          ]
        : []),
    ],
  );
}
