import { at, type LocatedResource, literalText, referenced, resourcesOf, type StackTemplate } from '../cloudformation';

const queueType = 'AWS::SQS::Queue';

/** Names that say what a queue is, for dead-letter queues whose user stands in no template. */
const deadLetterName = /dlq|dead-?letter/i;

/** A queue of the app with what the rules ask about it. */
export interface FoundQueue extends LocatedResource {
  readonly name: string;
  /** Named by a redrive policy, a dead-letter configuration, or by its own name. */
  readonly isDeadLetterQueue: boolean;
  /** An event source mapping reads it. */
  readonly isConsumed: boolean;
}

/** Every queue of an app; a stack may name another stack's queue by ARN. */
export function findQueues(templates: readonly StackTemplate[]): readonly FoundQueue[] {
  const deadLetterTargets = targets(templates, (resource) => deadLetterArns(resource));
  const consumed = targets(templates, (resource) =>
    resource.Type === 'AWS::Lambda::EventSourceMapping' ? [at(resource.Properties, 'EventSourceArn')] : [],
  );
  return resourcesOf(templates, queueType).map((located) => {
    const name = literalText(at(located.resource.Properties, 'QueueName')) || located.logicalId;
    return {
      ...located,
      name,
      isDeadLetterQueue:
        deadLetterName.test(name) || deadLetterTargets.some((target) => pointsAt(target, located, name)),
      isConsumed: consumed.some((target) => pointsAt(target, located, name)),
    };
  });
}

interface Target {
  readonly stack: string;
  readonly arn: unknown;
}

const targets = (
  templates: readonly StackTemplate[],
  arnsOf: (resource: LocatedResource['resource']) => readonly unknown[],
): readonly Target[] =>
  resourcesOf(templates).flatMap(({ stack, resource }) =>
    arnsOf(resource)
      .filter((arn) => arn !== undefined)
      .map((arn) => ({ stack, arn })),
  );

function pointsAt({ stack, arn }: Target, queue: LocatedResource, name: string): boolean {
  const logicalId = referenced(arn);
  return logicalId === undefined
    ? literalText(arn).split(':').at(-1) === name
    : stack === queue.stack && logicalId === queue.logicalId;
}

/** ARNs that the resource uses as dead-letter queues: of SQS, Lambda, EventBridge rules, schedules and SNS. */
function deadLetterArns({ Type, Properties }: LocatedResource['resource']): readonly unknown[] {
  switch (Type) {
    case queueType:
    case 'AWS::SNS::Subscription':
      return [at(Properties, 'RedrivePolicy', 'deadLetterTargetArn')];
    case 'AWS::Lambda::Function':
      return [at(Properties, 'DeadLetterConfig', 'TargetArn')];
    case 'AWS::Events::Rule': {
      const list = at(Properties, 'Targets');
      return Array.isArray(list) ? list.map((target) => at(target, 'DeadLetterConfig', 'Arn')) : [];
    }
    case 'AWS::Scheduler::Schedule':
      return [at(Properties, 'Target', 'DeadLetterConfig', 'Arn')];
    default:
      return [];
  }
}
