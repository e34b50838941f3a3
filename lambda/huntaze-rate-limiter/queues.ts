import { type MessageAttributeValue, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { type Journey, journeyAttribute, type LimitedMessage } from './message';

/** Longest delay that SQS takes, in seconds. */
const longestDelay = 900;

/**
 * Sends a message again, unchanged but for its journey, to come back after so many seconds (at most 900; a longer wait is
 * walked in steps).
 *
 * Failing instead, to be shown the message again, would count as a receive each time, and after five the message would be
 * in the dead-letter queue for having waited.
 */
export async function sendAgain(
  sqs: Pick<SQSClient, 'send'>,
  queueUrl: string,
  { record }: LimitedMessage,
  journey: Journey,
  delaySeconds: number,
): Promise<void> {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: record.body,
      DelaySeconds: Math.min(longestDelay, Math.max(1, delaySeconds)),
      MessageAttributes: {
        ...attributesOf(record),
        [journeyAttribute]: { DataType: 'String', StringValue: JSON.stringify(journey) },
      },
      ...traceOf(record),
    }),
  );
}

/** Hands a message that was let through to a queue, without the marks of its wait. */
export async function forward(
  sqs: Pick<SQSClient, 'send'>,
  queueUrl: string,
  { record, journey, userId, correlationId }: LimitedMessage,
): Promise<void> {
  const { [journeyAttribute]: _, ...attributes } = attributesOf(record);
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: record.body,
      MessageAttributes: { ...attributes, correlationId: { DataType: 'String', StringValue: correlationId } },
      // The original id, so that a second hand-over of the same message within five minutes is swallowed.
      ...(queueUrl.endsWith('.fifo')
        ? { MessageGroupId: groupOf(userId), MessageDeduplicationId: journey.originalMessageId }
        : {}),
      ...traceOf(record),
    }),
  );
}

/** A group id takes 128 characters of a limited set; the base64url alphabet lies in it. */
function groupOf(userId: string | undefined): string {
  return userId === undefined ? 'global' : `user-${Buffer.from(userId).toString('base64url')}`.slice(0, 128);
}

/** Attributes as they came, in the shape in which they are sent. */
function attributesOf(record: SQSRecord): Record<string, MessageAttributeValue> {
  return Object.fromEntries(
    Object.entries(record.messageAttributes).map(([name, { dataType, stringValue, binaryValue }]) => [
      name,
      dataType.startsWith('Binary')
        ? { DataType: dataType, BinaryValue: Buffer.from(binaryValue ?? '', 'base64') }
        : { DataType: dataType, StringValue: stringValue },
    ]),
  );
}

function traceOf({ attributes }: SQSRecord) {
  const header = attributes.AWSTraceHeader;
  return header ? { MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: header } } } : {};
}
