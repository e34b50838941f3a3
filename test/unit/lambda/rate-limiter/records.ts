import type { SQSRecord } from 'aws-lambda';

/** A delivery with the given body and text attributes. */
export function recordOf(
  body: string,
  attributes: Readonly<Record<string, string>> = {},
  more: Partial<SQSRecord> = {},
): SQSRecord {
  return {
    messageId: 'message-1',
    receiptHandle: 'receipt-1',
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1700000000000',
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: '1700000000001',
    },
    messageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, stringValue]) => [name, { dataType: 'String', stringValue }]),
    ),
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:huntaze-rate-limiter-queue',
    awsRegion: 'us-east-1',
    ...more,
  };
}
