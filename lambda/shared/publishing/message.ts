import * as z from 'zod/mini';
import type { PublisherPlatform } from './post';

/** How a delayed message carries a post on; it goes with the three fields that the dispatcher sends. */
const continuationSchema = z.object({
  /** One more than that of the message before it. */
  turn: z.int().check(z.minimum(1)),
  /** Seconds since 1970 at which the first message of the chain was worked on. */
  startedAt: z.int(),
  /** Seconds since 1970 before which there is nothing to do: SQS delays by at most 15 minutes, a platform by more. */
  notBefore: z.int(),
  /** Failed receives of the messages before it, so that a chain fails as often as one message may, not more. */
  failures: z.int(),
});

const messageSchema = z.object({
  userId: z.string().check(z.minLength(1)),
  postId: z.string().check(z.minLength(1)),
  platform: z.string(),
  continuation: z.optional(continuationSchema),
});

export type PublishMessage = z.infer<typeof messageSchema>;

/** @throws Error on a body that no dispatcher wrote, and on one for another platform. */
export function readMessage(body: string, platform: PublisherPlatform): PublishMessage {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new Error(`A message must be JSON, got: ${body.length} characters of other text. Look at who sends it.`);
  }
  const message = messageSchema.parse(parsed);
  if (message.platform !== platform) {
    throw new Error(
      `This queue takes posts for ${platform}, got: ${message.platform}. Send it to the queue of its platform.`,
    );
  }
  return message;
}
