import { proposed } from '../evidence';
import { modelledFunctions } from '../functions';
import { type AlarmRow, fromLines, minutes } from './alarm';

/**
 * Throttling and failures of a table.
 *
 * SystemErrors exists only per operation, so there is one alarm for every operation that a modelled function calls;
 * an alarm on the table alone would never see a figure.
 */
export function tableAlarms(name: string): readonly AlarmRow[] {
  const prefix = `huntaze-table-${name}`;
  const subject = { kind: 'table', name } as const;
  const shared = {
    statistic: 'Sum',
    periodSeconds: minutes(5),
    comparison: 'above',
    severity: 'warning',
    source: proposed(),
  } as const;
  return [
    ...fromLines(
      prefix,
      subject,
      'AWS/DynamoDB',
      { TableName: name },
      (['Read', 'Write'] as const).map((side) => ({
        ...shared,
        suffix: `${side.toLowerCase()}-throttles`,
        metricName: `${side}ThrottleEvents`,
        threshold: 0,
        evaluationPeriods: 2,
        why: 'An on-demand table throttles when one partition is hot or traffic doubles at once.',
        runbook: 'table-throttles',
      })),
    ),
    ...operationsOn(name).flatMap((operation) =>
      fromLines(prefix, subject, 'AWS/DynamoDB', { TableName: name, Operation: operation }, [
        {
          ...shared,
          suffix: `${operation}-system-errors`,
          metricName: 'SystemErrors',
          threshold: 0,
          evaluationPeriods: 2,
          why: `DynamoDB itself fails on ${operation} (HTTP 500).`,
          runbook: 'table-system-errors',
        },
      ]),
    ),
  ];
}

/** Operations that the modelled functions may call on a table. */
const operationsOn = (table: string): readonly string[] => [
  ...new Set(
    modelledFunctions.flatMap((row) =>
      row.permissions
        .filter((permission) => permission.on === 'table' && permission.name === table)
        .flatMap((permission) => permission.actions.map((action) => action.replace('dynamodb:', ''))),
    ),
  ),
];
