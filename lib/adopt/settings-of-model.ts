import { settle } from './as-found';
import type { AssemblyStack } from './assembly';
import { evaluateMembers, isUnknown } from './expressions';
import { type Facts, factKey } from './facts';
import { same } from './json';
import { knownFrom, scopesOf } from './scope';
import { adoptableTypes, unreadable } from './types';

/** One resource of a template, held against what lives. */
export interface ModelComparison {
  /** Whether every member of the import identifier was found. */
  readonly identified: boolean;
  /** Properties that the template sets and that live otherwise. */
  readonly differences: readonly string[];
}

/**
 * Holds what a template says of a resource against the facts.
 *
 * @returns `undefined` when the facts have no such resource
 */
export function settingsOfModel(
  stacks: readonly AssemblyStack[],
  facts: Facts,
  stack: AssemblyStack,
  logicalId: string,
): ModelComparison | undefined {
  const live = facts.resources[factKey(stack.stackName, logicalId)]?.live;
  const resource = stack.template.Resources[logicalId];
  if (!live || resource === undefined) return undefined;
  const type = adoptableTypes[resource.Type];
  const model = evaluateMembers(resource.Properties ?? {}, scopesOf(stacks, knownFrom(facts))(stack));
  const hidden = unreadable[resource.Type] ?? {};
  return {
    identified:
      type?.kind === 'import' &&
      type.identifier.every((member) => (live.identifier[member] ?? '') !== '') &&
      Object.keys(live.identifier).length === type.identifier.length,
    differences: Object.entries(model)
      // What only the account knows cannot be compared.
      .filter(([property, wanted]) => !(property in hidden) && property !== 'Code' && !isUnknown(wanted))
      .filter(([property, wanted]) => !same(settle(live.properties[property] ?? null, wanted), wanted))
      .map(([property]) => property),
  };
}
