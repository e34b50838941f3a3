import { isDeepStrictEqual } from 'node:util';
import type { AuditedRow, Exemption, Expectation, Properties } from './model';

/**
 * Holds one row of the inventory against what was read.
 *
 * Only expected properties are judged: what the posture leaves open may be anything. A property that an exemption names is
 * shown with its reason and never counts as matched.
 *
 * @param actual what was read; `undefined` when the resource does not exist
 * @param exemptions those of the row's section
 */
export function compare(
  expectation: Expectation,
  actual: Properties | undefined,
  exemptions: readonly Exemption[] = [],
): AuditedRow {
  const { name, label } = expectation;
  const row = { name, label, differences: [], exempt: [] };
  if (expectation.kind !== 'modelled') {
    return { ...row, verdict: expectation.kind, reason: expectation.reason, ...(actual ? { actual } : {}) };
  }
  if (actual === undefined) return { ...row, verdict: 'missing' };

  const differences = Object.entries(expectation.properties)
    .map(([property, expected]) => ({ property, expected, actual: actual[property] ?? null }))
    .filter((candidate) => !isDeepStrictEqual(candidate.expected, candidate.actual));
  const exempt = differences.flatMap((difference) => {
    const exemption = exemptions.find((candidate) => covers(candidate, name, difference.property));
    return exemption ? [{ ...difference, reason: exemption.reason }] : [];
  });
  const open = differences.filter(({ property }) => !exempt.some((item) => item.property === property));
  return { ...row, verdict: open.length === 0 ? 'matched' : 'mismatch', differences: open, exempt, actual };
}

/** A live resource that no row explains. */
export const unexpectedRow = (name: string): AuditedRow => ({
  name,
  label: '',
  verdict: 'unexpected',
  differences: [],
  exempt: [],
});

/** Exemptions that no row needed: the property holds now, or nobody expects it any more. */
export const unusedExemptions = (
  exemptions: readonly Exemption[],
  rowsBySection: ReadonlyMap<string, readonly AuditedRow[]>,
): Exemption[] =>
  exemptions.filter(
    (exemption) =>
      !(rowsBySection.get(exemption.section) ?? []).some((row) =>
        row.exempt.some(({ property }) => covers(exemption, row.name, property)),
      ),
  );

const covers = (exemption: Exemption, name: string, property: string): boolean =>
  exemption.property === property && (exemption.rows === undefined || exemption.rows.includes(name));
