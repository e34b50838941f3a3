import { typeSpecification } from '../cloudformation/specification';
import { own } from '../compare/canonical';
import { shownPath } from '../findings/ref';
import {
  type Comparison,
  type GateReason,
  type GateRule,
  type PropertyChange,
  type ResolvedChange,
  type Resource,
  type ResourceRef,
  type Stack,
  stackKey,
} from '../model';
import { TerraformValues } from '../terraform/values';
import { type LeafChange, leafChanges, leavesOf } from './leaves';
import { providerReasons } from './provider-features';
import { remedies } from './remedies';
import { awsLeafRules, type LeafRule } from './rules-aws';
import { azureLeafRules } from './rules-azure';
import { judgeStructures } from './structures';

/** Types that hold nothing and protect what others hold: their loss closes the gate as well. */
const guards: Readonly<Record<string, string>> = {
  'AWS::Backup::BackupPlan': 'backups are made by it',
  'AWS::Backup::BackupSelection': 'it says what is backed up',
  'AWS::DLM::LifecyclePolicy': 'snapshots are made by it',
  azurerm_management_lock: 'it stops a deletion by hand',
  azurerm_cognitive_account_customer_managed_key: 'what it encrypted cannot be read without it',
};

/** Every reason of two trees to close the gate, by the changes that they are about. */
export function gateReasons(comparison: Comparison): readonly GateReason[] {
  const baseOf = ({ stack }: ResourceRef) => comparison.base.stacks.get(stackKey(stack));
  const headOf = ({ stack }: ResourceRef) => comparison.head.stacks.get(stackKey(stack));
  const renamedStacks = new Set(
    comparison.stacks.flatMap(({ kind, from }) => (kind === 'renamed' && from ? [stackKey(from)] : [])),
  );
  return distinct([
    ...comparison.changes.flatMap((change) => [
      ...fateReasons(change, renamedStacks),
      ...propertyReasons(change),
      ...valueReasons(change, baseOf, headOf),
    ]),
    ...stackReasons(comparison),
  ]);
}

/** One reason per resource, rule and change, the first that was found. */
function distinct(reasons: readonly GateReason[]): readonly GateReason[] {
  const seen = new Map<string, GateReason>();
  for (const reason of reasons) {
    const key = `${reason.resource.address} ${reason.rule} ${reason.change}`;
    if (!seen.has(key)) seen.set(key, reason);
  }
  return [...seen.values()];
}

const reason = (
  rule: GateRule,
  resource: ResourceRef,
  change: string,
  message: string,
  source?: string,
): GateReason => ({ rule, resource, change, message, remedy: remedies[rule], ...(source && { source }) });

/** The physical name stands beside every message already. */
const nameOf = ({ logicalId }: ResourceRef): string => logicalId;

/** What becomes of the resource as a whole. */
function fateReasons(change: ResolvedChange, renamedStacks: ReadonlySet<string>): readonly GateReason[] {
  const { kind, resource, from, statefulness, effect } = change;
  const gone = kind === 'remove' || kind === 'orphan';
  if (gone && guards[resource.type] !== undefined) {
    return [
      reason('protection-lost', resource, kind, `${nameOf(resource)} goes, and ${guards[resource.type]}. ${effect}`),
    ];
  }
  if (statefulness.kind === 'stateless') return [];
  const unknown = statefulness.kind === 'unknown';
  if (gone || kind === 'rename' || (kind === 'move' && from && !isStateMove(resource, from))) {
    if (unknown) {
      return [reason('unknown-type', resource, kind, `${nameOf(resource)} is ${statefulness.reason}. ${effect}`)];
    }
    if (gone) return [reason('removal', resource, kind, effect)];
    const renamed = kind === 'rename' || (from !== undefined && renamedStacks.has(stackKey(from.stack)));
    return [reason(renamed ? 'renamed' : 'moved', resource, kind, effect)];
  }
  return [];
}

/** Terraform's `moved` within one state: the only move that keeps the resource. */
const isStateMove = (resource: ResourceRef, from: ResourceRef): boolean =>
  resource.stack.engine === 'terraform' && stackKey(resource.stack) === stackKey(from.stack);

