import { type Evidence, proposed } from '../evidence';
import { budgetNotices, hybridMetrics, objectives, rollout } from '../hybrid';
import type { HybridSettings } from '../hybrid-settings';
import { type AlarmMetric, type AlarmRow, minutes } from './alarm';

const metrics = hybridMetrics;
const alertRules = (note: string): Evidence => ({ ...proposed(`alert rules of 1 December 2025: ${note}`) });
const day = 86_400;

/** What all alarms on Azure OpenAI share: the metrics of the callers, summed over all of them. */
const alarm = (
  suffix: string,
  metric: Pick<AlarmMetric, 'metricName' | 'statistic' | 'periodSeconds'> & { readonly tier?: 'premium' | 'standard' },
  rest: Pick<AlarmRow, 'severity' | 'threshold' | 'why' | 'source' | 'runbook'> &
    Partial<Pick<AlarmRow, 'comparison' | 'evaluationPeriods' | 'datapointsToAlarm' | 'missingData'>>,
): AlarmRow => {
  const { tier, ...watched } = metric;
  const evaluationPeriods = rest.evaluationPeriods ?? 1;
  return {
    name: `huntaze-azure-openai-${suffix}`,
    subject: { kind: 'hybrid', name: tier ? `azure-openai ${tier}` : 'azure-openai' },
    metric: { namespace: metrics.namespace, dimensions: { provider: 'azure', ...(tier && { tier }) }, ...watched },
    comparison: 'above',
    evaluationPeriods,
    datapointsToAlarm: evaluationPeriods,
    missingData: 'notBreaching',
    ...rest,
  };
};

const errorBudget = 1 - objectives.availability;

/**
 * How fast the month's error budget burns. Several short periods of one long window, of which some must be bad: the
 * probe alone makes two calls in five minutes, and one of them that fails is no outage.
 */
const burnAlarms = (): readonly AlarmRow[] => {
  const windows = {
    fast: { severity: 'critical', periodSeconds: minutes(5), evaluationPeriods: 12, datapointsToAlarm: 3 },
    slow: { severity: 'warning', periodSeconds: minutes(30), evaluationPeriods: 12, datapointsToAlarm: 6 },
  } as const;
  return objectives.burn.map(({ name, hours, rate }) => {
    const { periodSeconds, ...window } = windows[name];
    return alarm(
      `burn-${name}`,
      { metricName: metrics.errorRate, statistic: 'Average', periodSeconds },
      {
        ...window,
        // Floating point would make 0.0144 something longer.
        threshold: Number((rate * errorBudget).toFixed(6)),
        why: `Calls fail ${rate} times as fast as ${objectives.availability * 100} % over 30 days allow, in ${window.datapointsToAlarm} of the ${window.evaluationPeriods} parts of ${hours} h.`,
        source: proposed('objective: alert rules of 1 December 2025; rate: Google SRE workbook, chapter 5'),
        runbook: 'azure-openai-errors',
      },
    );
  });
};

/** Daily and weekly caps. The monthly budget is Azure's own, which knows no shorter period. */
const costAlarms = ({ daily, weekly }: HybridSettings['budgets']): readonly AlarmRow[] =>
  [['daily', daily, day] as const, ['weekly', weekly, 7 * day] as const].flatMap(([period, budget, periodSeconds]) =>
    budgetNotices.map((share) =>
      alarm(
        `cost-${period}-${share * 100}`,
        { metricName: metrics.cost, statistic: 'Sum', periodSeconds },
        {
          severity: share < 0.9 ? 'warning' : 'critical',
          threshold: Number((share * budget).toFixed(2)),
          why: `The callers counted more than ${share * 100} % of the ${period} cap of ${budget} USD, at list price.`,
          source: alertRules('80, 90 and 100 USD a day; caps 100 a day, 500 a week'),
          runbook: 'azure-openai-cost',
        },
      ),
    ),
  );

