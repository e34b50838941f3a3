import { consumerOf, type FunctionRow, functions } from './functions';
import type { DeadLetterQueueRow, QueueRow, StandaloneDeadLetterQueueRow } from './messaging';
import type { Posture } from './settings';
import { type BucketEncryption, type BucketRow, productOrigins } from './storage';
import type { TableRow } from './support';

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

/** The plain instance stays public until a setting of its own closes it: a default deploy must not cut anyone off. */
export function effectiveDatabase(
  row: { readonly publiclyAccessible: boolean },
  posture: Posture,
  closePublicAccess: boolean,
): EffectiveDatabase {
  const hardened = posture === 'hardened';
  return {
    publiclyAccessible: row.publiclyAccessible && !closePublicAccess,
    deletionProtection: hardened,
    copyTagsToSnapshot: hardened,
  };
}

/** Functions that this repository holds or will hold, by name. */
export const functionNamed = (name: string): FunctionRow | undefined => functions.find((row) => row.name === name);
