import { canonical, own, type Value } from '../compare/canonical';
import { withoutSecrets } from '../compare/secrets';
import { isObject } from '../json';
import type { Impact, PropertyChange, Resource } from '../model';
import { type Argument, azurermSource, azurermTypes } from './azurerm';
import { azurermRules } from './azurerm-rules';
import type { TerraformValues } from './values';

/** Both sides of one resource, with what its values mean in each. */
export interface TerraformSides {
  readonly base: Resource;
  readonly head: Resource;
  readonly baseValues: TerraformValues;
  readonly headValues: TerraformValues;
}

/** Meta-arguments that a review shows; the others order the run alone. */
const lifecycleArguments = [
  'prevent_destroy',
  'ignore_changes',
  'replace_triggered_by',
  'create_before_destroy',
] as const;

/** Every argument of a resource that changes, and what each change makes Terraform do. */
export function argumentChanges(sides: TerraformSides): readonly PropertyChange[] {
  const { base, head, baseValues, headValues } = sides;
  const schema = azurermTypes[head.type]?.arguments;
  const ignored = ignoredArguments(head);
  const names = [...new Set([...Object.keys(base.properties), ...Object.keys(head.properties)])].sort();
  const changes = names.flatMap((name): readonly PropertyChange[] => {
    const [before, after] = [baseValues.of(own(base.properties, name)), headValues.of(own(head.properties, name))];
    if (canonical(before) === canonical(after)) return [];
    if (name === 'count' || name === 'for_each') {
      return [
        { path: name, ...shown(before, after, [name]), impact: 'may-replace', cause: 'instances come and go with it' },
      ];
    }
    if (ignored === 'all' || ignored.has(name)) return [];
    return below(head.type, schema?.[name], before, after, [name]);
  });
  return [...changes, ...lifecycleChanges(base, head), ...providerChange(base, head)];
}

/** Arguments that `lifecycle.ignore_changes` takes out of Terraform's sight. */
function ignoredArguments(resource: Resource): ReadonlySet<string> | 'all' {
  const ignored = lifecycleOf(resource).ignore_changes;
  if (ignored === 'all') return 'all';
  return new Set((Array.isArray(ignored) ? ignored : []).map(String));
}

const lifecycleOf = ({ definition }: Resource): Readonly<Record<string, Value>> => {
  const block = Array.isArray(definition.lifecycle) ? definition.lifecycle[0] : definition.lifecycle;
  return isObject(block) ? block : {};
};

const lifecycleChanges = (base: Resource, head: Resource): readonly PropertyChange[] =>
  lifecycleArguments.flatMap((name): readonly PropertyChange[] => {
    const [before, after] = [own(lifecycleOf(base), name), own(lifecycleOf(head), name)];
    return canonical(before ?? false) === canonical(after ?? false)
      ? []
      : [{ path: `lifecycle.${name}`, ...shown(before, after, []), impact: 'none' }];
  });

/** Another provider configuration is another subscription: Terraform looks for the resource there. */
const providerChange = (
  { definition: before }: Resource,
  { definition: after }: Resource,
): readonly PropertyChange[] =>
  before.provider === after.provider
    ? []
    : [
        {
          path: 'provider',
          ...shown(before.provider, after.provider, []),
          impact: 'may-replace',
          cause: 'another provider configuration may be another subscription',
        },
      ];

const shown = (before: Value, after: Value, path: readonly string[]) => ({
  ...(before !== undefined && { before: withoutSecrets(before, path) }),
  ...(after !== undefined && { after: withoutSecrets(after, path) }),
});

/** A block is written as an object or as a list; both mean the same. */
const blocks = (value: Value): readonly Value[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

function below(
  type: string,
  argument: Argument | undefined,
  before: Value,
  after: Value,
  path: readonly string[],
): readonly PropertyChange[] {
  if (!argument) {
    return [
      {
        path: path.join('.'),
        ...shown(before, after, path),
        impact: 'unknown',
        cause: azurermTypes[type] ? 'the table of azurerm lacks this argument' : 'no table knows this type',
      },
    ];
  }
  if (!argument.block) return leaf(type, argument, before, after, path);
  const [was, is] = [blocks(before), blocks(after)];
  if (was.length !== is.length) return leaf(type, argument, was, is, path);
  if (argument.set && was.length > 1) {
    return canonical(was.map(canonical).sort()) === canonical(is.map(canonical).sort())
      ? []
      : leaf(type, { ...argument, forceNew: argument.forceNew || forcesBelow(argument) }, was, is, path);
  }
  return was.flatMap((item, place) => {
    const [a, b] = [
      isObject(item) ? item : {},
      isObject(is[place]) ? (is[place] as Readonly<Record<string, Value>>) : {},
    ];
    const inner = was.length > 1 ? [...path, String(place)] : path;
    return [...new Set([...Object.keys(a), ...Object.keys(b)])]
      .sort()
      .flatMap((name) => below(type, argument.block?.[name], own(a, name), own(b, name), [...inner, name]));
  });
}

const forcesBelow = (argument: Argument): boolean =>
  Object.values(argument.block ?? {}).some((inner) => inner.forceNew === true || forcesBelow(inner));

function leaf(
  type: string,
  argument: Argument,
  before: Value,
  after: Value,
  path: readonly string[],
): readonly PropertyChange[] {
  const name = path.filter((part) => !/^\d+$/.test(part)).join('.');
  const [was, is] = [effective(argument, before, path), effective(argument, after, path)];
  if (canonical(was) === canonical(is)) return [];
  const source = azurermSource(type);
  if (argument.computed && after === undefined) {
    return [
      {
        path: path.join('.'),
        ...shown(before, after, path),
        impact: 'none',
        cause: 'the provider keeps the present value where a configuration is silent',
        source,
      },
    ];
  }
  return [
    { path: path.join('.'), ...shown(before, after, path), impact: impactOf(type, argument, name, was, is), source },
  ];
}

function impactOf(type: string, argument: Argument, name: string, before: Value, after: Value): Impact {
  if (argument.forceNew) return 'replace';
  const rule = azurermRules[type]?.[name];
  if (rule) return rule(before, after) ? 'replace' : 'update';
  return decidedInCode(type, name) ? 'may-replace' : 'update';
}

/** Whether the provider decides on an argument in code for which no rule was written by hand. */
const decidedInCode = (type: string, name: string): boolean =>
  azurermTypes[type]?.decidedInCode?.some((path) => path.replaceAll('.0', '') === name || path === '?') ?? false;

/** What the provider makes of a value: its default for none, one spelling for a location, no order for a set. */
function effective(argument: Argument, value: Value, path: readonly string[]): Value {
  if (value === undefined || value === null) return argument.default;
  if (path.at(-1) === 'location' && typeof value === 'string') return value.toLowerCase().replaceAll(' ', '');
  return argument.set && Array.isArray(value) ? [...value].map(canonical).sort() : value;
}
