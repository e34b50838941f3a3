import { services } from './compute';
import { cache, databases } from './databases';
import { distribution } from './edge';
import { documents, type Evidence, evidence, proposed } from './evidence';
import { type FunctionRow, functions, modelledFunctions } from './functions';
import { type DeadLetterQueueRow, type QueueRow, queues, standaloneDeadLetterQueues } from './messaging';
import { effectiveQueue } from './posture';
import type { AccountSettings } from './settings';
import { type RuleRow, requiredParameterName, rules, type Severity, stackParameterName, tables } from './support';

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
] as const;

export type RunbookAnchor = (typeof runbookAnchors)[number];

/** A fixed value, or one that AWS generates: an SSM parameter read at deploy time. */
export type DimensionValue = string | { readonly parameter: string };

export interface AlarmMetric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, DimensionValue>>;
  readonly statistic: 'Average' | 'Maximum' | 'Minimum' | 'Sum';
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
    | 'table';
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

/** Parameter by which the edge stack tells the id that CloudFront gave the distribution. */
export const distributionIdParameter = 'distribution-id';

/**
 * Every alarm of the estate, from the rows of the inventory: a new queue or function brings its alarms along.
 *
 * A function that is pending gets its alarms when its row becomes modelled.
 */
export function alarmsOf(settings: AccountSettings): readonly AlarmRow[] {
  return [
    ...queues.flatMap((row) => queueAlarms(row, settings.posture)),
    ...queues.map((row) => deadLetterQueueAlarm(row.deadLetterQueue, `what ${row.name} gave up`)),
    ...standaloneDeadLetterQueues.map((row) => deadLetterQueueAlarm(row, row.purpose)),
    ...modelledFunctions.filter((row) => row.kind === 'regional').flatMap(functionAlarms),
    ...databases.flatMap(({ name }) => databaseAlarms(name)),
    ...cacheAlarms(),
    ...services.flatMap((row) => serviceAlarms(row.cluster, row.name, settings.compute.scraperDesiredCount)),
    ...distributionAlarms(settings.edge.userPool !== undefined),
    ...rules.map(ruleAlarm),
    ...tables.flatMap((row) => tableAlarms(row.name)),
  ];
}

/** What the alarm tells whoever it wakes: the reason of the figure, its source, and the runbook. At most 1024 characters. */
export function alarmDescription(row: AlarmRow): string {
  const { title, date } = documents[row.source.document];
  const source = row.source.confidence === 'proposed' ? 'ours' : `${title}, ${date}`;
  return `${row.why} Figure: ${source}. Runbook: docs/runbooks.md#${row.runbook}`;
}

const gibibyte = 1024 ** 3;
const mebibyte = 1024 ** 2;

/** The figures of the Terraform root that was half applied on 29 October 2025. */
const hardening = (note: string): Evidence => evidence('hardeningTerraform', 'inferred', note);

