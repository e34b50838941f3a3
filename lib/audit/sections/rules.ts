import {
  DescribeRuleCommand,
  type DescribeRuleCommandOutput,
  ListTargetsByRuleCommand,
  type Target,
} from '@aws-sdk/client-eventbridge';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { type RuleRow, rules } from '../../estate/support';
import { type AuditClients, lastSegment, orAbsent } from '../clients';
import { eventBusNames, taskFamily } from '../lookups';
import { labelColumn, type Properties, readColumn, type Section } from '../model';
import { admits, statementsOf } from '../policy-document';

/** Buses of partners have names of this form (EventBridge user guide, "Receiving events from a SaaS partner"). */
const partnerBus = /^aws\.partner\//;

export const rulesSection: Section = {
  id: 'rules',
  part: 'support',
  nameHeading: 'name',
  columns: [readColumn('status', 'state'), labelColumn('purpose')],

  expected: () =>
    rules.map((row) => ({
      kind: 'modelled',
      name: row.name,
      label: `${triggerOf(row)} → ${targetOf(row)}`,
      properties: expectedProperties(row),
    })),

  async read(clients, name) {
    for (const EventBusName of await eventBusNames(clients)) {
      const rule = await orAbsent(
        clients.events.send(new DescribeRuleCommand({ Name: name, EventBusName })),
        'ResourceNotFoundException',
      );
      if (rule !== undefined) return factsOf(clients, rule, EventBusName);
    }
    return undefined;
  },
};

const expectedProperties = (row: RuleRow): Properties => ({
  state: row.state,
  bus: 'pattern' in row.trigger && row.trigger.busParameter !== undefined ? 'partner' : 'default',
  schedule: 'schedule' in row.trigger ? row.trigger.schedule : null,
  pattern: 'pattern' in row.trigger ? Object.fromEntries(Object.entries(row.trigger.pattern)) : null,
  targets: [targetOf(row)],
  deadLetterQueues: row.deadLetterQueue === undefined ? [] : [row.deadLetterQueue],
  deadLetterQueuesAdmitIt: true,
});

const targetOf = ({ target }: RuleRow): string =>
  'function' in target ? `function ${target.function}` : `task ${target.task}`;

const triggerOf = ({ trigger }: RuleRow): string =>
  'schedule' in trigger ? trigger.schedule : Object.keys(trigger.pattern).join(', ');

async function factsOf(
  clients: AuditClients,
  rule: DescribeRuleCommandOutput,
  EventBusName: string,
): Promise<Properties> {
  const { Targets: targets = [] } = await clients.events.send(
    new ListTargetsByRuleCommand({ Rule: rule.Name, EventBusName }),
  );
  const deadLetterQueues = targets.flatMap((target) => target.DeadLetterConfig?.Arn ?? []).map(lastSegment);
  const admitted = await Promise.all(deadLetterQueues.map((queue) => queueAdmits(clients, queue, rule.Arn ?? '')));
  return {
    state: rule.State ?? null,
    bus: EventBusName === 'default' ? 'default' : partnerBus.test(EventBusName) ? 'partner' : EventBusName,
    schedule: rule.ScheduleExpression ?? null,
    pattern: rule.EventPattern ? JSON.parse(rule.EventPattern) : null,
    targets: targets.map(targetFact).sort(),
    deadLetterQueues: deadLetterQueues.sort(),
    deadLetterQueuesAdmitIt: admitted.every(Boolean),
  };
}

function targetFact({ Arn: arn = '', EcsParameters: ecs }: Target): string {
  if (ecs?.TaskDefinitionArn) return `task ${taskFamily(ecs.TaskDefinitionArn)}`;
  return arn.includes(':function:') ? `function ${lastSegment(arn)}` : arn;
}

/** A rule whose dead-letter queue does not let it write loses the event without a trace. */
async function queueAdmits({ sqs }: AuditClients, queue: string, ruleArn: string): Promise<boolean> {
  const address = await orAbsent(sqs.send(new GetQueueUrlCommand({ QueueName: queue })), 'QueueDoesNotExist');
  if (address === undefined) return false;
  const { Attributes: attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: address.QueueUrl, AttributeNames: ['Policy'] }),
  );
  return admits(
    statementsOf(attributes?.Policy),
    { service: 'events.amazonaws.com', action: 'sqs:SendMessage' },
    ruleArn,
  );
}