/** Health of each deployment, as the probe sees it. */
const probeAlarms = (enabled: boolean): readonly AlarmRow[] =>
  (['premium', 'standard'] as const).map((tier) =>
    alarm(
      `deployment-${tier}`,
      { metricName: metrics.deploymentHealth, statistic: 'Maximum', periodSeconds: minutes(5), tier },
      {
        severity: 'critical',
        comparison: 'below',
        threshold: 1,
        evaluationPeriods: 3,
        // Before Azure is switched on the probe asks nobody.
        missingData: enabled ? 'breaching' : 'notBreaching',
        why: `The probe got no answer from the ${tier} deployment for a quarter of an hour, or does not run.`,
        source: proposed(),
        runbook: 'azure-openai-deployment',
      },
    ),
  );

/** Alarms on what the callers of Azure OpenAI measure. Azure's own alerts are in the Azure stack. */
export function hybridAlarms({ enabled, budgets }: Pick<HybridSettings, 'enabled' | 'budgets'>): readonly AlarmRow[] {
  const five = minutes(5);
  return [
    alarm(
      'p95',
      { metricName: metrics.latency, statistic: 'p95', periodSeconds: five },
      {
        severity: 'warning',
        threshold: objectives.p95,
        evaluationPeriods: 3,
        datapointsToAlarm: 2,
        why: 'One answer in twenty takes longer than the 3 s of the objective. Two periods of three: with few calls the slowest one is the p95.',
        source: alertRules('p95 above 3,000 ms over 5 minutes'),
        runbook: 'azure-openai-latency',
      },
    ),
    alarm(
      'errors',
      { metricName: metrics.errorRate, statistic: 'Average', periodSeconds: five },
      {
        severity: 'warning',
        threshold: rollout.rollback.errorRate,
        evaluationPeriods: 3,
        datapointsToAlarm: 2,
        why: 'More than 5 % of the calls fail, at which the rollout rolls back by itself where a caller makes enough of them.',
        source: alertRules('error rate above 5 % over 5 minutes'),
        runbook: 'azure-openai-errors',
      },
    ),
    alarm(
      'errors-objective',
      { metricName: metrics.errorRate, statistic: 'Average', periodSeconds: minutes(60) },
      {
        severity: 'notice',
        threshold: objectives.errorRate,
        evaluationPeriods: 3,
        why: 'More than 1 % of the calls fail, for three hours: the objective of the month is in danger.',
        source: alertRules('objective of 1 % over 30 days'),
        runbook: 'azure-openai-errors',
      },
    ),
    ...burnAlarms(),
    ...probeAlarms(enabled),
    alarm(
      'throttles',
      { metricName: metrics.throttles, statistic: 'Sum', periodSeconds: five },
      {
        severity: 'warning',
        threshold: 10,
        evaluationPeriods: 2,
        why: 'Azure turns calls away with 429: a deployment is at its tokens per minute.',
        source: proposed(),
        runbook: 'azure-openai-throttles',
      },
    ),
    alarm(
      'content-filter',
      { metricName: metrics.contentFilter, statistic: 'Sum', periodSeconds: minutes(60) },
      {
        severity: 'notice',
        threshold: 20,
        why: 'The content filter refuses questions in number. The platform hosts adult content: its policy may have to be chosen.',
        source: proposed(),
        runbook: 'azure-openai-content-filter',
      },
    ),
    alarm(
      'breaker',
      { metricName: metrics.breakerState, statistic: 'Maximum', periodSeconds: minutes(1) },
      {
        severity: 'critical',
        threshold: 1,
        why: 'A caller has opened its circuit (2 is open): it leaves Azure alone for a minute, and the providers of today answer.',
        source: alertRules('state 2, maximum over 1 minute'),
        runbook: 'azure-openai-breaker',
      },
    ),
    alarm(
      'fallbacks',
      { metricName: metrics.fallbacks, statistic: 'Sum', periodSeconds: minutes(15) },
      {
        severity: 'notice',
        threshold: 20,
        why: 'The providers of today answer in the place of Azure, at their own price.',
        source: proposed(),
        runbook: 'azure-openai-breaker',
      },
    ),
    alarm(
      'rolled-back',
      { metricName: metrics.rolledBack, statistic: 'Maximum', periodSeconds: five },
      {
        severity: 'critical',
        threshold: 0,
        why: 'The rollout rolled back by itself: nobody is on Azure until a person takes the latch away.',
        source: alertRules('rollback at 5 % errors or p95 over 5 s'),
        runbook: 'azure-openai-rollback',
      },
    ),
    ...costAlarms(budgets),
  ];
}
