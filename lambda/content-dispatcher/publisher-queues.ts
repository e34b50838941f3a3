import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Platform } from './plan';
import type { PostKey } from './posts-table';

/** Most entries that one SendMessageBatch takes (SQS quota). */
export const sendBatchLimit = 10;

export interface Dispatch extends PostKey {
  readonly platform: Platform;
}

export interface SendOutcome {
  readonly sent: readonly Dispatch[];
  readonly refused: readonly (Dispatch & { readonly reason: string })[];
}

export interface SendOptions {
  readonly queueUrl: string;
  /** Goes with each message as the attribute `correlationId`; the body keeps its format. */
  readonly correlationId: string;
  readonly deadline: AbortSignal;
}

/**
 * Sends at most ten messages to one queue. Never throws: a refused entry and a failed call alike are the next run's work.
 */
export async function sendBatch(
  client: SQSClient,
  dispatches: readonly Dispatch[],
  { queueUrl, correlationId, deadline }: SendOptions,
): Promise<SendOutcome> {
  try {
    const answer = await client.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: dispatches.map(({ userId, postId, platform }, index) => ({
          // The position, not the post's id: SQS takes 80 characters of letters, digits, hyphen and underscore.
          Id: String(index),
          MessageBody: JSON.stringify({ userId, postId, platform }),
          MessageAttributes: { correlationId: { DataType: 'String', StringValue: correlationId } },
        })),
      }),
      { abortSignal: deadline },
    );
    const accepted = new Set(answer.Successful?.map(({ Id }) => Id));
    const reasons = new Map(answer.Failed?.map(({ Id, Code }) => [Id, Code]));
    return {
      sent: dispatches.filter((_, index) => accepted.has(String(index))),
      refused: dispatches.flatMap((dispatch, index) =>
        accepted.has(String(index)) ? [] : [{ ...dispatch, reason: reasons.get(String(index)) ?? 'NoAnswer' }],
      ),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'UnknownError';
    return { sent: [], refused: dispatches.map((dispatch) => ({ ...dispatch, reason })) };
  }
}
