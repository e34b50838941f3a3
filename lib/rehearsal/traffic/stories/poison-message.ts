import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ChangeMessageVisibilityCommand, type Message, SendMessageCommand } from '@aws-sdk/client-sqs';
import { drain, queueRow, queueUrl, receive } from '../queues';
import type { Story } from '../scene';

export const poisonMessage: Story = {
  title: 'A poison message ends in the dead-letter queue',
  async tell(scene, fact) {
    const row = queueRow('huntaze-webhooks');
    const MessageBody = JSON.stringify({ poison: randomUUID() });
    const QueueUrl = await queueUrl(scene, row.name);
    await scene.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));

    for (let attempt = 1; attempt <= row.maxReceiveCount; attempt += 1) {
      const message: Message | undefined = (await receive(scene, row.name))[0];
      assert.equal(message?.Body, MessageBody, `receive ${attempt} of ${row.maxReceiveCount} did not give the message`);
      // The consumer failed: the message comes back at once instead of after the visibility timeout.
      const { ReceiptHandle } = message;
      await scene.sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    }
    fact(`${row.name}: received ${row.maxReceiveCount} times without success`);
    assert.equal((await receive(scene, row.name)).length, 0, 'the message is received once more');

    const [parked, ...others] = await drain(scene, row.deadLetterQueue.name);
    assert.equal(parked?.Body, MessageBody, `${row.deadLetterQueue.name} does not hold the message`);
    assert.equal(others.length, 0, `${row.deadLetterQueue.name} holds ${others.length} messages too many`);
    fact(`${row.deadLetterQueue.name}: holds it`);
  },
};
