import { environment as names } from '../../lib/estate/environment';
import { requiredSettings } from '../shared/settings';
import { platforms, type QueueUrls } from './plan';

const { contentDispatcher } = names;

const queueVariables = {
  instagram: contentDispatcher.instagramQueueUrl,
  reddit: contentDispatcher.redditQueueUrl,
  tiktok: contentDispatcher.tiktokQueueUrl,
  twitter: contentDispatcher.twitterQueueUrl,
} as const;

export interface DispatcherConfiguration {
  readonly postsTable: string;
  readonly queueUrls: QueueUrls;
}

/**
 * @throws Error without a table, or without any queue: every post would be marked as skipped then, which is never what
 * a deployment meant.
 */
export function readConfiguration(environment: NodeJS.ProcessEnv): DispatcherConfiguration {
  const { postsTable } = requiredSettings({ postsTable: contentDispatcher.postsTable }, environment);
  const queueUrls = Object.fromEntries(
    platforms.flatMap((platform) => {
      const url = environment[queueVariables[platform]]?.trim();
      return url ? [[platform, url]] : [];
    }),
  ) as QueueUrls;
  if (Object.keys(queueUrls).length === 0) {
    throw new Error(
      `No publisher queue is configured, got no value for any of: ${Object.values(queueVariables).join(', ')}. ` +
        'Set at least one of them to a queue URL.',
    );
  }
  return { postsTable, queueUrls };
}
