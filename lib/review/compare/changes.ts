import type { ChangeKind, PropertyChange, ResolvedChange, Resource, ResourceRef } from '../model';
import { changeEffect, isRetained, moveEffect, removalEffect, renameEffect } from './effects';
import { kindOf, strongest } from './impact';

/** A resource as the report names it, without what the template says of it. */
export function reference(resource: Resource): ResourceRef {
  const { address, stack, logicalId, type, physicalName, constructPath, source } = resource;
  return {
    address,
    stack,
    logicalId,
    type,
    ...(physicalName !== undefined && { physicalName }),
    ...(constructPath !== undefined && { constructPath }),
    ...(source && { source }),
  };
}

const common = (resource: Resource, base?: Resource) => ({
  resource: reference(resource),
  // What base lost counts as much as what head has.
  statefulness:
    base && base.statefulness.kind !== 'stateless' && resource.statefulness.kind === 'stateless'
      ? base.statefulness
      : resource.statefulness,
  unknownType: resource.statefulness.kind === 'unknown' || base?.statefulness.kind === 'unknown',
});

export const addition = (head: Resource, kind: 'add' | 'import' = 'add', effect?: string): ResolvedChange => ({
  kind,
  ...common(head),
  effect: effect ?? `${head.logicalId} is created.`,
  properties: [],
  causes: [],
  head,
});

export const removal = (base: Resource, effect?: string): ResolvedChange => ({
  kind: isRetained(base) ? 'orphan' : 'remove',
  ...common(base),
  effect: effect ?? removalEffect(base),
  properties: [],
  causes: [],
  base,
});

/** A resource that both have under the same name; undefined when nothing of it changes. */
export function update(
  base: Resource,
  head: Resource,
  properties: readonly PropertyChange[],
  causes: readonly string[] = [],
): ResolvedChange | undefined {
  if (properties.length === 0) return undefined;
  const kind = kindOf(strongest(properties.map(({ impact }) => impact)));
  return {
    kind,
    ...common(head, base),
    effect: changeEffect(kind, base, head),
    properties,
    causes: [...new Set([...causes, ...properties.flatMap(({ cause }) => cause ?? [])])],
    base,
    head,
  };
}

const elsewhere = (
  kind: ChangeKind,
  base: Resource,
  head: Resource,
  effect: string,
  properties: readonly PropertyChange[],
): ResolvedChange => ({
  kind,
  ...common(head, base),
  from: reference(base),
  effect,
  properties,
  causes: [],
  base,
  head,
});

export const rename = (base: Resource, head: Resource, properties: readonly PropertyChange[] = []): ResolvedChange =>
  elsewhere('rename', base, head, renameEffect(base, head), properties);

export const move = (
  base: Resource,
  head: Resource,
  properties: readonly PropertyChange[] = [],
  effect: string = moveEffect(base, head),
): ResolvedChange => elsewhere('move', base, head, effect, properties);
