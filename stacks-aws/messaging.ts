import type { Construct } from 'constructs';
import { QueueWithDeadLetterQueue, StandaloneDeadLetterQueue } from '../lib/constructs/queue';
import { queues, standaloneDeadLetterQueues } from '../lib/estate/messaging';
import { publishedQueueUrl } from '../lib/estate/published';
import type { AccountSettings } from '../lib/estate/settings';
import { EstateStack } from './estate-stack';

/** Audit section 5: the queues, each with its dead-letter queue. */
export class MessagingStack extends EstateStack {
  constructor(scope: Construct, id: string, props: { readonly settings: AccountSettings }) {
    super(scope, id, 'messaging', { ...props, description: 'Huntaze estate: queues and dead-letter queues' });
    const { posture } = this.settings;
    for (const row of queues) {
      const pair = new QueueWithDeadLetterQueue(this, row.name, { row, posture });
      this.publish(publishedQueueUrl(row.name), pair.queue.url);
    }
    for (const row of standaloneDeadLetterQueues) {
      new StandaloneDeadLetterQueue(this, row.name, { row, posture });
    }
  }
}
