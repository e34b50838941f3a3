import type { ConsolidationPhase } from './consolidation-phase';
import { consumerOf, type ModelledFunction } from './functions';
import type { DeadLetterQueueRow, QueueRow, StandaloneDeadLetterQueueRow } from './messaging';
import type { SecurityGroupKey } from './network';
import type { AccountSettings, Posture } from './settings';
import { type BucketEncryption, type BucketRow, productOrigins } from './storage';
import { type KeySchema, type RuleRow, rules, type TableRow } from './support';

/**
 * What a row becomes in a posture. Constructs build it and the read-back expects it, so that the two cannot drift
 * apart; the rows themselves keep what the evidence says.
 */

/** AWS advises a visibility timeout of six times the consumer's timeout (Lambda developer guide, "Using Lambda with Amazon SQS"). */
export const visibilityFactor = 6;

/** Longest retention that SQS has, in days. */
export const longestRetentionDays = 14;

export interface EffectiveQueue {
  readonly name: string;
  readonly fifo: boolean;
  readonly visibilitySeconds: number;
  readonly retentionDays: number;
  readonly waitSeconds: number;
  readonly contentBasedDeduplication: boolean;
  readonly highThroughput: boolean;
  readonly managedEncryption: boolean;
  readonly tlsOnly: boolean;
  readonly redrive?: { readonly deadLetterQueue: string; readonly maxReceiveCount: number };
}

export const isFifo = (name: string): boolean => name.endsWith('.fifo');

export function effectiveQueue(
  row: QueueRow,
  posture: Posture,
  consumerTimeoutSeconds: number | undefined = consumerOf(row.name)?.timeout,
): EffectiveQueue {
  const hardened = posture === 'hardened';
  return {
    name: row.name,
    fifo: isFifo(row.name),
    visibilitySeconds: hardened
      ? Math.max(row.visibilitySeconds, visibilityFactor * (consumerTimeoutSeconds ?? 0))
      : row.visibilitySeconds,
    retentionDays: row.retentionDays,
    waitSeconds: row.waitSeconds ?? 0,
    contentBasedDeduplication: row.contentBasedDeduplication ?? false,
    highThroughput: row.highThroughput ?? false,
    managedEncryption: hardened || row.auditedEncryption === 'sse-sqs',
    tlsOnly: hardened,
    redrive: { deadLetterQueue: row.deadLetterQueue.name, maxReceiveCount: row.maxReceiveCount },
  };
}

export function effectiveDeadLetterQueue(
  row: DeadLetterQueueRow | StandaloneDeadLetterQueueRow,
  posture: Posture,
  source?: QueueRow,
): EffectiveQueue {
  const hardened = posture === 'hardened';
  return {
    name: row.name,
    fifo: isFifo(row.name),
    visibilitySeconds: row.visibilitySeconds ?? 30,
    retentionDays: hardened ? longestRetentionDays : row.retentionDays,
    waitSeconds: 0,
    contentBasedDeduplication: source?.contentBasedDeduplication ?? false,
    highThroughput: false,
    managedEncryption: hardened || source?.auditedEncryption === 'sse-sqs',
    tlsOnly: hardened,
  };
}

export interface EffectiveBucket {
  readonly encryption?: BucketEncryption;
  readonly publicAccessBlocked: boolean;
  readonly tlsOnly: boolean;
  readonly corsOrigins: readonly string[];
}

export function effectiveBucket(row: BucketRow, posture: Posture): EffectiveBucket {
  const hardened = posture === 'hardened';
  const encryption = row.encryption ?? (hardened ? ({ kind: 'sse-s3' } as const) : undefined);
  return {
    ...(encryption ? { encryption } : {}),
    publicAccessBlocked: hardened || row.auditedPublicAccessBlocked,
    tlsOnly: hardened,
    corsOrigins: row.auditedCorsOrigins === undefined ? [] : hardened ? productOrigins : row.auditedCorsOrigins,
  };
}

export interface EffectiveTable {
  readonly pointInTimeRecovery: boolean;
  readonly deletionProtection: boolean;
}

export function effectiveTable(row: TableRow, posture: Posture): EffectiveTable {
  const hardened = posture === 'hardened';
  return {
    pointInTimeRecovery: hardened || row.auditedPointInTimeRecovery,
    deletionProtection: hardened,
  };
}

export interface EffectiveDatabase {
  readonly publiclyAccessible: boolean;
  readonly deletionProtection: boolean;
  readonly copyTagsToSnapshot: boolean;
}

/**
 * The plain instance stays public until a setting of its own closes it: a default deploy must not cut anyone off.
 *
 * @param phase of the consolidation; once it is prepared for, both instances are protected in the audited posture too
 */
export function effectiveDatabase(
  row: { readonly publiclyAccessible: boolean },
  posture: Posture,
  closePublicAccess: boolean,
  phase: ConsolidationPhase = 'off',
): EffectiveDatabase {
  const hardened = posture === 'hardened';
  return {
    publiclyAccessible: row.publiclyAccessible && !closePublicAccess,
    deletionProtection: hardened || phase !== 'off',
    copyTagsToSnapshot: hardened,
  };
}

/** Keeps the events of functions whose rules have no dead-letter queue of their own. */
const asynchronousDeadLetterQueue = 'huntaze-lambda-dlq';

/** Rules that call the function. */
export const rulesCalling = (row: Pick<ModelledFunction, 'name'>): readonly RuleRow[] =>
  rules.filter(({ target }) => 'function' in target && target.function === row.name);

export interface EffectiveFunction {
  /**
   * Takes the events of a function that EventBridge calls. The rule's own dead-letter queue does not see the function's
   * errors: for EventBridge an event that Lambda took is delivered.
   */
  readonly deadLetterQueue?: string;
}

export function effectiveFunction(row: Pick<ModelledFunction, 'name'>, posture: Posture): EffectiveFunction {
  const callers = rulesCalling(row);
  if (posture === 'audited' || callers.length === 0) return {};
  return {
    deadLetterQueue: callers.find((rule) => rule.deadLetterQueue)?.deadLetterQueue ?? asynchronousDeadLetterQueue,
  };
}

/**
 * Whether the port of a security group is open to the internet.
 *
 * Port 5432 stays open as long as the plain instance is public: both close together, by the setting that says that nobody
 * outside needs them. Redis was never reachable from outside the VPC, so hardening closes it.
 */
export function openToInternet(
  key: SecurityGroupKey,
  { posture, databases }: { readonly posture: Posture; readonly databases: { readonly closePublicAccess: boolean } },
): boolean {
  if (key === 'database') return !databases.closePublicAccess;
  return key === 'cache' && posture === 'audited';
}

/**
 * The key of a table: its row's, or the one that the account's settings decide.
 *
 * @throws when the evidence conflicts and the settings are silent
 */
export function tableKey(row: TableRow, settings: Pick<AccountSettings, 'tableKeys' | 'account'>): KeySchema {
  if (row.key !== 'settings') return row.key;
  const key = settings.tableKeys[row.name];
  if (key === undefined) {
    throw new Error(
      `Key of table ${row.name} is in conflict in the evidence and not in the settings, got: undefined. Set tableKeys['${row.name}'] in settings/${settings.account}.ts.`,
    );
  }
  return key;
}
