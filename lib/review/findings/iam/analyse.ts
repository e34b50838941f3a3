import { groupBy } from '../../group-by';
import type { Analyser, Comparison, Finding, FindingLevel, FindingRule } from '../../model';
import { identities } from '../identity';
import { compareText } from '../values';
import { collectGrants, scopesOf } from './collect';
import { beyond, type Grant, grantCoversButCondition, grantKey, type Match } from './grant';
import { isService, levelOf } from './risk';
import { grantWords, type Sentence } from './sentences';

const source = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html';

export const accessRules: readonly FindingRule[] = [
  {
    id: 'access/identity-widened',
    category: 'access',
    description: 'A role, user or group may do what it could not.',
    source,
  },
  {
    id: 'access/resource-policy-widened',
    category: 'access',
    description: 'The policy of a resource admits what it did not.',
    source,
  },
  {
    id: 'access/trust-widened',
    category: 'access',
    description: 'A principal may become a role that it could not.',
    source,
  },
  {
    id: 'access/denial-lost',
    category: 'access',
    description: 'An explicit denial is gone or holds for less.',
    source,
  },
  { id: 'access/narrowed', category: 'access', description: 'What was allowed is allowed no more.', source },
  {
    id: 'network/tls-denial-lost',
    category: 'network',
    description: 'Requests without TLS are no longer refused.',
    source,
  },
];

const widened: Readonly<Record<Grant['via'], string>> = {
  identity: 'access/identity-widened',
  resource: 'access/resource-policy-widened',
  trust: 'access/trust-widened',
};

/** What IAM allows in head and not in base, and the other way round. */
export const analyseIam: Analyser = (comparison) => {
  const { base, head, scopes } = collected(comparison);
  const allowed = (grants: readonly Grant[]) => grants.filter(({ effect }) => effect === 'Allow');
  const denied = (grants: readonly Grant[]) => grants.filter(({ effect }) => effect === 'Deny');
  const before = allowed(base);
  const gained = beyond(allowed(head), before);
  const ofScope = groupBy(before, ({ scope }) => scope);
  const lost = beyond(before, allowed(head));
  // A denial goes with what it protected, and a role's with the role.
  const denials = beyond(denied(base), denied(head)).filter(
    ({ scope }) => !scopes.base.has(scope) || scopes.head.has(scope),
  );
  return [
    ...sentences(gained).map((sentence) => gainedFinding(sentence, ofScope, scopes)),
    ...sentences(denials).map(denialFinding),
    ...sentences(lost.filter(({ scope }) => scopes.head.has(scope))).map(narrowedFinding),
  ];
};

function collected(comparison: Comparison) {
  const identify = identities(comparison);
  return {
    base: collectGrants(comparison.base, identify.base),
    head: collectGrants(comparison.head, identify.head),
    scopes: { base: scopesOf(comparison.base, identify.base), head: scopesOf(comparison.head, identify.head) },
  };
}

/**
 * One sentence for grants that differ in action and resource alone, in an order that does not depend on the
 * templates': first the actions of one resource, then the resources with the same actions.
 */
function sentences(grants: readonly Grant[]): Sentence[] {
  const ofResource = groupBy(grants, (grant) => `${levelOf(grant)}\u0000${grantKey({ ...grant, action: blank })}`);
  const parts = [...ofResource.values()].map((members): Sentence => {
    const first = members[0] as Grant;
    return { first, actions: members.map(({ action }) => action), resources: [first.resource] };
  });
  const merged = groupBy(parts, ({ first, actions }) => {
    const words = actions.map((action) => (action.kind === 'only' ? action.pattern : action.patterns.join('|'))).sort();
    return `${levelOf(first)}\u0000${grantKey({ ...first, action: blank, resource: blank })}\u0000${words.join('\u0000')}`;
  });
  return [...merged]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, members]) => ({ ...(members[0] as Sentence), resources: members.flatMap(({ resources }) => resources) }));
}

const blank: Match = { kind: 'only', pattern: '' };

function gainedFinding(
  sentence: Sentence,
  before: ReadonlyMap<string, readonly Grant[]>,
  scopes: { readonly base: ReadonlySet<string>; readonly head: ReadonlySet<string> },
): Finding {
  const { first } = sentence;
  const isNew = scopes.head.has(first.scope) && !scopes.base.has(first.scope);
  const conditionOnly =
    !isNew &&
    (before.get(first.scope) ?? []).some((other) => other.via === first.via && grantCoversButCondition(other, first));
  const remark = isNew
    ? first.via === 'identity'
      ? ' It is new.'
      : ` ${first.scope.charAt(0).toUpperCase()}${first.scope.slice(1)} is new.`
    : conditionOnly
      ? ' The same was allowed under another condition only.'
      : '';
  return {
    category: 'access',
    rule: widened[first.via],
    level: isNew ? levelOfNew(first) : levelOf(first),
    status: 'new',
    message: `${grantWords(sentence, 'may now')}.${remark}`,
    resource: first.holder,
    path: first.path,
    source,
  };
}

/** What a role is made for comes with it: a note, unless it is more than a role of one purpose gets. */
function levelOfNew(grant: Grant): FindingLevel {
  const level = levelOf(grant);
  const routine = grant.via === 'identity' || isService(grant);
  return level === 'warning' && routine ? 'note' : level;
}

function denialFinding(sentence: Sentence): Finding {
  const { first } = sentence;
  const tls = [...first.conditions.keys()].some((key) => key.endsWith(':aws:securetransport'));
  return {
    category: tls ? 'network' : 'access',
    rule: tls ? 'network/tls-denial-lost' : 'access/denial-lost',
    level: tls ? 'error' : 'warning',
    status: 'new',
    message: `A denial is gone: ${lowerFirst(grantWords(sentence, 'was forbidden to'))}.`,
    resource: first.holder,
    path: first.path,
    source,
  };
}

const narrowedFinding = (sentence: Sentence): Finding => ({
  category: 'access',
  rule: 'access/narrowed',
  level: 'note',
  status: 'fixed',
  message: `${grantWords(sentence, 'may no longer')}.`,
  resource: sentence.first.holder,
  path: sentence.first.path,
  source,
});

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
