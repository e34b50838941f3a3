/**
 * Names of the environment variables of the functions that stand between the application and its services: rate limiter,
 * authorizer, the two reads and the flag clean-up.
 *
 * The names are those of the deployed functions (listing of 19 December 2025). The ones marked as added are optional, so
 * that a function keeps working with the variables that it has today.
 */
export const servicesEnvironment = {
  rateLimiter: {
    /** Most tokens that the global bucket holds. */
    bucketCapacity: 'BUCKET_CAPACITY',
    /** Queue that feeds the function and takes back what must wait. */
    queueUrl: 'QUEUE_URL',
    redisHost: 'REDIS_HOST',
    redisPort: 'REDIS_PORT',
    region: 'REGION',
    tokensPerWindow: 'TOKENS_PER_WINDOW',
    windowSeconds: 'WINDOW_SECONDS',
    /** Added: `true` for a Redis that wants TLS. */
    redisTls: 'REDIS_TLS',
    /** Name or ARN of the secret whose text is the AUTH token. In the source, not among the live variables. */
    redisAuthSecret: 'REDIS_AUTH_TOKEN_SECRET_ARN',
    /** Added: most tokens of one user's bucket. */
    userBucketCapacity: 'USER_BUCKET_CAPACITY',
    /** Added: tokens that one user's bucket gains in a window. */
    userTokensPerWindow: 'USER_TOKENS_PER_WINDOW',
    /** Added: queue that takes what was let through. */
    sendQueueUrl: 'SEND_QUEUE_URL',
  },
  jwtAuthorizer: {
    userPoolId: 'USER_POOL_ID',
    userPoolClientId: 'USER_POOL_CLIENT_ID',
  },
  prismaRead: {
    applicationId: 'APP_ID',
    environmentId: 'ENV_ID',
    profileId: 'FEATURES_PROFILE_ID',
    nodeEnvironment: 'NODE_ENV',
    /** Held the database URL itself until the port; now the name of the secret that holds it. */
    databaseSecret: 'DATABASE_URL',
  },
  mockRead: {
    applicationId: 'APP_ID',
    environmentId: 'ENV_ID',
    profileId: 'FEATURES_PROFILE_ID',
    nodeEnvironment: 'NODE_ENV',
    /** Function that answers in this one's place when the flag is on. */
    candidateFunctionArn: 'CANDIDATE_FN_ARN',
  },
  flagCleanup: {
    applicationId: 'APP_ID',
    environmentId: 'ENV_ID',
    profileId: 'FEATURES_PROFILE_ID',
    nodeEnvironment: 'NODE_ENV',
    /** Added: deployment strategy; the source had the literal 4, which is no strategy. */
    strategyId: 'STRATEGY_ID',
  },
} as const;
