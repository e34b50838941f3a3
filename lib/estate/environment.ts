import { publishingEnvironment } from './environment-publishing';
import { servicesEnvironment } from './environment-services';
import { hybridPathVariable } from './hybrid';

/**
 * Names of the environment variables of every function, shared by the construct that sets them and the handler that
 * reads them.
 *
 * The names are those of the deployed functions (listing of 19 December 2025), so that neither a dashboard nor a
 * script that reads them breaks. Where a variable held a secret, it now holds the secret's name and the handler reads
 * the value at run time.
 */
export const environment = {
  ...publishingEnvironment,
  ...servicesEnvironment,
  contentDispatcher: {
    postsTable: 'POSTS_TABLE',
    instagramQueueUrl: 'Q_INSTAGRAM',
    redditQueueUrl: 'Q_REDDIT',
    tiktokQueueUrl: 'Q_TIKTOK',
    twitterQueueUrl: 'Q_TWITTER',
  },
  azureProbe: {
    /** Path of the SSM parameters with the hybrid settings. */
    settingsPath: hybridPathVariable,
  },
  stripeEventsHandler: {
    usersTable: 'USERS_TABLE',
  },
  rotateWsToken: {
    agentId: 'AGENT_ID',
    cluster: 'CLUSTER',
    service: 'SERVICE',
    /** Secret that receives the new token. */
    secretId: 'SECRET_ID',
    /** Seconds that a token is valid. */
    ttlSeconds: 'TTL_SECONDS',
    /** Held the signing key itself until the port; now the name of the secret that holds it. */
    signingSecretName: 'WS_JWT_SECRET',
  },
} as const;
