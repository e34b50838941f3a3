import { z } from 'zod';
import type { Confidence } from '../estate/evidence';
import type { Resource } from '../review/model';

/** Everything that the bill depends on and that no template says. Per resource and month, in the unit named. */
export const usageMetrics = {
  'function.requests': 'requests to a function that no schedule starts',
  'function.milliseconds': 'milliseconds that one run of a function bills',
  'edge.milliseconds': 'milliseconds that one run of an edge function bills',
  'task.hours': 'hours that a task runs which no service keeps running',
  'bucket.gigabytes': 'GB in a bucket',
  'bucket.reads': 'GET requests to a bucket',
  'bucket.writes': 'PUT, COPY, POST and LIST requests to a bucket',
  'queue.requests': 'requests to a queue, receives and deletes included',
  'table.gigabytes': 'GB in a DynamoDB table',
  'table.reads': 'read request units of an on-demand table',
  'table.writes': 'write request units of an on-demand table',
  'log.ingested': 'GB that a log group takes in',
  'log.stored': 'GB that a log group keeps, compressed',
  'distribution.gigabytes': 'GB that a distribution sends',
  'distribution.requests': 'requests to a distribution',
  'repository.gigabytes': 'GB of images in a repository',
  'secret.requests': 'reads of a secret',
  'key.requests': 'requests to a KMS key',
  'endpoint.gigabytes': 'GB through an interface or private endpoint',
  'gateway.gigabytes': 'GB through a NAT or VPN gateway',
  'topic.publishes': 'publishes to a topic',
  'flags.requests': 'requests for a configuration to AppConfig',
  'flags.received': 'configurations that AppConfig hands out',
  'insights.metrics': 'custom metrics that Container Insights keeps for a cluster without running tasks',
  'insights.metricsPerService': 'custom metrics that Container Insights adds for a service with running tasks',
  'tokens.input': 'input tokens of a model deployment',
  'tokens.cached': 'cached input tokens of a model deployment',
  'tokens.output': 'output tokens of a model deployment',
  'workspace.gigabytes': 'GB that a Log Analytics workspace or Application Insights takes in',
  'zone.queries': 'queries to a DNS zone',
} as const;

export type UsageMetric = keyof typeof usageMetrics;

/** A quantity as decimal text, and how it was come by. */
export interface Assumption {
  readonly quantity: string;
  readonly confidence: Confidence;
  /** Document, command or reasoning behind it. */
  readonly why: string;
}

export interface UsageAssumptions {
  /** For every resource of the kind. */
  readonly defaults: Readonly<Record<UsageMetric, Assumption>>;
  /** By physical name: what is known of one resource. */
  readonly resources: Readonly<Record<string, Readonly<Partial<Record<UsageMetric, Assumption>>>>>;
}

const assumptionSchema = z.strictObject({
  quantity: z.string().regex(/^\d+(\.\d+)?$/, 'decimal text without a sign'),
  confidence: z.enum(['audited', 'listed', 'inferred', 'proposed']),
  why: z.string().min(10),
});
const metricSchema = z.enum(Object.keys(usageMetrics) as [UsageMetric, ...UsageMetric[]]);

export const usageSchema = z.strictObject({
  defaults: z.record(metricSchema, assumptionSchema),
  resources: z.record(z.string(), z.partialRecord(metricSchema, assumptionSchema)),
});

/** @throws for a file whose values are not what the schema says, naming each of them */
export function checkUsage(usage: UsageAssumptions): UsageAssumptions {
  const result = usageSchema.safeParse(usage);
  if (result.success) return usage;
  const lines = result.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new Error(`Usage assumptions are not valid:\n${lines.join('\n')}\nMend settings/usage.ts.`);
}

/** What is assumed for one resource. */
export const assumed = (
  usage: UsageAssumptions,
  resource: Pick<Resource, 'physicalName'>,
  metric: UsageMetric,
): Assumption =>
  (resource.physicalName === undefined ? undefined : usage.resources[resource.physicalName]?.[metric]) ??
  usage.defaults[metric];
