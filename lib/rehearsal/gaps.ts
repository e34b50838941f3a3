import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** The one list of what the emulator gets wrong. */
export const gapsPath = join(__dirname, 'gaps.json');

/**
 * How the emulator errs:
 * - `type`: it refuses the type, and a filler brings the whole resource;
 * - `property`: its CloudFormation drops the property, and a filler sets it through the service API;
 * - `attribute`: `Fn::GetAtt` of it fails, and a filler answers;
 * - `creation`: its CloudFormation refuses or garbles the resource, and the service API creates it instead;
 * - `unfillable`: its service API does not keep the property either, so a read-back has to leave it out.
 */
const gapSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)+$/),
    kind: z.enum(['type', 'property', 'attribute', 'creation', 'unfillable']),
    type: z.string().regex(/^AWS::[A-Za-z0-9]+::[A-Za-z0-9]+$/),
    property: z.string().min(1).nullable(),
    emulator: z.string().min(20).describe('What the emulator does instead.'),
    filler: z.string().min(5).nullable().describe('Which calls of its own service API fill the gap.'),
    api: z.url({ protocol: /^https$/, hostname: /^docs\.aws\.amazon\.com$/ }),
  })
  .refine((gap) => (gap.filler === null) === (gap.kind === 'unfillable'), {
    error: 'an unfillable gap has no filler and every other gap has one',
  })
  .refine((gap) => gap.kind !== 'type' || gap.property === null, { error: 'a gap of kind type names no property' })
  .refine((gap) => !['property', 'attribute', 'unfillable'].includes(gap.kind) || gap.property !== null, {
    error: 'a gap of this kind names the property',
  });

export const gapListSchema = z
  .strictObject({
    emulator: z.strictObject({ name: z.literal('ministack'), version: z.string().regex(/^\d+\.\d+\.\d+$/) }),
    gaps: z.array(gapSchema),
  })
  .refine(({ gaps }) => new Set(gaps.map((gap) => gap.id)).size === gaps.length, { error: 'gap ids are unique' });

export type Gap = z.infer<typeof gapSchema>;
export type GapList = z.infer<typeof gapListSchema>;

/** @throws ZodError when gaps.json breaks its schema. */
export function readGapList(): GapList {
  return gapListSchema.parse(JSON.parse(readFileSync(gapsPath, 'utf8')));
}

const launcherReportSchema = z.object({
  gaps: z.record(
    z.string(),
    z.object({
      uses: z.array(z.object({ logicalId: z.string(), physicalId: z.string() })),
      stale: z.array(z.string()),
    }),
  ),
  seeded: z.array(z.object({ kind: z.string(), key: z.string() })),
});

/** What a gap came to in one run of the emulator. */
export interface GapOutcome {
  readonly gap: Gap;
  /**
   * `filled` or `unfillable` when a template ran into the gap, `unused` when none did, `stale` when the gap has closed
   * upstream and the entry must go.
   */
  readonly status: 'filled' | 'unfillable' | 'unused' | 'stale';
  readonly uses: readonly { readonly logicalId: string; readonly physicalId: string }[];
  /** Why the entry is stale. */
  readonly staleBecause: readonly string[];
}

export interface GapReport {
  readonly emulatorVersion: string;
  readonly outcomes: readonly GapOutcome[];
  /** Seeds that named a resource. A seed that is missing here named none. */
  readonly seeded: readonly { readonly kind: string; readonly key: string }[];
}

/** Puts the launcher's report beside the list. */
export function gapReport(list: GapList, launcherReport: unknown): GapReport {
  const { gaps, seeded } = launcherReportSchema.parse(launcherReport);
  const outcomes = list.gaps.map((gap): GapOutcome => {
    const { uses, stale } = gaps[gap.id] ?? { uses: [], stale: [] };
    return { gap, status: status(gap, uses.length, stale.length), uses, staleBecause: stale };
  });
  return { emulatorVersion: list.emulator.version, outcomes, seeded };
}

function status(gap: Gap, uses: number, stale: number): GapOutcome['status'] {
  if (stale > 0) return 'stale';
  if (uses === 0) return 'unused';
  return gap.kind === 'unfillable' ? 'unfillable' : 'filled';
}

/** @throws when an entry of gaps.json has closed upstream: the run must fail until the entry is gone. */
export function assertNoStaleGap(report: GapReport): void {
  const stale = report.outcomes.filter((outcome) => outcome.status === 'stale');
  if (stale.length === 0) return;
  const lines = stale.map(({ gap, staleBecause }) => `  ${gap.id}: ${staleBecause.join(' ')}`);
  throw new Error(`gaps.json lists gaps that ministack ${report.emulatorVersion} no longer has:\n${lines.join('\n')}`);
}
