import { servicesEnvironment } from '../../lib/estate/environment-services';
import { requiredSettings } from '../shared/settings';
import type { BucketLimits } from './token-buckets';

const names = servicesEnvironment.rateLimiter;

export interface RateLimiterConfiguration {
  /** Queue that feeds the function and takes back what must wait. */
  readonly queueUrl: string;
  readonly region: string;
  readonly redis: { readonly host: string; readonly port: number; readonly tls: boolean; readonly authSecret?: string };
  readonly limits: { readonly global: BucketLimits; readonly user: BucketLimits };
  /** Queue that takes what was let through. */
  readonly sendQueueUrl?: string;
}

/**
 * Defaults of the global bucket are those of the deployed source: 10 tokens in 60 s, capacity 10. The user's bucket is in
 * the design of 29 October 2025 alone: capacity 3, and no rate of its own, so it gains what the global one gains.
 *
 * @throws Error when a variable is missing, or a figure is not a number above zero.
 */
export function readConfiguration(environment: NodeJS.ProcessEnv): RateLimiterConfiguration {
  const { queueUrl, redisHost, region } = requiredSettings(
    { queueUrl: names.queueUrl, redisHost: names.redisHost, region: names.region },
    environment,
  );
  const windowSeconds = positive(environment, names.windowSeconds, 60);
  const capacity = positive(environment, names.bucketCapacity, 10);
  const tokensPerWindow = positive(environment, names.tokensPerWindow, 10);
  return {
    queueUrl,
    region,
    redis: {
      host: redisHost,
      port: positive(environment, names.redisPort, 6379),
      tls: flag(environment, names.redisTls),
      authSecret: environment[names.redisAuthSecret]?.trim() || undefined,
    },
    limits: {
      global: { capacity, tokensPerWindow, windowSeconds },
      user: {
        capacity: positive(environment, names.userBucketCapacity, Math.min(3, capacity)),
        tokensPerWindow: positive(environment, names.userTokensPerWindow, tokensPerWindow),
        windowSeconds,
      },
    },
    sendQueueUrl: environment[names.sendQueueUrl]?.trim() || undefined,
  };
}

function positive(environment: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const text = environment[name]?.trim();
  if (!text) return otherwise;
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new Error(`${name} must be a whole number above zero, got: ${text}. Set it to ${otherwise} or leave it out.`);
  }
  return Number(text);
}

function flag(environment: NodeJS.ProcessEnv, name: string): boolean {
  const text = environment[name]?.trim() || 'false';
  if (text !== 'true' && text !== 'false') {
    throw new Error(`${name} must be true or false, got: ${text}. Set it to one of them or leave it out.`);
  }
  return text === 'true';
}
