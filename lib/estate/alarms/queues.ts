import { evidence, proposed } from '../evidence';
import { functions } from '../functions';
import type { DeadLetterQueueRow, QueueRow } from '../messaging';
import { effectiveQueue } from '../posture';
import type { AccountSettings } from '../settings';
import { type AlarmMetric, type AlarmRow, hardening, minutes } from './alarm';

/** Whether a function that this inventory knows reads the queue. */
const hasConsumer = (queue: string): boolean =>
  functions.some((row) => row.status !== 'inventory-only' && row.consumes?.queue === queue);

/**
 * Age and depth of a queue.
 *
 * - SQS publishes nothing for a queue that was idle for six hours: no data is a quiet queue, never a fault.
 * - A message that fails returns only after the visibility timeout, and its age goes on counting: a threshold below
 *   two visibility timeouts reports every single retry.
 * - On a standard queue, a message that was received three times goes to the back, and the metric then shows the
 *   second oldest: a poison message hides here and shows in the dead-letter queue. On a FIFO queue it stays in front
 *   and holds its whole message group, so age is the first sign there.
 * - Depth counts visible messages; those in flight are in another metric.
 */
export function queueAlarms(row: QueueRow, posture: AccountSettings['posture']): readonly AlarmRow[] {
  const subject = { kind: 'queue', name: row.name } as const;
  const metric = (metricName: string): AlarmMetric => ({
    namespace: 'AWS/SQS',
    metricName,
    dimensions: { QueueName: row.name },
    statistic: 'Maximum',
    periodSeconds: minutes(1),
  });
  const visibility = effectiveQueue(row, posture).visibilitySeconds;
  const retention = row.retentionDays * 86_400;
  const age = hasConsumer(row.name)
    ? {
        threshold: Math.max(300, 2 * visibility),
        why: `Messages wait longer than the 300 s that the audited alarms allow, and longer than one retry takes (visibility timeout ${visibility} s).`,
        source: evidence(
          'publishersTemplate',
          'inferred',
          'alarms of the publishers: oldest age above 300 s, five periods',
        ),
      }
    : {
        threshold: retention / 2,
        why: `Half of the retention of ${row.retentionDays} days has passed: what nobody reads is deleted at its end. No consumer of this queue is in the inventory, so a wait alone is no fault.`,
        source: proposed(),
      };
  return [
    {
      name: `huntaze-queue-${row.name}-age`,
      severity: 'warning',
      subject,
      metric: metric('ApproximateAgeOfOldestMessage'),
      comparison: 'above',
      threshold: age.threshold,
      evaluationPeriods: 5,
      datapointsToAlarm: 5,
      missingData: 'notBreaching',
      why: age.why,
      source: age.source,
      runbook: 'queue-age',
    },
    {
      name: `huntaze-queue-${row.name}-depth`,
      severity: 'notice',
      subject,
      metric: metric('ApproximateNumberOfMessagesVisible'),
      comparison: 'above',
      threshold: 1000,
      evaluationPeriods: 15,
      datapointsToAlarm: 15,
      missingData: 'notBreaching',
      why: 'More than 1000 messages have waited for a quarter of an hour: producers outrun the consumer. The second figure of the audited alarms, 100, is one burst.',
      source: hardening('rate limiter: depth above 1000 and above 100'),
      runbook: 'queue-depth',
    },
  ];
}

/**
 * Any message in a dead-letter queue.
 *
 * Depth and not `NumberOfMessagesSent`, which does not count what a redrive policy moves. On a standard queue a message
 * keeps the age that it had, so the time to rescue it is shorter than the retention; on a FIFO queue it starts anew.
 */
export function deadLetterQueueAlarm(row: DeadLetterQueueRow, purpose: string): AlarmRow {
  return {
    name: `huntaze-dlq-${row.name}`,
    severity: 'critical',
    subject: { kind: 'dead-letter queue', name: row.name },
    metric: {
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: row.name },
      statistic: 'Maximum',
      periodSeconds: minutes(1),
    },
    comparison: 'above',
    threshold: 0,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    missingData: 'notBreaching',
    why: `Work was given up and waits to be looked at (${purpose}). Ten messages, as the rate limiter's audited alarm allows, are ten losses too many.`,
    source: evidence('publishersTemplate', 'inferred', 'alarms of the publishers: more than 0'),
    runbook: 'dead-letter-queue',
  };
}
