import type { Logger } from '@aws-lambda-powertools/logger';
import type { Deadline } from './deadline';
import type { PostContent, PublisherPlatform } from './post';
import type { Token } from './tokens';

/** One run at publishing one post: possibly the first, possibly one that takes up where another was cut off. */
export interface PublishJob<Progress> {
  readonly content: PostContent;
  readonly token: Token;
  /** What an earlier run saved. */
  readonly progress: Progress | undefined;
  /**
   * Writes down what the next run needs, to be called before and after each step with an effect.
   * @throws LeaseLost when another run has the post by now: stop at once.
   */
  save(progress: Progress | undefined): Promise<void>;
  /** False when something published belongs to another post with the same words. */
  own(platformId: string): Promise<boolean>;
  /** Goes with every call to the platform. */
  readonly correlationId: string;
  readonly deadline: Deadline;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

export type PublishOutcome =
  | { readonly kind: 'posted'; readonly platformId: string; readonly url?: string }
  /** Comes back in so many seconds, by a message of its own. */
  | { readonly kind: 'wait'; readonly seconds: number; readonly why: string };

/**
 * What differs between the platforms.
 *
 * `publish` may be cut off after any instruction and is then called again with what it saved last. It throws NotSent or
 * Refused when nothing was published, RateLimited to come back later, OutcomeUnknown to stop for good.
 */
export interface Publisher<Progress> {
  readonly platform: PublisherPlatform;
  publish(job: PublishJob<Progress>): Promise<PublishOutcome>;
}

export const waitFor = (seconds: number, why: string): PublishOutcome => ({ kind: 'wait', seconds, why });
