import type { Exemption } from '../audit';
import type { Gap } from './gaps';

/** Where the read-back meets a gap that cannot be filled, by the id of the gap. */
const readBackOf: Readonly<Record<string, Pick<Exemption, 'section' | 'property'>>> = {
  's3-bucket-intelligent-tiering': { section: 'buckets', property: 'archiveTiers' },
  'rds-log-exports': { section: 'databases', property: 'logExports' },
  'elasticache-security-groups': { section: 'cache', property: 'securityGroups' },
  'elasticache-availability-zone': { section: 'cache', property: 'availabilityZone' },
};

/**
 * What the emulator's service APIs cannot keep and the read-back therefore shows instead of comparing.
 *
 * @throws when an entry here names a gap that the list no longer has as unfillable
 */
export function readBackExemptions(gaps: readonly Gap[]): Exemption[] {
  return Object.entries(readBackOf).map(([id, where]) => {
    const gap = gaps.find((candidate) => candidate.id === id && candidate.kind === 'unfillable');
    if (gap === undefined) {
      throw new Error(
        `Read-back exemption names a gap that is not unfillable any more, got: ${id}. Remove it from lib/rehearsal/exemptions.ts.`,
      );
    }
    return { ...where, reason: `${gap.emulator} (${id})` };
  });
}
