/** Platforms that have a publisher queue, in the order in which they are reported. */
export const platforms = ['instagram', 'reddit', 'tiktok', 'twitter'] as const;
export type Platform = (typeof platforms)[number];

/** Queue URL per platform; a platform without one is off. */
export type QueueUrls = Readonly<Partial<Record<Platform, string>>>;

export const statuses = {
  /** Set by the application: due as soon as `scheduledAt` has passed. */
  queued: 'queued',
  /** Every platform that has a queue got its message. */
  dispatched: 'dispatched',
  /** No platform of the post has a queue, so nobody would ever move it on: queue it again once one has. */
  skipped: 'skipped',
} as const;

export interface DuePost {
  readonly userId: string;
  readonly postId: string;
  /** Platforms that the author chose, as stored: possibly one that this function does not know. */
  readonly targets: readonly string[];
  /** Platforms that an earlier, unfinished run has recorded as sent. */
  readonly alreadySent: readonly string[];
}

export interface DispatchPlan {
  readonly send: readonly Platform[];
  readonly skip: readonly string[];
}

/** What to send for a post now, and which of its platforms have nowhere to go. */
export function planDispatch(post: DuePost, queueUrls: QueueUrls): DispatchPlan {
  const targets = [...new Set(post.targets)];
  const open = platforms.filter((platform) => queueUrls[platform]);
  return {
    send: open.filter((platform) => targets.includes(platform) && !post.alreadySent.includes(platform)),
    skip: targets.filter((target) => !open.some((platform) => platform === target)),
  };
}

export type Conclusion =
  /** Nothing was sent: the post stays as it is and the next run tries again. */
  | { readonly kind: 'unchanged' }
  /** Some platforms got their message; the next run sends only the others. */
  | { readonly kind: 'progress'; readonly sent: readonly string[] }
  | {
      readonly kind: 'done';
      readonly status: typeof statuses.dispatched | typeof statuses.skipped;
      readonly sent: readonly string[];
      readonly skipped: readonly string[];
    };

/** What to record for a post after `sent` of its planned platforms got their message. */
export function concludeDispatch(post: DuePost, plan: DispatchPlan, sent: readonly Platform[]): Conclusion {
  if (plan.send.some((platform) => !sent.includes(platform))) {
    return sent.length > 0 ? { kind: 'progress', sent } : { kind: 'unchanged' };
  }
  const all = [...new Set([...post.alreadySent, ...sent])].sort();
  return {
    kind: 'done',
    status: all.length > 0 ? statuses.dispatched : statuses.skipped,
    sent: all,
    skipped: plan.skip,
  };
}