const minutes = (count: number): number => count * 60;

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
function queueAlarms(row: QueueRow, posture: AccountSettings['posture']): readonly AlarmRow[] {
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
function deadLetterQueueAlarm(row: DeadLetterQueueRow, purpose: string): AlarmRow {
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

/** The parts in which alarms of one kind differ, one line of a table each. */
type Line = Pick<
  AlarmRow,
  'severity' | 'comparison' | 'threshold' | 'evaluationPeriods' | 'why' | 'source' | 'runbook'
> &
  Pick<AlarmMetric, 'metricName' | 'statistic' | 'periodSeconds'> & {
    readonly suffix: string;
    readonly missingData?: AlarmRow['missingData'];
  };

function fromLines(
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

/** Figures for a db.t3.micro: 1 GiB of memory, two burstable processors, 20 GiB of storage. RDS counts in bytes. */
const databaseLines: readonly Line[] = [
  {
    suffix: 'cpu',
    severity: 'warning',
    metricName: 'CPUUtilization',
    statistic: 'Average',
    periodSeconds: minutes(5),
    comparison: 'above',
    threshold: 80,
    evaluationPeriods: 3,
    why: 'Both processors are busy for a quarter of an hour.',
    source: hardening('cpu above 80 %'),
    runbook: 'database-cpu',
  },
  {
    suffix: 'cpu-credits',
    severity: 'notice',
    metricName: 'CPUCreditBalance',
    statistic: 'Average',
    periodSeconds: minutes(60),
    comparison: 'below',
    threshold: 12,
    evaluationPeriods: 3,
    why: 'Less than one hour of earnings is left (a t3.micro earns 12 credits an hour), and RDS bills surplus credits. Three hours, because a t3 starts with none.',
    source: proposed(),
    runbook: 'database-cpu-credits',
  },
  {
    suffix: 'free-storage',
    severity: 'critical',
    metricName: 'FreeStorageSpace',
    statistic: 'Minimum',
    periodSeconds: minutes(5),
    comparison: 'below',
    threshold: 2 * gibibyte,
    evaluationPeriods: 1,
    why: 'A tenth of 20 GiB is left: a full volume stops the instance.',
    source: proposed(),
    runbook: 'database-free-storage',
  },
  {
    suffix: 'free-storage-early',
    severity: 'notice',
    metricName: 'FreeStorageSpace',
    statistic: 'Minimum',
    periodSeconds: minutes(5),
    comparison: 'below',
    threshold: 10 * gibibyte,
    evaluationPeriods: 1,
    why: 'Half of 20 GiB is used: time to plan, since storage grows and never shrinks.',
    source: hardening('storage below 10 GB'),
    runbook: 'database-free-storage',
  },
  {
    suffix: 'freeable-memory',
    severity: 'warning',
    metricName: 'FreeableMemory',
    statistic: 'Average',
    periodSeconds: minutes(5),
    comparison: 'below',
    threshold: 64 * mebibyte,
    evaluationPeriods: 3,
    why: 'The instance is about to swap. The audited figure, below 1 GB, is the whole memory of a db.t3.micro, so that alarm was always on.',
    source: proposed('audited: below 1 GB'),
    runbook: 'database-freeable-memory',
  },
  {
    suffix: 'connections',
    severity: 'warning',
    metricName: 'DatabaseConnections',
    statistic: 'Maximum',
    periodSeconds: minutes(5),
    comparison: 'above',
    threshold: 60,
    evaluationPeriods: 3,
    why: 'A db.t3.micro admits about 80 connections (memory / 9531392), three of them kept for superusers. The audited figure, above 80, comes when nobody can log in any more.',
    source: proposed('audited: above 80'),
    runbook: 'database-connections',
  },
  {
    suffix: 'transaction-ids',
    severity: 'critical',
    metricName: 'MaximumUsedTransactionIDs',
    statistic: 'Maximum',
    periodSeconds: minutes(60),
    comparison: 'above',
    threshold: 1_000_000_000,
    evaluationPeriods: 1,
    why: 'Half of the way to transaction-id wraparound, where PostgreSQL takes no more writes; autovacuum should have started at 200 million.',
    source: proposed(),
    runbook: 'database-transaction-ids',
  },
];

const databaseAlarms = (name: string): readonly AlarmRow[] =>
  fromLines(
    `huntaze-database-${name}`,
    { kind: 'database', name },
    'AWS/RDS',
    { DBInstanceIdentifier: name },
    databaseLines,
  );

/** Metrics of a node carry the node's id as well; the one node of a cluster is 0001. */
const cacheAlarms = (): readonly AlarmRow[] =>
  fromLines(
    `huntaze-cache-${cache.name}`,
    { kind: 'cache', name: cache.name },
    'AWS/ElastiCache',
    { CacheClusterId: cache.name, CacheNodeId: '0001' },
    [
      {
        suffix: 'cpu',
        severity: 'warning',
        metricName: 'CPUUtilization',
        statistic: 'Average',
        periodSeconds: minutes(5),
        comparison: 'above',
        threshold: 45,
        evaluationPeriods: 3,
        why: 'Redis works on one of two processors, so 45 % is 90 % of what it can use. EngineCPUUtilization is for nodes of four processors and more.',
        source: proposed(),
        runbook: 'cache-cpu',
      },
      {
        suffix: 'memory',
        severity: 'warning',
        metricName: 'DatabaseMemoryUsagePercentage',
        statistic: 'Maximum',
        periodSeconds: minutes(5),
        comparison: 'above',
        threshold: 80,
        evaluationPeriods: 3,
        why: 'A fifth of the memory is left before Redis evicts keys or refuses writes.',
        source: proposed(),
        runbook: 'cache-memory',
      },
      {
        suffix: 'evictions',
        severity: 'notice',
        metricName: 'Evictions',
        statistic: 'Sum',
        periodSeconds: minutes(5),
        comparison: 'above',
        threshold: 0,
        evaluationPeriods: 3,
        why: 'Redis throws keys away for lack of room, the token buckets of the rate limiter among them.',
        source: proposed(),
        runbook: 'cache-evictions',
      },
    ],
  );

/**
 * Load of a service, and its running tasks when any are wanted.
 *
 * The count comes from Container Insights. With nobody wanting a task, "fewer than wanted" cannot happen, and the
 * audited alarm (fewer than one, missing data breaching) was always on: it exists only when the setting wants tasks.
 */
function serviceAlarms(cluster: string, name: string, desired: number): readonly AlarmRow[] {
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

/**
 * Error rates of the distribution; CloudFront publishes them in us-east-1, with the dimension Region=Global.
 *
 * @param pool whether a user pool is set. Without one the edge answers 401 to everything but public paths, and a rate of
 *   4xx answers would be always on
 */
function distributionAlarms(pool: boolean): readonly AlarmRow[] {
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

/**
 * Failed invocations of a rule.
 *
 * Rules on a bus of their own carry its name as a dimension, those on the default bus do not. An event that went to the
 * rule's dead-letter queue counts elsewhere (InvocationsSentToDlq) and shows in that queue.
 */
function ruleAlarm(row: RuleRow): AlarmRow {
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

/**
 * Throttling and failures of a table.
 *
 * SystemErrors exists only per operation, so there is one alarm for every operation that a modelled function calls;
 * an alarm on the table alone would never see a figure.
 */
function tableAlarms(name: string): readonly AlarmRow[] {
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
