import { createHash } from 'node:crypto';

/** Hundredths of a per cent, so that a stage of 10 % is a tenth of them exactly. */
const buckets = 10_000;

/**
 * Where a subject stands, from 0 to 9999: the same in every process and at every stage, so that whoever is on Azure at
 * 10 % is on it at 50 %.
 */
export function bucketOf(subject: string): number {
  // Salted, so that another rollout by the same ids does not pick the same people.
  const digest = createHash('sha256').update(`azure-openai\0${subject}`).digest();
  return digest.readUInt32BE(0) % buckets;
}

/** @param percentage 0 to 100 */
export const isOnAzure = (subject: string, percentage: number): boolean =>
  bucketOf(subject) < (percentage / 100) * buckets;
