import type { Row } from './evidence';
import type { FunctionRow } from './functions';
import type { DeadLetterQueueRow, QueueRow, StandaloneDeadLetterQueueRow } from './messaging';
import type { BucketRow, ForeignBucketRow } from './storage';
import type { RuleRow, TableRow } from './support';

/** The rows that a synth is built from. */
export interface EstateRows {
  readonly queues: readonly QueueRow[];
  readonly standaloneDeadLetterQueues: readonly StandaloneDeadLetterQueueRow[];
  readonly buckets: readonly BucketRow[];
  readonly foreignBuckets: readonly ForeignBucketRow[];
  readonly functions: readonly FunctionRow[];
  readonly tables: readonly TableRow[];
  readonly rules: readonly RuleRow[];
  /** Rows of which only name and evidence are checked. */
  readonly others: Readonly<Record<string, readonly Pick<Row, 'name' | 'evidence'>[]>>;
}

/** A row that no deploy could work with. */
export class InventoryError extends Error {
  override readonly name = 'InventoryError';
  constructor(readonly problems: readonly string[]) {
    super(
      `The inventory has ${problems.length} problem(s):\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  }
}

interface NameRule {
  readonly pattern: RegExp;
  readonly rule: string;
}

/** Name rules of the services, each with its source. */
const nameRules = {
  /** SQS API reference, CreateQueue. */
  queue: {
    pattern: /^(?=.{1,80}$)[A-Za-z0-9_-]+(\.fifo)?$/,
    rule: 'at most 80 letters, digits, hyphens and underscores; a FIFO queue ends in .fifo',
  },
  /** S3 user guide, "General purpose bucket naming rules". */
  bucket: {
    pattern: /^(?=.{3,63}$)(?!xn--|sthree-|\d+\.\d+\.\d+\.\d+$)(?!.*(-s3alias|--ol-s3)$)[a-z0-9][a-z0-9.-]*[a-z0-9]$/,
    rule: '3 to 63 lower-case letters, digits, dots and hyphens, starting and ending with a letter or digit',
  },
  /** Lambda API reference, CreateFunction. */
  function: { pattern: /^[A-Za-z0-9_-]{1,64}$/, rule: 'at most 64 letters, digits, hyphens and underscores' },
  /** DynamoDB developer guide, "Naming rules". */
  table: { pattern: /^[A-Za-z0-9_.-]{3,255}$/, rule: '3 to 255 letters, digits, underscores, dots and hyphens' },
  /** EventBridge API reference, PutRule. */
  rule: { pattern: /^[A-Za-z0-9._-]{1,64}$/, rule: 'at most 64 letters, digits, dots, hyphens and underscores' },
} as const satisfies Record<string, NameRule>;

/**
 * Refuses rows that a deploy would stumble over, all at once.
 *
 * @throws InventoryError naming row, value and remedy of every problem
 */
export function validateEstate(rows: EstateRows): void {
  const problems = [
    ...checkNames('queue', queueRows(rows)),
    ...checkNames('bucket', [...rows.buckets, ...rows.foreignBuckets]),
    ...checkNames('function', rows.functions),
    ...checkNames('table', rows.tables),
    ...checkNames('rule', rows.rules),
    ...Object.entries(rows.others).flatMap(([kind, others]) => checkUnique(kind, others)),
    ...rows.queues.flatMap(checkPair),
    ...rows.standaloneDeadLetterQueues.flatMap((row) => checkRetention(row)),
    ...checkFunctions(rows),
    ...checkRules(rows),
  ];
  if (problems.length > 0) throw new InventoryError(problems);
}

const queueRows = (rows: EstateRows): Pick<Row, 'name' | 'evidence'>[] => [
  ...rows.queues.flatMap((row) => [row, ...(row.deadLetterQueue ? [row.deadLetterQueue] : [])]),
  ...rows.standaloneDeadLetterQueues,
];

function checkNames(kind: keyof typeof nameRules, rows: readonly Pick<Row, 'name' | 'evidence'>[]): string[] {
  const { pattern, rule } = nameRules[kind];
  const wrong = rows
    .filter((row) => !pattern.test(row.name))
    .map((row) => `${kind} name breaks the service's rule (${rule}), got: ${row.name}. Rename the row.`);
  return [...wrong, ...checkUnique(kind, rows)];
}

function checkUnique(kind: string, rows: readonly Pick<Row, 'name' | 'evidence'>[]): string[] {
  const seen = new Set<string>();
  return rows.flatMap((row) => {
    const twice = seen.has(row.name);
    seen.add(row.name);
    return [
      ...(twice ? [`${kind} is named by two rows, got: ${row.name}. Remove one: a physical name is unique.`] : []),
      ...(row.evidence.length === 0
        ? [`${kind} ${row.name} has no evidence, got: []. Say which document shows it, or mark it proposed.`]
        : []),
    ];
  });
}

function checkPair(row: QueueRow): string[] {
  const dlq: DeadLetterQueueRow | undefined = row.deadLetterQueue;
  if (dlq === undefined) {
    return [
      `queue ${row.name} has no dead-letter queue, got: undefined. Add deadLetterQueue: what its consumer cannot work off would be lost.`,
    ];
  }
  const fifo = row.name.endsWith('.fifo');
  return [
    ...checkRetention(row),
    ...checkRetention(dlq),
    ...(fifo === dlq.name.endsWith('.fifo')
      ? []
      : [
          `queue ${row.name} and its dead-letter queue differ in kind, got: ${dlq.name}. SQS wants both FIFO or both standard.`,
        ]),
    ...(!fifo && (row.contentBasedDeduplication || row.highThroughput)
      ? [`queue ${row.name} has FIFO settings but is a standard queue. Remove them, or end its name in .fifo.`]
      : []),
    ...(inRange(row.maxReceiveCount, 1, 1000)
      ? []
      : [`queue ${row.name} has maxReceiveCount outside 1 to 1000, got: ${row.maxReceiveCount}. Set it in its row.`]),
    ...(inRange(row.visibilitySeconds, 0, 43_200)
      ? []
      : [
          `queue ${row.name} has visibilitySeconds outside 0 to 43200, got: ${row.visibilitySeconds}. Set it in its row.`,
        ]),
    ...(inRange(row.waitSeconds ?? 0, 0, 20)
      ? []
      : [`queue ${row.name} has waitSeconds outside 0 to 20, got: ${row.waitSeconds}. Set it in its row.`]),
    ...(dlq.retentionDays < row.retentionDays
      ? [
          `dead-letter queue ${dlq.name} keeps messages shorter than ${row.name} (${row.retentionDays} days), got: ${dlq.retentionDays}. A message keeps its age when it moves: raise retentionDays.`,
        ]
      : []),
  ];
}

const checkRetention = (row: { readonly name: string; readonly retentionDays: number }): string[] =>
  inRange(row.retentionDays, 1, 14)
    ? []
    : [`queue ${row.name} has retentionDays outside 1 to 14, got: ${row.retentionDays}. Set it in its row.`];

function checkFunctions(rows: EstateRows): string[] {
  const names = new Set(rows.queues.map((row) => row.name));
  return rows.functions.flatMap((row) => {
    const queue = row.status === 'inventory-only' ? undefined : row.consumes?.queue;
    const limit = row.status === 'modelled' && row.kind === 'edge' && row.name.includes('viewer') ? 5 : 900;
    return [
      ...(queue !== undefined && !names.has(queue)
        ? [`function ${row.name} consumes a queue that has no row, got: ${queue}. Add it to lib/estate/messaging.ts.`]
        : []),
      ...(row.status !== 'inventory-only' && !inRange(row.timeout, 1, limit)
        ? [`function ${row.name} has a timeout outside 1 to ${limit} seconds, got: ${row.timeout}. Set it in its row.`]
        : []),
    ];
  });
}

function checkRules(rows: EstateRows): string[] {
  const functionNames = new Set(rows.functions.map((row) => row.name));
  const queueNames = new Set(queueRows(rows).map((row) => row.name));
  return rows.rules.flatMap((row) => [
    ...('function' in row.target && !functionNames.has(row.target.function)
      ? [
          `rule ${row.name} targets a function that has no row, got: ${row.target.function}. Add it to lib/estate/functions.ts.`,
        ]
      : []),
    ...(row.deadLetterQueue !== undefined && !queueNames.has(row.deadLetterQueue)
      ? [
          `rule ${row.name} names a dead-letter queue that has no row, got: ${row.deadLetterQueue}. Add it to lib/estate/messaging.ts.`,
        ]
      : []),
  ]);
}

const inRange = (value: number, low: number, high: number): boolean =>
  Number.isInteger(value) && value >= low && value <= high;
