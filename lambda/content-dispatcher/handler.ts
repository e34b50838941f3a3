import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { callLimits, documentClient } from '../shared/clients';
import { beginInvocation, metricsNamespace } from '../shared/invocation';
import { readConfiguration } from './configuration';
import { concludeDispatch, type DispatchPlan, type DuePost, type Platform, planDispatch, type QueueUrls } from './plan';
import { batchGetLimit, type PostKey, PostsTable } from './posts-table';
import { type Dispatch, sendBatch, sendBatchLimit } from './publisher-queues';

/** No new group of posts is begun with less than this left: a group takes a fraction of a second, retries a few. */
const stopBeforeTimeoutMs = 8_000;
/** AWS calls are cut off with this much left, so that the run still reports what it did. */
const abortBeforeTimeoutMs = 2_000;

export interface DispatchFailure extends PostKey {
  readonly platform?: Platform;
  /** Where the next run takes the post up again. */
  readonly step: 'read' | 'send' | 'record';
  readonly reason: string;
}

export interface DispatchReport {
  /** Posts of which at least one message was sent. */
  enqueued: number;
  /** Time of the run: posts scheduled at or before it were due. ISO 8601. */
  readonly at: string;
  messages: number;
  /** Posts whose status was moved on. */
  completed: number;
  /** Posts that another run or their author moved on meanwhile. */
  overtaken: number;
  /** Posts that have a platform without a queue, counted per platform. */
  readonly skipped: Record<string, number>;
  /** What the next run tries again. */
  readonly failed: DispatchFailure[];
  /** True when time ran out before the due posts did; the next run goes on. */
  stoppedEarly: boolean;
}

const serviceName = 'content-dispatcher';
const logger = new Logger({ serviceName });
const metrics = new Metrics({ namespace: metricsNamespace, serviceName });
const dynamo = documentClient();
const sqs = new SQSClient(callLimits);

/**
 * Sends each due post to the queues of its platforms and moves its status on.
 *
 * At least once: a message is sent first and recorded after, so a run that dies in between sends it again, and so may two
 * runs that overlap. The publishers take a claim per post and platform before they act, which makes the effect once.
 */
export async function handler(event: { readonly id?: string } | undefined, context: Context): Promise<DispatchReport> {
  const correlationId = beginInvocation(logger, event, context);
  const { postsTable, queueUrls } = readConfiguration(process.env);
  const deadline = AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - abortBeforeTimeoutMs));
  const table = new PostsTable(dynamo, postsTable, deadline);
  const report = emptyReport(new Date().toISOString());

  try {
    for await (const keys of table.dueKeys(report.at)) {
      for (const group of chunks(keys, batchGetLimit)) {
        report.stoppedEarly = context.getRemainingTimeInMillis() < stopBeforeTimeoutMs;
        if (report.stoppedEarly) break;
        await dispatchGroup(group, { table, queueUrls, correlationId, deadline, report });
      }
      if (report.stoppedEarly) break;
    }
  } finally {
    publish(report);
  }
  return report;
}

interface Run {
  readonly table: PostsTable;
  readonly queueUrls: QueueUrls;
  readonly correlationId: string;
  readonly deadline: AbortSignal;
  readonly report: DispatchReport;
}

async function dispatchGroup(keys: readonly PostKey[], run: Run): Promise<void> {
  const { table, queueUrls, report } = run;
  const { posts, unread } = await table.load(keys, report.at);
  report.failed.push(...unread.map((key) => failure(key, 'read', 'UnprocessedKeys')));

  const planned = posts.map((post) => ({ post, plan: planDispatch(post, queueUrls) }));
  const sentByPost = await sendAll(planned, run);

  await Promise.all(
    planned.map(async ({ post, plan }) => {
      const sent = sentByPost.get(post) ?? [];
      report.messages += sent.length;
      if (sent.length > 0) report.enqueued += 1;
      const conclusion = concludeDispatch(post, plan, sent);
      if (conclusion.kind === 'unchanged') return;
      try {
        const recorded = await table.record(post, conclusion, report.at);
        if (!recorded) report.overtaken += 1;
        else if (conclusion.kind === 'done') {
          report.completed += 1;
          for (const platform of conclusion.skipped) report.skipped[platform] = (report.skipped[platform] ?? 0) + 1;
        }
      } catch (error) {
        report.failed.push(failure(post, 'record', error instanceof Error ? error.name : 'UnknownError'));
      }
    }),
  );
}

/** Sends what the plans say, and gives per post the platforms whose queue took the message. */
async function sendAll(
  planned: readonly { readonly post: DuePost; readonly plan: DispatchPlan }[],
  { queueUrls, correlationId, deadline, report }: Run,
): Promise<Map<DuePost, Platform[]>> {
  const postOf = new Map<Dispatch, DuePost>();
  for (const { post, plan } of planned) {
    for (const platform of plan.send) postOf.set({ userId: post.userId, postId: post.postId, platform }, post);
  }
  const batches = Object.entries(queueUrls).flatMap(([platform, queueUrl]) =>
    chunks(
      [...postOf.keys()].filter((dispatch) => dispatch.platform === platform),
      sendBatchLimit,
    ).map((dispatches) => sendBatch(sqs, dispatches, { queueUrl, correlationId, deadline })),
  );

  const sentByPost = new Map<DuePost, Platform[]>();
  for (const { sent, refused } of await Promise.all(batches)) {
    for (const dispatch of sent) {
      const post = postOf.get(dispatch);
      if (post) sentByPost.set(post, [...(sentByPost.get(post) ?? []), dispatch.platform]);
    }
    for (const { reason, platform, ...key } of refused)
      report.failed.push({ ...failure(key, 'send', reason), platform });
  }
  return sentByPost;
}

function publish(report: DispatchReport): void {
  const { failed, ...summary } = report;
  logger.info('dispatched due posts', { ...summary, failures: failed.length });
  if (failed.length > 0) logger.error('some due posts are left for the next run', { failed: failed.slice(0, 20) });
  metrics.addMetric('MessagesSent', MetricUnit.Count, report.messages);
  metrics.addMetric('DispatchFailures', MetricUnit.Count, failed.length);
  metrics.addMetric(
    'PlatformsSkipped',
    MetricUnit.Count,
    Object.values(report.skipped).reduce((sum, n) => sum + n, 0),
  );
  metrics.publishStoredMetrics();
}

function emptyReport(at: string): DispatchReport {
  return { enqueued: 0, at, messages: 0, completed: 0, overtaken: 0, skipped: {}, failed: [], stoppedEarly: false };
}

function failure({ userId, postId }: PostKey, step: DispatchFailure['step'], reason: string): DispatchFailure {
  return { userId, postId, step, reason };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
