import { createHash } from 'node:crypto';
import type { RedisConnection } from './redis-connection';

export interface BucketLimits {
  /** Most tokens that the bucket holds: the largest burst. */
  readonly capacity: number;
  readonly tokensPerWindow: number;
  readonly windowSeconds: number;
}

/** The buckets that a message passes, each with a line of messages that wait for its tokens. */
export const lines = ['global', 'user'] as const;
export type Line = (typeof lines)[number];

export interface TakeRequest {
  /** Id of the message when it was first sent; its copies share it. */
  readonly originalId: string;
  /** Who asks: a repetition by the same one gets the same grant. */
  readonly owner: string;
  /** @default - the global bucket alone */
  readonly userId?: string;
  /** Time of the turn that an earlier refusal gave, in ms of Redis's clock; 0 for none. */
  readonly turnAt: number;
  /** Lines that the message has already waited in. */
  readonly waited: readonly Line[];
}

export type Decision =
  | { readonly kind: 'granted' }
  /** The message had its effect through another copy. */
  | { readonly kind: 'done' }
  | {
      readonly kind: 'wait';
      readonly milliseconds: number;
      readonly turnAt: number;
      /** Line that gave the turn; none when another run holds the message. */
      readonly line?: Line;
    };

/** Milliseconds that a grant is held for its taker: twice the function's timeout. A crashed taker's claim ends with it. */
const claimLease = 60_000;
/** Milliseconds after which a copy looks again whether the run that holds its message has ended: most take one second. */
const claimCheck = 5_000;
/** Milliseconds that a finished message is remembered: no copy outlives the queue's retention of four days. */
const doneMemory = 5 * 24 * 3600 * 1000;
const doneMark = 'done';

const prefix = 'rate_limit:onlyfans';
const markKey = (originalId: string) => `${prefix}:message:${originalId}`;
const bucketKeys: Readonly<Record<Line, (userId: string) => string>> = {
  global: () => `${prefix}:global`,
  user: (userId) => `${prefix}:user:${userId}`,
};

/**
 * Takes one token from every bucket, or none; and claims the message, so that two copies of it cannot both have one.
 *
 * A bucket is a hash: `tokens` at `timestamp` (ms), and `line`, the last turn given to a message that must wait. Turns lie
 * one token apart, so waiting messages come back one by one and find the token that grew for them; a newcomer stands behind
 * them instead of taking it. A message waits in one line at a time, the slowest, so that a user's own backlog takes no
 * turns in everybody's line.
 *
 * All time is Redis's own: clocks of callers differ. A clock set back gives no tokens, and one set forward at most a full
 * bucket.
 *
 * KEYS: mark, bucket…   ARGV: owner, lease ms, check ms, done mark, turn ms, then per bucket: capacity, ms per token, window ms, waited
 */
const takeScript = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local owner, lease, check, done, turn = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])

local mark = redis.call('GET', KEYS[1])
if mark == done then return { 'done', 0, 0, 0 } end
if mark == owner then return { 'granted', 0, 0, 0 } end
if mark then
  local left = math.max(1, redis.call('PTTL', KEYS[1]))
  return { 'wait', math.min(left, check), turn, 0 }
end
if turn > now then return { 'wait', turn - now, turn, 0 } end

local buckets = {}
local slowest, latest = 0, 0
for i = 2, #KEYS do
  local at = 6 + (i - 2) * 4
  local capacity, interval, window = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local waited = ARGV[at + 3] == '1'
  local stored = redis.call('HMGET', KEYS[i], 'tokens', 'timestamp', 'line')
  local tokens, since, line = tonumber(stored[1]) or capacity, tonumber(stored[2]) or now, tonumber(stored[3]) or 0
  tokens = math.min(capacity, tokens + math.max(0, now - since) / interval)
  buckets[i] = { tokens = tokens, memory = math.max(2 * window, math.ceil(capacity * interval)) }

  -- SQS delays by whole seconds and delivers a little late: the last one in line keeps its token for that long.
  local queued = not waited and line + math.min(3000, interval / 2) > now
  if tokens < 1 or queued then
    local next = math.ceil(now + math.max(0, 1 - tokens) * interval)
    if line > now or queued then next = math.max(next, math.ceil(line + interval)) end
    if next > latest then slowest, latest = i, next end
  end
end

if slowest > 0 then
  redis.call('HSET', KEYS[slowest], 'line', string.format('%.0f', latest))
  redis.call('PEXPIRE', KEYS[slowest], string.format('%.0f', buckets[slowest].memory + latest - now))
  return { 'wait', latest - now, latest, slowest - 1 }
end

for i = 2, #KEYS do
  redis.call('HSET', KEYS[i], 'tokens', string.format('%.17g', buckets[i].tokens - 1), 'timestamp', string.format('%.0f', now))
  redis.call('PEXPIRE', KEYS[i], string.format('%.0f', buckets[i].memory))
end
redis.call('SET', KEYS[1], owner, 'PX', lease)
return { 'granted', 0, 0, 0 }
`;

/** Ends a claim, provided that it is still the owner's. */
const releaseScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`;

export class TokenBuckets {
  constructor(
    private readonly redis: RedisConnection,
    private readonly limits: Readonly<Record<Line, BucketLimits>>,
  ) {}

  /** Asks for a token of each bucket that the message passes. */
  async take({ originalId, owner, userId, turnAt, waited }: TakeRequest): Promise<Decision> {
    const passed = lines.filter((line) => line === 'global' || userId !== undefined);
    const [kind, milliseconds, turn, line] = (await this.evaluate(
      takeScript,
      [markKey(originalId), ...passed.map((name) => bucketKeys[name](userId ?? ''))],
      [
        owner,
        claimLease,
        claimCheck,
        doneMark,
        turnAt,
        ...passed.flatMap((name) => {
          const { capacity, tokensPerWindow, windowSeconds } = this.limits[name];
          const windowMs = windowSeconds * 1000;
          return [capacity, windowMs / tokensPerWindow, windowMs, waited.includes(name) ? 1 : 0];
        }),
      ],
    )) as [Decision['kind'], number, number, number];
    return kind === 'wait' ? { kind, milliseconds, turnAt: turn, line: passed[line - 1] } : { kind };
  }

  /** Remembers that a message had its effect. */
  async complete(originalId: string): Promise<void> {
    await this.redis.run((client) =>
      client.set(markKey(originalId), doneMark, { expiration: { type: 'PX', value: doneMemory } }),
    );
  }

  /** Gives the message free for the next try. Its tokens stay taken: the attempt may have reached the other side. */
  async release(originalId: string, owner: string): Promise<void> {
    await this.evaluate(releaseScript, [markKey(originalId)], [owner]);
  }

  private evaluate(script: string, keys: string[], values: (string | number)[]): Promise<unknown> {
    const options = { keys, arguments: values.map(String) };
    return this.redis.run((client) =>
      client.evalSha(createHash('sha1').update(script).digest('hex'), options).catch((error: unknown) => {
        if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return client.eval(script, options);
        throw error;
      }),
    );
  }
}
