import assert from 'node:assert/strict';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { type QueueRow, queues } from '../../estate/messaging';
import type { Scene } from './scene';

export function queueRow(name: string): QueueRow {
  const row = queues.find((candidate) => candidate.name === name);
  assert.ok(row, `queue ${name} has no row`);
  return row;
}

export const queueUrl = async ({ sqs }: Scene, QueueName: string): Promise<string> =>
  (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl ?? '';

export async function receive(scene: Scene, queue: string): Promise<Message[]> {
  const QueueUrl = await queueUrl(scene, queue);
  const { Messages = [] } = await scene.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
  );
  return Messages;
}

/** Receives and deletes until the queue gives nothing more. */
export async function drain(scene: Scene, queue: string): Promise<Message[]> {
  const QueueUrl = await queueUrl(scene, queue);
  const all: Message[] = [];
  for (;;) {
    const messages = await receive(scene, queue);
    if (messages.length === 0) return all;
    all.push(...messages);
    for (const { ReceiptHandle } of messages) {
      await scene.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}

/** Messages that can be received, are being worked off, or are delayed. */
export async function depth(scene: Scene, queue: string): Promise<number> {
  const names = [
    'ApproximateNumberOfMessages',
    'ApproximateNumberOfMessagesNotVisible',
    'ApproximateNumberOfMessagesDelayed',
  ] as const;
  const { Attributes = {} } = await scene.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: await queueUrl(scene, queue), AttributeNames: [...names] }),
  );
  return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
}