/** What single properties do to a resource that both trees hold under the same name. */
function propertyReasons(change: ResolvedChange): readonly GateReason[] {
  const { kind, resource, statefulness, base, head } = change;
  if (!base || !head || statefulness.kind === 'stateless' || kind === 'rename') return [];
  if (kind === 'move' && change.from && !isStateMove(resource, change.from)) return [];
  if (statefulness.kind === 'unknown') {
    const [first] = change.properties;
    return first
      ? [
          reason(
            'unknown-type',
            resource,
            'change',
            `${nameOf(resource)} is ${statefulness.reason}: what a change of ${change.properties.map(({ path }) => shownPath(path)).join(', ')} does is not known.`,
          ),
        ]
      : [];
  }
  return change.properties.flatMap((property) => propertyReason(resource, base, head, property));
}

const kept = ['Retain', 'RetainExceptOnCreate'];

function propertyReason(
  resource: ResourceRef,
  base: Resource,
  head: Resource,
  { path, before, after, impact, cause, source }: PropertyChange,
): readonly GateReason[] {
  const name = nameOf(resource);
  const shown = shownPath(path);
  const because = cause ? ` (${cause})` : '';
  switch (path) {
    case 'DeletionPolicy':
    case 'UpdateReplacePolicy': {
      const protects = path === 'DeletionPolicy' ? 'it leaves its stack' : 'it is replaced';
      const weaker = kept.includes(String(before))
        ? !kept.includes(String(after))
        : before === 'Snapshot' && after === 'Delete';
      return weaker
        ? [
            reason(
              'retention-lost',
              resource,
              path,
              `${name} is no longer kept when ${protects}: ${path} was ${before} and is ${after}.`,
            ),
          ]
        : [];
    }
    case 'Condition':
      return [
        reason(
          'condition-changed',
          resource,
          path,
          `Whether ${name} exists hangs on a condition that changes${because}: it may be deleted.`,
        ),
      ];
    case 'lifecycle.prevent_destroy':
      return before === true && after !== true
        ? [
            reason(
              'prevent-destroy-lost',
              resource,
              path,
              `${name} loses prevent_destroy: the next plan may destroy it.`,
            ),
          ]
        : [];
    case 'provider':
      return [
        reason(
          'state-moved',
          resource,
          path,
          `${name} is looked for through another provider configuration, perhaps in another subscription.`,
        ),
      ];
  }
  if (impact === 'replace') {
    return [reason('replacement', resource, path, `${name} is replaced, because ${shown} changes${because}.`, source)];
  }
  if (impact === 'may-replace') {
    return [
      reason('may-replacement', resource, path, `${name} may be replaced, because ${shown} changes${because}.`, source),
    ];
  }
  if (impact === 'unknown') {
    return [
      reason(
        'unknown-property',
        resource,
        path,
        `${name} changes ${shown}, and no table says what that does${because}.`,
        source,
      ),
    ];
  }
  return isPhysicalName(base, head, path)
    ? [
        reason(
          'renamed',
          resource,
          path,
          `${name} gets another name: ${String(before)} becomes ${String(after)}.`,
          source,
        ),
      ]
    : [];
}

const isPhysicalName = (base: Resource, head: Resource, path: string): boolean =>
  base.stack.engine === 'terraform'
    ? path === 'name'
    : path === `Properties.${typeSpecification(head.type)?.nameProperty ?? ''}`;

