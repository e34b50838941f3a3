import { type AssemblyStack, type Facts, importableOnAws, settingsOfModel } from '../../adopt';

/** How the look-up reads resources of one type that stand in the account exactly as the templates have them. */
export interface TriedMapping {
  readonly type: string;
  /** Resources of the type in the templates. */
  readonly resources: number;
  /** Those that the look-up found, with a complete identifier. */
  readonly found: number;
  /** Properties that it read otherwise than the template has them, as `stack/logicalId property`. */
  readonly differences: readonly string[];
}

/**
 * Holds the look-up against templates that are deployed: what it reads of a resource must be what its template says. That
 * proves the identifiers and the shapes of every type, also of those that the embedded AWS does not import.
 */
export function tryMappings(stacks: readonly AssemblyStack[], facts: Facts): TriedMapping[] {
  const byType = new Map<string, { resources: number; found: number; differences: string[] }>();
  for (const stack of stacks.filter(({ staged }) => !staged)) {
    for (const [logicalId, { Type: type }] of Object.entries(stack.template.Resources)) {
      if (!importableOnAws(type)) continue;
      const entry = byType.get(type) ?? { resources: 0, found: 0, differences: [] };
      byType.set(type, entry);
      entry.resources += 1;
      const settings = settingsOfModel(stacks, facts, stack, logicalId);
      if (settings === undefined) continue;
      entry.found += settings.identified ? 1 : 0;
      entry.differences.push(...settings.differences.map((property) => `${stack.stackName}/${logicalId} ${property}`));
    }
  }
  return [...byType].map(([type, entry]) => ({ type, ...entry })).sort((a, b) => a.type.localeCompare(b.type, 'en'));
}
