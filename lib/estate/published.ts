/** Name of a parameter by which one stack tells another an id that AWS generated. */
export const stackParameterName = (stack: string, name: string): string => `/huntaze/${stack}/${name}`;

/** Names under which the data stack publishes the ids of the feature flags. */
export const publishedFlags = {
  application: 'flags/application-id',
  environment: 'flags/environment-id',
  profile: 'flags/profile-id',
  strategy: 'flags/strategy-id',
} as const;

/** Name under which the data stack publishes the host of the Redis node. */
export const publishedCacheHost = 'cache/host';

/** Name under which the messaging stack publishes the URL of a queue. */
export const publishedQueueUrl = (queue: string): string => `${queue}/url`;
