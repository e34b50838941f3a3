import type { StackTemplate, Template } from '../../../policy/cloudformation';
import type { Violation } from '../../../policy/rule';
import { templateRules } from '../../../policy/rules';
import type { Analyser, Finding, FindingRule, ResourceRef, Tree } from '../../model';
import { identities } from '../identity';
import { nameOf, refOf } from '../ref';
import { compareText, type Identify } from '../values';

/** Rules over any template, that every synth of this repository is held to. */
export const templateFindingRules: readonly FindingRule[] = templateRules.map(({ id, description }) => ({
  id: `policy/${id}`,
  category: 'policy',
  description,
}));

interface Place {
  readonly key: string;
  readonly rule: string;
  readonly fix: string;
  readonly description: string;
  readonly violation: Violation;
  readonly resource?: ResourceRef;
}

/** Violations of template rules that one tree has and the other has not; a broken template breaks no rule. */
export const analyseTemplateRules: Analyser = (comparison) => {
  const identify = identities(comparison);
  const base = violations(comparison.base, identify.base);
  const head = violations(comparison.head, identify.head);
  const remaining = new Set(
    [...comparison.head.stacks.values()].flatMap((stack) => [...stack.resources.values()].map(identify.head)),
  );
  return [
    ...[...head].filter(([key]) => !base.has(key)).map(([, place]) => findingOf(place, 'new')),
    ...[...base]
      .filter(
        ([key, { resource }]) =>
          !head.has(key) && resource !== undefined && remaining.has(`${resource.stack.name}/${resource.logicalId}`),
      )
      .map(([, place]) => findingOf(place, 'fixed')),
  ];
};

function violations(tree: Tree, identify: Identify): ReadonlyMap<string, Place> {
  const stacks = [...tree.stacks].filter(([, { identity }]) => identity.engine === 'cloudformation');
  const templates: readonly StackTemplate[] = stacks.map(([key, { template }]) => ({
    stack: key,
    template: template as Template,
  }));
  const places = templateRules.flatMap(({ id, fix, description, check }) =>
    attempt(() => check(templates)).map((violation): Place => {
      const resource = tree.stacks.get(violation.stack)?.resources.get(violation.logicalId);
      const where = resource === undefined ? `${violation.stack}/${violation.logicalId}` : identify(resource);
      return {
        key: `${id}|${where}|${violation.location}`,
        rule: `policy/${id}`,
        fix,
        description,
        violation,
        ...(resource === undefined ? {} : { resource: refOf(resource) }),
      };
    }),
  );
  return new Map(places.map((place) => [place.key, place] as const).sort(([a], [b]) => compareText(a, b)));
}

/** Rules read templates that nobody checked: one that a strange value stops says nothing. */
function attempt(check: () => readonly Violation[]): readonly Violation[] {
  try {
    return check();
  } catch {
    return [];
  }
}

function findingOf({ rule, fix, description, violation, resource }: Place, status: Finding['status']): Finding {
  const name = resource === undefined ? violation.logicalId : nameOf(resource);
  return {
    category: 'policy',
    rule,
    level: status === 'new' ? 'warning' : 'note',
    status,
    message:
      status === 'new'
        ? `${name} breaks a rule: ${lowerFirst(description)} Found: ${violation.found}.`
        : `${name} no longer breaks a rule: ${lowerFirst(description)}`,
    path: violation.location,
    ...(resource === undefined ? {} : { resource }),
    ...(status === 'new' ? { fix } : {}),
  };
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
