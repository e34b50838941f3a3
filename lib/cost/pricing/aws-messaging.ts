import { at } from '../../review/json';
import type { Resource, Tree } from '../../review/model';
import { exact, formatCount } from '../money';
import { type Bill, millions, type Pricer } from './pricing';
import { runsPerMonth } from './schedule';
import { referenced, text } from './values';

/** Nothing at rest; a dead-letter queue is taken to be quiet. */
export const queue: Pricer = (bill, resource) => {
  const fifo = resource.properties.FifoQueue === true || resource.properties.FifoQueue === 'true';
  if (isDeadLetterQueue(bill, resource)) {
    bill.note('a dead-letter queue: no traffic is assumed');
    return;
  }
  const requests = bill.assumption('queue.requests');
  bill.used(fifo ? 'sqs.fifo' : 'sqs.standard', millions(requests), `${formatCount(requests)} requests`);
};

interface Redrives {
  /** Names at the end of a literal ARN. */
  readonly names: ReadonlySet<string>;
  /** Addresses of what a Ref or GetAtt names. */
  readonly references: ReadonlySet<string>;
}

const redrivesByTree = new WeakMap<Tree, Redrives>();

/** Another queue of the tree sends its failures there, or its name says so. */
function isDeadLetterQueue({ surroundings: { tree } }: Bill, { address, logicalId, physicalName }: Resource): boolean {
  const redrives = redrivesByTree.get(tree) ?? redrivesOf(tree);
  redrivesByTree.set(tree, redrives);
  return (
    redrives.references.has(address) ||
    redrives.names.has(physicalName ?? '') ||
    /dlq|dead-?letter/i.test(physicalName ?? logicalId)
  );
}

function redrivesOf(tree: Tree): Redrives {
  const names = new Set<string>();
  const references = new Set<string>();
  for (const stack of tree.stacks.values()) {
    for (const { type, properties } of stack.resources.values()) {
      if (type !== 'AWS::SQS::Queue') continue;
      const target = at(properties, 'RedrivePolicy', 'deadLetterTargetArn');
      if (typeof target === 'string') names.add(target.split(':').at(-1) ?? '');
      const queue = referenced(target, stack);
      if (queue !== undefined) references.add(queue.address);
    }
  }
  return { names, references };
}

export const topic: Pricer = (bill) => {
  const publishes = bill.assumption('topic.publishes');
  bill.used('sns.publish', millions(publishes), `${formatCount(publishes)} publishes`);
};

export const schedule: Pricer = (bill, { properties }) => {
  const { stack } = bill.surroundings;
  if (text(properties.State, stack) === 'DISABLED') {
    bill.note('disabled: never starts');
    return;
  }
  const runs = runsPerMonth(text(properties.ScheduleExpression, stack) ?? '') ?? exact('0');
  bill.used('scheduler.invocation', millions(runs), `${formatCount(runs.round(0))} invocations`);
};

export const stateMachine: Pricer = (bill, { properties }) => {
  if (text(properties.StateMachineType, bill.surroundings.stack) === 'EXPRESS') {
    bill.unpriced('AWS::StepFunctions::StateMachine: express workflows');
    return;
  }
  bill.unpriced('AWS::StepFunctions::StateMachine: no assumption of its transitions');
};

export const stream: Pricer = (bill, { properties }) => {
  const shards = properties.ShardCount;
  if (typeof shards !== 'number') bill.unpriced('AWS::Kinesis::Stream: on demand');
  else bill.hourly('kinesis.shard', String(shards), `${shards} shards`);
};

export const httpApi: Pricer = (bill) => {
  const requests = bill.assumption('function.requests');
  bill.used('apigateway.http', millions(requests), `${formatCount(requests)} requests`);
};

export const restApi: Pricer = (bill) => {
  const requests = bill.assumption('function.requests');
  bill.used('apigateway.rest', millions(requests), `${formatCount(requests)} requests`);
};
