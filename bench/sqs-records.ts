import type { Message } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';

/** A received message as an event source mapping hands it over. */
export function asRecord(
  { MessageId = '', ReceiptHandle = '', Body = '', Attributes = {}, MessageAttributes = {} }: Message,
  queueArn: string,
): SQSRecord {
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: { ...Attributes } as unknown as SQSRecord['attributes'],
    messageAttributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue, DataType = 'String' }]) => [
        name,
        { stringValue: StringValue, dataType: DataType as 'String' },
      ]),
    ),
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: 'us-east-1',
  };
}

/** A record of a message that no queue holds. */
export function madeRecord(messageId: string, body: unknown, queueArn: string): SQSRecord {
  const Attributes = { ApproximateReceiveCount: '1', SentTimestamp: String(Date.now()) };
  return asRecord({ MessageId: messageId, ReceiptHandle: 'none', Body: JSON.stringify(body), Attributes }, queueArn);
}
