import { consolidationMetrics, consolidationPair, replicationParameters } from '../consolidation';
import { effectsOf } from '../consolidation-phase';
import { databases } from '../databases';
import { proposed } from '../evidence';
import type { AccountSettings } from '../settings';
import { type AlarmRow, fromLines, gibibyte, type Line, mebibyte, minutes } from './alarm';

/** Bytes that a slot may hold back before PostgreSQL gives it up, and the leg with it. */
const slotBound = replicationParameters.max_slot_wal_keep_size * mebibyte;

/** Both instances publish in their turn, so each has the alarms of a publisher. */
const publisherLines: readonly Line[] = [
  {
    suffix: 'slot-lag',
    severity: 'warning',
    metricName: 'OldestReplicationSlotLag',
    statistic: 'Maximum',
    periodSeconds: minutes(5),
    comparison: 'above',
    threshold: slotBound / 4,
    evaluationPeriods: 2,
    why: 'The leg has not confirmed a quarter of what its slot may hold back, for ten minutes: it is slower than the writers, or it stands still.',
    source: proposed(),
    runbook: 'consolidation-lag',
  },
  {
    suffix: 'slot-size',
    severity: 'critical',
    metricName: 'OldestReplicationSlotLag',
    statistic: 'Maximum',
    periodSeconds: minutes(5),
    comparison: 'above',
    threshold: (slotBound * 3) / 4,
    evaluationPeriods: 1,
    why: `Three quarters of the ${replicationParameters.max_slot_wal_keep_size} MiB that a slot may hold back: at the end PostgreSQL gives the slot up, and the leg must be copied anew.`,
    source: proposed(),
    runbook: 'consolidation-slot-size',
  },
  {
    suffix: 'log-size',
    severity: 'warning',
    metricName: 'TransactionLogsDiskUsage',
    statistic: 'Maximum',
    periodSeconds: minutes(5),
    comparison: 'above',
    threshold: slotBound + 2 * gibibyte,
    evaluationPeriods: 2,
    why: 'The write-ahead log takes more than the slot may hold back and RDS keeps by itself (2 GiB): the bound of the slot does not hold.',
    source: proposed(),
    runbook: 'consolidation-slot-size',
  },
  {
    suffix: 'free-storage',
    severity: 'warning',
    metricName: 'FreeStorageSpace',
    statistic: 'Minimum',
    periodSeconds: minutes(5),
    comparison: 'below',
    threshold: 6 * gibibyte,
    evaluationPeriods: 1,
    why: 'What is free no longer holds a full slot (4 GiB) and the 2 GiB at which the instance is close to standing still.',
    source: proposed(),
    runbook: 'consolidation-free-storage',
  },
];

/** Alarms of a consolidation under way; none in a phase without legs. */
export function consolidationAlarms({ databases: { consolidation } }: Pick<AccountSettings, 'databases'>): AlarmRow[] {
  const { alarms, heartbeatExpected } = effectsOf(consolidation);
  if (!alarms) return [];
  const leg = fromLines(
    'huntaze-consolidation',
    { kind: 'database', name: consolidationPair.source },
    consolidationMetrics.namespace,
    consolidationMetrics.dimensions,
    [
      {
        suffix: 'heartbeat-age',
        severity: 'critical',
        metricName: consolidationMetrics.heartbeatAge,
        statistic: 'Maximum',
        periodSeconds: minutes(1),
        comparison: 'above',
        threshold: 120,
        evaluationPeriods: 5,
        missingData: heartbeatExpected ? 'breaching' : 'notBreaching',
        why: 'What one side wrote two minutes ago has not reached the other, for five minutes; in the phases replicate and soak silence means that nobody runs.',
        source: proposed(),
        runbook: 'consolidation-heartbeat',
      },
    ],
  );
  return [
    ...leg,
    ...databases.flatMap(({ name }) =>
      fromLines(
        `huntaze-consolidation-${name}`,
        { kind: 'database', name },
        'AWS/RDS',
        { DBInstanceIdentifier: name },
        publisherLines,
      ),
    ),
  ];
}

/** Names of the alarms that must exist before a leg starts. */
export const consolidationAlarmPrefix = 'huntaze-consolidation-';
