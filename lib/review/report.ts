import {
  type Analyser,
  type Change,
  type ChangeKind,
  type Comparison,
  type CostComparison,
  type Finding,
  findingCategories,
  type GateVerdict,
  type ResolvedChange,
  type ReviewReport,
  reportSchemaVersion,
  type Tree,
  type TreeSummary,
} from './model';

/** What loses most first. */
const kindOrder: readonly ChangeKind[] = [
  'remove',
  'replace',
  'rename',
  'move',
  'orphan',
  'may-replace',
  'import',
  'update',
  'add',
];

/** Puts together what a review says, most important first. */
export function assemble(
  comparison: Comparison,
  gate: GateVerdict,
  analysers: readonly Analyser[],
  cost: CostComparison | undefined,
): ReviewReport {
  const closing = new Set(
    gate.reasons.filter(({ waivedBy }) => waivedBy === undefined).map(({ resource }) => resource.address),
  );
  const waived = new Set(gate.reasons.map(({ resource }) => resource.address));
  const weight = (change: Change): readonly (number | string)[] => [
    closing.has(change.resource.address) ? 0 : waived.has(change.resource.address) ? 1 : 2,
    change.statefulness.kind === 'stateless' ? 1 : 0,
    kindOrder.indexOf(change.kind),
    change.resource.stack.cloud,
    change.resource.stack.name,
    change.resource.logicalId,
  ];
  const changes = sortBy(comparison.changes.map(withoutTemplates), weight);
  return {
    schemaVersion: reportSchemaVersion,
    base: summary(comparison.base),
    head: summary(comparison.head),
    stacks: sortBy(
      comparison.stacks.filter(({ kind }) => kind !== 'unchanged'),
      ({ stack }) => [stack.cloud, stack.name],
    ),
    changes,
    counts: Object.fromEntries(
      kindOrder.map((kind) => [kind, changes.filter((change) => change.kind === kind).length]),
    ) as Record<ChangeKind, number>,
    findings: sortBy(
      [...dataAtRisk(gate), ...analysers.flatMap((analyse) => analyse(comparison))],
      ({ category, status, level, rule, resource, path, message }) => [
        findingCategories.indexOf(category),
        status === 'new' ? 0 : 1,
        ['error', 'warning', 'note'].indexOf(level),
        rule,
        resource?.address ?? '',
        path ?? '',
        message,
      ],
    ),
    ...(cost && { cost }),
    gate,
    notes: comparison.notes,
  };
}

/** What the gate says, as findings: the gate's rules are what puts data at risk. */
const dataAtRisk = ({ reasons }: GateVerdict): readonly Finding[] =>
  reasons.map(({ rule, resource, change, message, remedy, source, waivedBy }) => ({
    category: 'data-at-risk',
    rule: `gate/${rule}`,
    level: waivedBy === undefined ? 'error' : 'warning',
    status: 'new',
    message: waivedBy === undefined ? message : `${message} Waived by ${waivedBy}.`,
    resource,
    path: change,
    fix: remedy,
    ...(source && { source }),
  }));

function withoutTemplates({ base: _base, head: _head, ...change }: ResolvedChange): Change {
  return change;
}

const summary = ({ directory, stacks, clouds }: Tree): TreeSummary => ({
  directory,
  stacks: stacks.size,
  resources: [...stacks.values()].reduce((sum, { resources }) => sum + resources.size, 0),
  clouds,
});

function sortBy<T>(items: readonly T[], key: (item: T) => readonly (number | string)[]): readonly T[] {
  return items
    .map((item) => ({ item, keys: key(item) }))
    .sort((a, b) => compareKeys(a.keys, b.keys))
    .map(({ item }) => item);
}

/** Numbers by size, texts by code unit: the same order on every machine. */
function compareKeys(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (const [place, left] of a.entries()) {
    const right = b[place];
    if (right === undefined || left === right) continue;
    return left < right ? -1 : 1;
  }
  return 0;
}
