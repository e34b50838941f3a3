import type { Comparison, GateVerdict } from '../model';
import { gateReasons } from './reasons';
import { applyWaivers, namesResource, type Waiver } from './waivers';

export interface GateOptions {
  /** ISO date that expiry is judged by. */
  readonly asOf: string;
  readonly waivers?: readonly Waiver[];
  /** Waivers that base already had. */
  readonly baseWaivers?: readonly Waiver[];
}

/** Whether a change may pass: no reason against it that is not waived, and no waiver that is itself a fault. */
export function judge(comparison: Comparison, { asOf, waivers = [], baseWaivers }: GateOptions): GateVerdict {
  const resources = [...comparison.base.stacks.values(), ...comparison.head.stacks.values()].flatMap((stack) => [
    ...stack.resources.values(),
  ]);
  const applied = applyWaivers(gateReasons(comparison), waivers, {
    asOf,
    ...(baseWaivers && { baseWaivers }),
    resourcesNamed: (named) =>
      new Set(resources.filter((resource) => namesResource(named, resource)).map(({ address }) => address)).size,
  });
  const open =
    applied.reasons.every(({ waivedBy }) => waivedBy !== undefined) && applied.waivers.every(({ fails }) => !fails);
  return { open, asOf, ...applied };
}
