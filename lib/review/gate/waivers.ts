import { z } from 'zod';
import { type GateReason, ReviewError, type WaiverOutcome } from '../model';
import { readJson } from '../tree/json-file';

const day = z.iso.date('a date as 2026-12-31');

/** One change that may pass though it closes the gate. */
const waiverSchema = z.strictObject({
  /** Names the waiver in reports. */
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{2,63}$/, 'lower-case letters, digits and hyphens, 3 to 64'),
  /** One resource: its address as the review prints it, or `stack/LogicalId`. */
  resource: z.string().min(3),
  /** One change of it: a property as the review prints it, or `remove`, `orphan`, `rename`, `move`, `change`. */
  change: z.string().min(2),
  /** Why it is right, for whoever reads it in a year. */
  reason: z.string().min(20, 'a reason of at least 20 characters'),
  /** The role that answers for it; people change, roles stay. */
  owner: z
    .string()
    .regex(/^[^\s@]+$|^@[\w-]+\/[\w-]+$/, 'a role or a team, such as platform-lead or @org/platform; no person'),
  /** Last day on which it holds. */
  expires: day,
});

export type Waiver = z.infer<typeof waiverSchema>;

/** The file that `--waivers` names. */
const waiverFileSchema = z.strictObject({ waivers: z.array(waiverSchema) });

/** Longest life of a waiver, in days: what should pass for longer belongs into a table. */
const longestLife = 366;

/**
 * Reads a file of waivers.
 *
 * @throws ReviewError when it is missing, no JSON, or a waiver is incomplete; every mistake at once
 */
export function readWaivers(path: string): readonly Waiver[] {
  const result = waiverFileSchema.safeParse(readJson(path, 'File of waivers'));
  if (!result.success) {
    const mistakes = result.error.issues.map(
      ({ path: where, message }) => `  ${where.join('.') || '(root)'}: ${message}`,
    );
    throw new ReviewError(`The waivers are not valid, got: ${path}\n${mistakes.join('\n')}\nMend them.`);
  }
  const { waivers } = result.data;
  const twice = waivers.find(({ id }, place) => waivers.findIndex((other) => other.id === id) !== place);
  if (twice) throw new ReviewError(`Two waivers have the same id, got: ${twice.id} in ${path}. Give each its own.`);
  return waivers;
}

export interface WaiverContext {
  /** ISO date. */
  readonly asOf: string;
  /** Waivers of base; undefined when nobody said, and then none counts as added by this change. */
  readonly baseWaivers?: readonly Waiver[];
  /** Whether an address names exactly one resource of both trees: the number that it names. */
  readonly resourcesNamed: (address: string) => number;
}

/**
 * Which reasons the waivers cover, and what is to be said of each waiver.
 *
 * One that is expired or too broad covers nothing and closes the gate by itself. One that covers nothing though valid
 * closes it only if this change added it: older ones may have done their work.
 */
export function applyWaivers(
  reasons: readonly GateReason[],
  waivers: readonly Waiver[],
  { asOf, baseWaivers, resourcesNamed }: WaiverContext,
): { readonly reasons: readonly GateReason[]; readonly waivers: readonly WaiverOutcome[] } {
  const faults = new Map(waivers.map((waiver) => [waiver.id, faultOf(waiver, asOf, resourcesNamed)]));
  const valid = waivers.filter(({ id }) => faults.get(id) === undefined);
  const used = new Set<string>();
  const covered = reasons.map((reason) => {
    const waiver = valid.find((candidate) => covers(candidate, reason));
    if (!waiver) return reason;
    used.add(waiver.id);
    return { ...reason, waivedBy: waiver.id };
  });
  return {
    reasons: covered,
    waivers: waivers.map((waiver): WaiverOutcome => {
      const { id, owner, reason, expires } = waiver;
      const common = { id, owner, reason, expires };
      const fault = faults.get(id);
      if (fault) return { ...common, ...fault, fails: true };
      if (used.has(id)) {
        return {
          ...common,
          status: 'used',
          fails: false,
          message: `Lets ${waiver.change} of ${waiver.resource} pass.`,
        };
      }
      const added =
        baseWaivers !== undefined && !baseWaivers.some((old) => JSON.stringify(old) === JSON.stringify(waiver));
      return {
        ...common,
        status: 'unused',
        fails: added,
        message: added
          ? `Added by this change, and nothing here needs it: ${waiver.change} of ${waiver.resource}. Remove it.`
          : `Nothing here needs it: ${waiver.change} of ${waiver.resource}. It may be removed.`,
      };
    }),
  };
}

function faultOf(
  { resource, change, expires }: Waiver,
  asOf: string,
  resourcesNamed: WaiverContext['resourcesNamed'],
): { readonly status: 'expired' | 'too-broad'; readonly message: string } | undefined {
  if (expires < asOf) {
    return { status: 'expired', message: `Expired on ${expires}: renew it with its reason, or remove it.` };
  }
  const broad = (message: string) => ({ status: 'too-broad', message }) as const;
  if (/[*?]/.test(resource + change))
    return broad(`Names more than one thing, got: ${change} of ${resource}. Write out one resource and one change.`);
  const named = resourcesNamed(resource);
  if (named > 1) return broad(`Names ${named} resources, got: ${resource}. Give the whole address.`);
  return daysBetween(asOf, expires) > longestLife
    ? broad(`Holds for more than a year, got: ${expires}. What should pass for good belongs into a table.`)
    : undefined;
}

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;

/** A waiver names the address as a whole, or stack and logical id. */
export const namesResource = (named: string, { address, stack, logicalId }: GateReason['resource']): boolean =>
  named === address || named === `${stack.name}/${logicalId}`;

const covers = ({ resource, change }: Waiver, reason: GateReason): boolean =>
  namesResource(resource, reason.resource) && (change === reason.change || `Properties.${change}` === reason.change);
