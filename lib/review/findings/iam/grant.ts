import type { ResourceRef } from '../../model';

/** What a statement names: patterns, or everything but patterns. */
export type Match =
  | {
      readonly kind: 'only';
      readonly pattern: string;
      /** As it was written, where the pattern is in lower case to compare. */
      readonly shown?: string;
    }
  | { readonly kind: 'all-but'; readonly patterns: readonly string[] };

/** Operator and key, lower case, with the values in order. */
export type Conditions = ReadonlyMap<string, readonly string[]>;

/** One thing that one statement says: a principal, an action, a resource, a condition. */
export interface Grant {
  readonly effect: 'Allow' | 'Deny';
  /**
   * - `identity`: from the policies of a role, user or group.
   * - `resource`: from the policy of what is acted on.
   * - `trust`: who may become the role.
   */
  readonly via: 'identity' | 'resource' | 'trust';
  /** What the policy belongs to, equal in both trees: grants are compared within it. */
  readonly scope: string;
  /** For a person: `role "x"`, `anyone`, `the service events.amazonaws.com`. */
  readonly principal: Match;
  readonly action: Match;
  readonly resource: Match;
  readonly conditions: Conditions;
  /** The policy, or what has it. */
  readonly holder: ResourceRef;
  readonly path: string;
  /** Account of the stack, by which a principal of another account is known. */
  readonly account: string;
}

const keyOfMatch = (match: Match): string =>
  match.kind === 'only' ? `=${match.pattern}` : `!${[...match.patterns].sort().join('|')}`;

const keyOfConditions = (conditions: Conditions): string =>
  [...conditions]
    .map(([key, values]) => `${key}=${[...values].sort().join('|')}`)
    .sort()
    .join('&');

/** Everything but where it was written: equal for equal permissions. */
export const grantKey = ({ effect, via, scope, principal, action, resource, conditions }: Grant): string =>
  [
    effect,
    via,
    scope,
    keyOfMatch(principal),
    keyOfMatch(action),
    keyOfMatch(resource),
    keyOfConditions(conditions),
  ].join('\u0000');

/** Whether all that `narrow` matches, `wide` matches too. */
function matchCovers(wide: Match, narrow: Match): boolean {
  if (wide.kind === 'only') {
    if (wide.pattern === '*') return true;
    return narrow.kind === 'only' && globCovers(wide.pattern, narrow.pattern);
  }
  if (narrow.kind === 'only') return wide.patterns.every((excluded) => areApart(excluded, narrow.pattern));
  return wide.patterns.every((excluded) => narrow.patterns.some((other) => globCovers(other, excluded)));
}

/**
 * Whether every text that the pattern `narrow` matches is matched by `wide`, by the letters of the two patterns: a `?`
 * of `wide` stands for no `*` of `narrow`. False where only a search could tell.
 */
export function globCovers(wide: string, narrow: string): boolean {
  if (wide === narrow) return true;
  if (!/[*?]/.test(wide)) return false;
  // Walked by hand: a regular expression of a hostile pattern could run for ever.
  let [w, n, star, mark] = [0, 0, -1, 0];
  while (n < narrow.length) {
    const expected = wide[w];
    if (expected === '*') {
      star = w++;
      mark = n;
    } else if (expected === narrow[n] || (expected === '?' && narrow[n] !== '*')) {
      w++;
      n++;
    } else if (star >= 0) {
      w = star + 1;
      n = ++mark;
    } else return false;
  }
  while (wide[w] === '*') w++;
  return w === wide.length;
}

/** Whether no text can match both patterns: told by the letters before the first wildcard, else taken to be false. */
function areApart(one: string, other: string): boolean {
  const prefix = (pattern: string) => pattern.split(/[*?]/)[0] ?? '';
  const [a, b] = [prefix(one), prefix(other)];
  const both = !/[*?]/.test(one) && !/[*?]/.test(other);
  return both ? one !== other : !a.startsWith(b) && !b.startsWith(a);
}

/** Operators under which fewer values allow less. */
const positive = /^(string(equals|like|equalsignorecase)|arn(equals|like)|ipaddress|bool)(ifexists)?:/;

/** Whether `wide` holds whenever `narrow` does. */
function conditionsCover(wide: Conditions, narrow: Conditions): boolean {
  return [...wide].every(([key, values]) => {
    const other = narrow.get(key);
    if (other === undefined) return false;
    if (positive.test(key))
      return other.every((value) =>
        values.some((pattern) => pattern === value || (/like:/.test(key) && globCovers(pattern, value))),
      );
    return values.length === other.length && values.every((value) => other.includes(value));
  });
}

/** Whether `wide` says at least what `narrow` says. */
const grantCovers = (wide: Grant, narrow: Grant): boolean =>
  matchCovers(wide.principal, narrow.principal) &&
  matchCovers(wide.action, narrow.action) &&
  matchCovers(wide.resource, narrow.resource) &&
  conditionsCover(wide.conditions, narrow.conditions);

/** The same, whatever the condition: for saying that only the condition went. */
export const grantCoversButCondition = (wide: Grant, narrow: Grant): boolean =>
  matchCovers(wide.principal, narrow.principal) &&
  matchCovers(wide.action, narrow.action) &&
  matchCovers(wide.resource, narrow.resource);

/** Those of `grants` that nothing in `others` says already. */
export function beyond(grants: readonly Grant[], others: readonly Grant[]): Grant[] {
  const keys = new Set(others.map(grantKey));
  const groups = new Map<string, Grant[]>();
  const group = ({ effect, via, scope }: Grant) => `${effect}\u0000${via}\u0000${scope}`;
  for (const other of others) {
    const key = group(other);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [other]);
    else members.push(other);
  }
  const seen = new Set<string>();
  return grants.filter((grant) => {
    const key = grantKey(grant);
    if (keys.has(key) || seen.has(key)) return false;
    seen.add(key);
    return !(groups.get(group(grant)) ?? []).some((other) => grantCovers(other, grant));
  });
}