/** What changes of values mean that stay in place. */
function valueReasons(
  change: ResolvedChange,
  baseOf: (resource: ResourceRef) => Stack | undefined,
  headOf: (resource: ResourceRef) => Stack | undefined,
): readonly GateReason[] {
  const { base, head, resource, statefulness } = change;
  if (!base || !head || statefulness.kind !== 'stateful' || base.type !== head.type) return [];
  const terraform = resource.stack.engine === 'terraform';
  const rules = terraform ? azureLeafRules : awsLeafRules;
  const [was, is] = [baseOf(base), headOf(head)];
  const before = terraform && was ? new TerraformValues(was).of(base.properties) : base.properties;
  const after = terraform && is ? new TerraformValues(is).of(head.properties) : head.properties;
  const changes = leafChanges(leavesOf(before, defaultsOf(was)), leavesOf(after, defaultsOf(is)));
  const prefix = terraform ? '' : 'Properties.';
  return [
    ...changes.flatMap((leaf) => {
      const rule = ruleFor(rules, resource.type, leaf);
      return rule?.judgement(leaf.before, leaf.after)
        ? [
            reason(
              rule.rule,
              resource,
              prefix + placeOf(change, prefix + leaf.path),
              `${nameOf(resource)} ${rule.says}: ${leaf.path} ${movement(leaf, rule)}.`,
              rule.source,
            ),
          ]
        : [];
    }),
    ...judgeStructures(base, head).map(({ rule, says }) =>
      reason(rule.rule, resource, `Properties.${rule.property}`, `${nameOf(resource)} ${says}.`, rule.source),
    ),
  ];
}

const ruleFor = (rules: readonly LeafRule[], type: string, { path }: LeafChange): LeafRule | undefined =>
  rules.find((rule) => (rule.types?.includes(type) ?? true) && rule.path.test(path));

/** The path by which the change row shows it, so that a waiver names what the review prints. */
function placeOf({ properties }: ResolvedChange, full: string): string {
  const shown = properties.find(({ path }) => full === path || full.startsWith(`${path}.`));
  return (shown?.path ?? full).replace(/^Properties\./, '');
}

const secretive = /password|secret|token|shared_key|^value$/i;

function movement({ path, before, after }: LeafChange, { rule }: LeafRule): string {
  if (rule === 'data-destroyed' && secretive.test(path)) return 'changes';
  const word = (value: unknown): string =>
    value === undefined ? 'not set' : typeof value === 'symbol' ? 'known only to the deployment' : String(value);
  return `was ${word(before)} and is ${word(after)}`;
}

const defaultsOf =
  (stack: Stack | undefined) =>
  (parameter: string): unknown => {
    const parameters = stack?.template.Parameters;
    const found =
      typeof parameters === 'object' && parameters !== null
        ? own(parameters as Record<string, unknown>, parameter)
        : undefined;
    const { Default: fallback, Type: type } = (found ?? {}) as { Default?: unknown; Type?: unknown };
    return String(type).startsWith('AWS::SSM::') ? undefined : fallback;
  };

/** What changes of a stack as a whole; it counts when the stack holds state. */
function stackReasons({ stacks, base }: Comparison): readonly GateReason[] {
  return stacks.flatMap(({ stack, from, details }) => {
    const before =
      base.stacks.get(stackKey(from ?? stack)) ??
      [...base.stacks.values()].find(({ identity }) => identity.engine === 'terraform' && identity.name === stack.name);
    if (!before || ![...before.resources.values()].some(({ statefulness }) => statefulness.kind !== 'stateless'))
      return [];
    const whole: ResourceRef = { address: stackKey(stack), stack, logicalId: '(stack)', type: 'stack' };
    return details.flatMap((detail): readonly GateReason[] => {
      switch (detail.path) {
        case 'terminationProtection':
          return detail.before === true
            ? [reason('protection-lost', whole, detail.path, `Stack ${stack.name} loses its termination protection.`)]
            : [];
        case 'backend':
          return [
            reason(
              'state-moved',
              whole,
              detail.path,
              `Stack ${stack.name} keeps its state elsewhere: a plan against the new, empty backend creates everything again.`,
            ),
          ];
        case 'subscription':
          return [
            reason(
              'state-moved',
              whole,
              detail.path,
              `Stack ${stack.name} goes to another subscription, ${String(detail.before)} becomes ${String(detail.after)}: nothing of what exists is found there.`,
            ),
          ];
        default:
          return detail.path.startsWith('provider.')
            ? providerReasons(detail, (rule, change, message, source) => reason(rule, whole, change, message, source))
            : [];
      }
    });
  });
}
