import { isObject } from '../../review/json';
import type { Resource, Stack, Tree } from '../../review/model';
import { asList, referred, type Thing, thingOf } from './references';

/** One arrow of a function's picture. */
export interface Flow {
  readonly from: Thing;
  readonly to: Thing;
  readonly verb: string;
}

export interface FunctionFlows {
  readonly name: string;
  /** Sorted, each once. */
  readonly flows: readonly Flow[];
}

/** What a function does for its own running, not for its work. */
const housekeeping = new Set(['logs', 'xray', 'ec2']);

/** First match wins. */
const verbs: readonly { readonly verb: string; readonly actions: RegExp }[] = [
  { verb: 'sends', actions: /^(sqs:SendMessage|sns:Publish|events:PutEvents)/ },
  { verb: 'calls', actions: /^(lambda:Invoke|sts:)/ },
  { verb: 'writes', actions: /:(Put|Update|Delete|BatchWrite|Create|Start|Write|Register|Run)/ },
  { verb: 'reads', actions: /./ },
];

/**
 * What starts each function, what it reads, and where its work goes: from event sources, rules, permissions and the
 * statements of its role, so that a picture shows no arrow that the account would refuse.
 */
export function functionFlows(tree: Tree): readonly FunctionFlows[] {
  const stacks = [...tree.stacks.values()].filter(({ identity }) => identity.cloud === 'aws');
  return stacks
    .flatMap((stack) =>
      ofType(stack, 'AWS::Lambda::Function').map((resource): FunctionFlows => {
        const name = resource.physicalName ?? resource.logicalId;
        const self: Thing = { kind: 'function', name };
        const flows = [
          ...starts(resource, self, stack),
          ...works(resource, self, stack),
          ...gaveUp(resource, self, stack),
        ];
        return { name, flows: unique(flows) };
      }),
    )
    .sort((a, b) => compareText(a.name, b.name));
}

const ofType = ({ resources }: Stack, type: string): Resource[] =>
  [...resources.values()].filter((resource) => resource.type === type);

/** Whether a value is this function: its ARN, its name, or a version of it. */
function isThis(value: unknown, target: Resource, stack: Stack): boolean {
  const resource = referred(value, stack);
  if (resource?.type === 'AWS::Lambda::Version') return isThis(resource.properties.FunctionName, target, stack);
  return resource === target || (typeof value === 'string' && value === target.physicalName);
}

function starts(target: Resource, self: Thing, stack: Stack): Flow[] {
  const mappings = ofType(stack, 'AWS::Lambda::EventSourceMapping')
    .filter(({ properties }) => isThis(properties.FunctionName, target, stack))
    .flatMap(({ properties }) => thingOf(properties.EventSourceArn, stack) ?? [])
    .map((from) => ({ from, to: self, verb: 'batches' }));
  const rules = ofType(stack, 'AWS::Events::Rule')
    .filter(({ properties }) =>
      asList(properties.Targets).some((each) => isObject(each) && isThis(each.Arn, target, stack)),
    )
    .map(({ properties, physicalName, logicalId }) => ({
      from: { kind: 'rule', name: physicalName ?? logicalId },
      to: self,
      verb: typeof properties.ScheduleExpression === 'string' ? properties.ScheduleExpression : 'matching events',
    }));
  const callers = ofType(stack, 'AWS::Lambda::Permission')
    .filter(({ properties }) => isThis(properties.FunctionName, target, stack))
    .map(({ properties }) => String(properties.Principal))
    .filter((principal) => principal !== 'events.amazonaws.com')
    .map((principal) => ({ from: { kind: 'caller', name: principal }, to: self, verb: 'calls' }));
  return [...mappings, ...rules, ...callers, ...edgeEvents(target, self, stack)];
}

function edgeEvents(target: Resource, self: Thing, stack: Stack): Flow[] {
  return ofType(stack, 'AWS::CloudFront::Distribution').flatMap(({ properties }) =>
    objectsWith(properties, 'EventType')
      .filter(({ LambdaFunctionARN }) => isThis(LambdaFunctionARN, target, stack))
      .map(({ EventType }) => ({ from: { kind: 'caller', name: 'CloudFront' }, to: self, verb: String(EventType) })),
  );
}

function objectsWith(value: unknown, key: string): Readonly<Record<string, unknown>>[] {
  if (Array.isArray(value)) return value.flatMap((each) => objectsWith(each, key));
  if (!isObject(value)) return [];
  return key in value ? [value] : Object.values(value).flatMap((each) => objectsWith(each, key));
}

function works(target: Resource, self: Thing, stack: Stack): Flow[] {
  const role = referred(target.properties.Role, stack);
  if (role === undefined) return [];
  const consumed = new Set(
    starts(target, self, stack)
      .filter(({ verb }) => verb === 'batches')
      .map(({ from }) => from.name),
  );
  const parked = new Set(gaveUp(target, self, stack).map(({ to }) => to.name));
  return statementsOf(role, stack)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap((statement) => {
      const actions = asList(statement.Action)
        .map(String)
        .filter((action) => !housekeeping.has(action.split(':')[0] ?? ''));
      return asList(statement.Resource).flatMap((resource) => {
        const service = actions[0]?.split(':')[0];
        if (service === undefined) return [];
        const to = thingOf(resource, stack) ?? { kind: 'other', name: `${service}, known at deploy time` };
        const doing = actions.filter(
          (action) => !(consumed.has(to.name) && isTaking(action)) && !(parked.has(to.name) && isParking(action)),
        );
        return [...new Set(doing.map(verbOf))].map((verb) => ({ from: self, to, verb }));
      });
    });
}

/** Taking messages is shown by the event source already. */
const isTaking = (action: string): boolean => /^sqs:(Receive|Delete|ChangeMessageVisibility|GetQueue)/.test(action);

/** Lambda itself puts there what the function gave up, with the function's rights. */
const isParking = (action: string): boolean => action === 'sqs:SendMessage';

const verbOf = (action: string): string => verbs.find(({ actions }) => actions.test(action))?.verb ?? 'reads';

function statementsOf(role: Resource, stack: Stack): Readonly<Record<string, unknown>>[] {
  const attached = ofType(stack, 'AWS::IAM::Policy').filter(({ properties }) =>
    asList(properties.Roles).some((each) => referred(each, stack) === role),
  );
  const documents = [
    ...attached.map(({ properties }) => properties.PolicyDocument),
    ...asList(role.properties.Policies).map((each) => (isObject(each) ? each.PolicyDocument : undefined)),
  ];
  return documents.filter(isObject).flatMap(({ Statement }) => asList(Statement).filter(isObject));
}

function gaveUp(target: Resource, self: Thing, stack: Stack): Flow[] {
  const { DeadLetterConfig: configuration } = target.properties;
  const to = isObject(configuration) ? thingOf(configuration.TargetArn, stack) : undefined;
  return to ? [{ from: self, to, verb: 'gives up to' }] : [];
}

/** Several verbs between the same two things are one arrow. */
function unique(flows: readonly Flow[]): Flow[] {
  const arrows = new Map<string, Flow & { readonly verbs: Set<string> }>();
  for (const flow of flows) {
    const key = [flow.from.kind, flow.from.name, flow.to.kind, flow.to.name].join(' ');
    const known = arrows.get(key) ?? { ...flow, verbs: new Set() };
    known.verbs.add(flow.verb);
    arrows.set(key, known);
  }
  return [...arrows]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, { from, to, verbs: all }]) => ({ from, to, verb: [...all].sort(compareText).join(', ') }));
}

/** By code unit: the same on every machine. */
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
