import { proposed } from '../evidence';
import { type RuleRow, requiredParameterName } from '../support';
import { type AlarmRow, minutes } from './alarm';

/**
 * Failed invocations of a rule.
 *
 * Rules on a bus of their own carry its name as a dimension, those on the default bus do not. An event that went to the
 * rule's dead-letter queue counts elsewhere (InvocationsSentToDlq) and shows in that queue.
 */
export function ruleAlarm(row: RuleRow): AlarmRow {
  const bus = 'busParameter' in row.trigger ? row.trigger.busParameter : undefined;
  return {
    name: `huntaze-rule-${row.name}-failed`,
    severity: 'warning',
    subject: { kind: 'rule', name: row.name },
    metric: {
      namespace: 'AWS/Events',
      metricName: 'FailedInvocations',
      dimensions: {
        ...(bus === undefined ? {} : { EventBusName: { parameter: requiredParameterName(bus) } }),
        RuleName: row.name,
      },
      statistic: 'Sum',
      periodSeconds: minutes(5),
    },
    comparison: 'above',
    threshold: 0,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    missingData: 'notBreaching',
    why: 'EventBridge could not call the target at all: a permission, a deleted target, or a role.',
    source: proposed(),
    runbook: 'rule-failed-invocations',
  };
}
