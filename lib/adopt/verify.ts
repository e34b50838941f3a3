import { settle } from './as-found';
import type { AssemblyStack } from './assembly';
import { evaluateMembers } from './expressions';
import { type Facts, factKey, type Live } from './facts';
import { type Json, same } from './json';
import { knownFrom, scopesOf } from './scope';
import { unreadable } from './types';

/** One adopted resource after a deployment, held against the facts from before the import. */
export interface VerifiedResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** `kept`: identifier and creation date are those of before. `kept, undated`: the service keeps no creation date. */
  readonly identity: 'kept' | 'kept, undated' | 'recreated' | 'gone';
  /** Properties that lived otherwise than the rendering has them, and what became of each. */
  readonly corrections: readonly {
    readonly property: string;
    readonly before: Json | null;
    readonly wanted: Json;
    readonly live: Json | null;
    readonly corrected: boolean;
  }[];
}

export interface VerifyOptions {
  /** Stacks of the rendering that was deployed. */
  readonly stacks: readonly AssemblyStack[];
  /** Of the look-up before the import. */
  readonly before: Facts;
  /** Of a look-up now. */
  readonly now: Facts;
  /** Resources that were imported, as `stack/logicalId`. */
  readonly imported: ReadonlySet<string>;
}

/** Whether every imported resource is still the one that it was, and every setting is now what the rendering says. */
export function verifyAdoption({ stacks, before, now, imported }: VerifyOptions): VerifiedResource[] {
  const scopeOf = scopesOf(stacks, knownFrom(now));
  return stacks.flatMap((stack) => {
    const scope = scopeOf(stack);
    return Object.entries(stack.template.Resources).flatMap(([logicalId, resource]) => {
      const key = factKey(stack.stackName, logicalId);
      const then = before.resources[key]?.live;
      if (!imported.has(key) || !then) return [];
      const live = now.resources[key]?.live ?? undefined;
      const model = evaluateMembers(resource.Properties ?? {}, scope);
      return [
        {
          stack: stack.stackName,
          logicalId,
          type: resource.Type,
          identity: identityOf(then, live),
          corrections: correctionsOf(resource.Type, model, then, live),
        },
      ];
    });
  });
}

function identityOf(then: Live, live: Live | undefined): VerifiedResource['identity'] {
  if (live === undefined) return 'gone';
  if (!same(then.identifier, live.identifier) || then.createdAt !== live.createdAt) return 'recreated';
  return then.createdAt === undefined ? 'kept, undated' : 'kept';
}

function correctionsOf(
  type: string,
  model: Readonly<Record<string, Json>>,
  then: Live,
  live: Live | undefined,
): VerifiedResource['corrections'] {
  const hidden = unreadable[type] ?? {};
  return Object.entries(model).flatMap(([property, wanted]) => {
    if (property in hidden || property === 'Code') return [];
    const view = ({ properties }: Live) => settle(properties[property] ?? null, wanted);
    const [was, is] = [view(then), live === undefined ? null : view(live)];
    const corrected = same(is, wanted);
    if (same(was, wanted) && corrected) return [];
    return [{ property, before: was, wanted, live: is, corrected }];
  });
}

/** Code of functions that changed between two look-ups, by `stack/logicalId`. */
export const changedCode = (before: Facts, now: Facts): string[] =>
  Object.entries(before.resources).flatMap(([key, { live }]) => {
    const code = live?.code?.sha256;
    return code !== undefined && now.resources[key]?.live?.code?.sha256 !== code ? [key] : [];
  });
