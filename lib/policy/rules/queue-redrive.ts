import { at } from '../cloudformation';
import { type TemplateRule, violation } from '../rule';
import { findQueues } from './queues';

/** Without a redrive policy, a message that cannot be worked off comes back until its retention ends, then it is lost. */
export const queueRedrive: TemplateRule = {
  id: 'queue-redrive',
  description: 'A queue that a consumer reads, or that is no dead-letter queue itself, has a dead-letter queue.',
  fix: 'Give the queue a RedrivePolicy with deadLetterTargetArn and maxReceiveCount.',
  check: (templates) =>
    findQueues(templates)
      .filter((queue) => queue.isConsumed || !queue.isDeadLetterQueue)
      .flatMap((queue) => {
        const policy = at(queue.resource.Properties, 'RedrivePolicy');
        return at(policy, 'deadLetterTargetArn') === undefined
          ? [violation(queue, 'Properties.RedrivePolicy', policy)]
          : [];
      }),
};
