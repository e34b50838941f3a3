import {
  ChangeMessageVisibilityCommand,
  GetQueueUrlCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import type { PublishMessage } from './message';

/** Longest delay of a message, in seconds (SQS quota). */
const longestDelaySeconds = 900;

/** The queue that feeds this function, as far as the function writes to it. */
export class OwnQueue {
  private readonly urls = new Map<string, Promise<string>>();

  constructor(private readonly client: SQSClient) {}

  /** Sends a message that arrives no sooner than in so many seconds, 900 at most. */
  async sendLater(
    record: Pick<SQSRecord, 'eventSourceARN'>,
    message: PublishMessage,
    { seconds, correlationId }: { readonly seconds: number; readonly correlationId: string },
  ): Promise<void> {
    await this.client.send(
      new SendMessageCommand({
        QueueUrl: await this.url(record.eventSourceARN),
        MessageBody: JSON.stringify(message),
        DelaySeconds: Math.min(longestDelaySeconds, Math.max(0, Math.ceil(seconds))),
        MessageAttributes: { correlationId: { DataType: 'String', StringValue: correlationId } },
      }),
    );
  }

  /** Hides a message that this invocation will report as failed, so that it comes back in so many seconds. */
  async hide({ eventSourceARN, receiptHandle }: SQSRecord, seconds: number): Promise<void> {
    await this.client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: await this.url(eventSourceARN),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: Math.max(1, Math.ceil(seconds)),
      }),
    );
  }

  private url(arn: string): Promise<string> {
    const known = this.urls.get(arn);
    if (known) return known;
    const [, , , , account, name] = arn.split(':');
    const asked = this.client
      .send(new GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId: account }))
      .then(({ QueueUrl }) => QueueUrl ?? '');
    this.urls.set(arn, asked);
    // A failed look-up must not stay for the life of the function.
    asked.catch(() => this.urls.delete(arn));
    return asked;
  }
}
