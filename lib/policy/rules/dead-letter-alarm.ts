import { at, literalText, resourcesOf, type StackTemplate } from '../cloudformation';
import { type TemplateRule, violation } from '../rule';
import { findQueues } from './queues';

/**
 * Names of the queues on whose depth an alarm stands.
 *
 * Depth only: `NumberOfMessagesSent` does not count what a redrive policy moves, so an alarm on it never rings.
 */
function watchedQueues(templates: readonly StackTemplate[]): ReadonlySet<string> {
  return new Set(
    resourcesOf(templates, 'AWS::CloudWatch::Alarm')
      .map(({ resource }) => resource.Properties)
      .filter(
        (properties) =>
          at(properties, 'Namespace') === 'AWS/SQS' &&
          at(properties, 'MetricName') === 'ApproximateNumberOfMessagesVisible',
      )
      .flatMap((properties) => {
        const dimensions = at(properties, 'Dimensions');
        return Array.isArray(dimensions) ? dimensions : [];
      })
      .filter((dimension) => at(dimension, 'Name') === 'QueueName')
      .map((dimension) => literalText(at(dimension, 'Value'))),
  );
}

/** A dead-letter queue that nobody watches is a place where work disappears. */
export const deadLetterAlarm: TemplateRule = {
  id: 'dead-letter-alarm',
  description: 'An alarm stands on the depth of every dead-letter queue, in whichever stack.',
  fix: 'Add an alarm on ApproximateNumberOfMessagesVisible of the queue, above 0.',
  check: (templates) => {
    const watched = watchedQueues(templates);
    return findQueues(templates)
      .filter((queue) => queue.isDeadLetterQueue && !watched.has(queue.name))
      .map((queue) => violation(queue, 'Properties.QueueName', queue.name));
  },
};
