import type { Analyser, Finding, FindingLevel, FindingRule, ResolvedChange, Resource } from '../../model';
import { identities } from '../identity';
import { kindWords, nameOf, refOf } from '../ref';
import { compareText } from '../values';
import { isAnywhere, peerWords } from './address-block';
import { type Exposure, exposures } from './exposures';
import { collectOpenings } from './openings';
import { type Opening, openedBeyond, portWords } from './rules';

const groupSource = 'https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html';

export const networkRules: readonly FindingRule[] = [
  {
    id: 'network/opened',
    category: 'network',
    description: 'A firewall rule admits what none admitted.',
    source: groupSource,
  },
  {
    id: 'network/outbound-opened',
    category: 'network',
    description: 'A firewall rule lets out what none let out.',
    source: groupSource,
  },
  ...[...new Map(exposures.map((exposure) => [exposure.rule, exposure])).values()].map(
    ({ rule, category, means, source }) => ({
      id: rule,
      category,
      description: `A resource ${means.replace('{}', 'something')}.`,
      source,
    }),
  ),
];

/** What becomes reachable from where, and which protection of traffic or data goes. */
export const analyseNetwork: Analyser = (comparison) => {
  const identify = identities(comparison);
  const before = collectOpenings(comparison.base, identify.base);
  const after = collectOpenings(comparison.head, identify.head);
  return [
    ...ordered(openedBeyond(after, before)).map(openedFinding),
    ...ordered(openedBeyond(before, after)).map(closedFinding),
    ...comparison.changes.flatMap(exposureFindings),
  ];
};

const ordered = (openings: readonly Opening[]): Opening[] =>
  [...openings].sort(
    (a, b) =>
      compareText(a.scope, b.scope) ||
      a.from - b.from ||
      compareText(a.peer, b.peer) ||
      compareText(a.protocol, b.protocol),
  );

function openedFinding(opening: Opening): Finding {
  const { direction, scope, peer, resource, path } = opening;
  const ports = portWords(opening);
  const level: FindingLevel = direction === 'out' ? 'note' : isAnywhere(peer) ? 'error' : 'warning';
  return {
    category: 'network',
    rule: direction === 'in' ? 'network/opened' : 'network/outbound-opened',
    level,
    status: 'new',
    message:
      direction === 'in'
        ? `${upper(ports)} behind ${scope} becomes reachable from ${peerWords(peer)}.`
        : `What stands behind ${scope} may now reach ${peerWords(peer)} on ${ports}.`,
    resource,
    path,
    source: groupSource,
  };
}

const closedFinding = (opening: Opening): Finding => ({
  category: 'network',
  rule: opening.direction === 'in' ? 'network/opened' : 'network/outbound-opened',
  level: 'note',
  status: 'fixed',
  message:
    opening.direction === 'in'
      ? `${upper(portWords(opening))} behind ${opening.scope} is closed to ${peerWords(opening.peer)}.`
      : `What stands behind ${opening.scope} can no longer reach ${peerWords(opening.peer)} on ${portWords(opening)}.`,
  resource: opening.resource,
  path: opening.path,
  source: groupSource,
});

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function exposureFindings({ base, head, kind }: ResolvedChange): Finding[] {
  return exposures.flatMap((exposure) => {
    const before = openOf(exposure, base);
    const after = openOf(exposure, head);
    const opened = base === undefined && !exposure.onAdd ? [] : after.filter((opening) => !before.includes(opening));
    // What leaves with its resource, or comes with an empty new one, is no repair.
    const closed =
      head === undefined || kind === 'replace' || !exposure.types.includes(head.type)
        ? []
        : before.filter((opening) => !after.includes(opening));
    return [...describe(exposure, opened, head, 'new'), ...describe(exposure, closed, head, 'fixed')];
  });
}

function openOf({ types, open }: Exposure, resource: Resource | undefined): readonly string[] {
  return resource !== undefined && types.includes(resource.type) ? open(resource.properties) : [];
}

/** One finding for all openings of one kind: four lost flags are one decision. */
function describe(
  exposure: Exposure,
  openings: readonly string[],
  resource: Resource | undefined,
  status: Finding['status'],
): Finding[] {
  if (openings.length === 0 || resource === undefined) return [];
  const { category, rule, level, means, closed, path, source } = exposure;
  const kind = kindWords(resource.type);
  const words = (status === 'new' ? means : closed).replace('{}', openings.join(', '));
  return [
    {
      category,
      rule,
      level: status === 'new' ? level : 'note',
      status,
      message: `${upper(`${kind} "${nameOf(resource)}" ${words}`)}.`,
      resource: refOf(resource),
      path,
      source,
    },
  ];
}
