import type { ResourceRef } from '../../model';
import { blockCovers } from './address-block';

/** One opening in a firewall: who may reach what, on which ports. */
export interface Opening {
  readonly direction: 'in' | 'out';
  /** Group or network that it opens, equal in both trees: openings are compared within it. */
  readonly scope: string;
  /** Lower case; `-1` for every protocol. */
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  /** A block of addresses, a service tag, or the name of another group. */
  readonly peer: string;
  readonly resource: ResourceRef;
  readonly path: string;
}

export const everyPort = { from: 0, to: 65_535 } as const;

const openingKey = ({ direction, scope, protocol, from, to, peer }: Opening): string =>
  [direction, scope, protocol, from, to, peer].join('\u0000');

const openingCovers = (wide: Opening, narrow: Opening): boolean =>
  (wide.protocol === '-1' || (wide.protocol === narrow.protocol && wide.from <= narrow.from && narrow.to <= wide.to)) &&
  blockCovers(wide.peer, narrow.peer);

/** Those of `openings` that nothing in `others` opens already. */
export function openedBeyond(openings: readonly Opening[], others: readonly Opening[]): Opening[] {
  const groups = new Map<string, Opening[]>();
  const group = ({ direction, scope }: Opening) => `${direction}\u0000${scope}`;
  for (const other of others) {
    const members = groups.get(group(other));
    if (members === undefined) groups.set(group(other), [other]);
    else members.push(other);
  }
  const seen = new Set<string>();
  return openings.filter((opening) => {
    const key = openingKey(opening);
    if (seen.has(key)) return false;
    seen.add(key);
    return !(groups.get(group(opening)) ?? []).some((other) => openingCovers(other, opening));
  });
}

const services: Readonly<Record<number, string>> = {
  22: 'SSH',
  80: 'HTTP',
  443: 'HTTPS',
  1433: 'SQL Server',
  3306: 'MySQL',
  3389: 'Remote Desktop',
  5432: 'PostgreSQL',
  6379: 'Redis',
  9200: 'OpenSearch',
  27017: 'MongoDB',
};

/** `port 5432 (tcp, PostgreSQL)`, `every port`. */
export function portWords({ protocol, from, to }: Pick<Opening, 'protocol' | 'from' | 'to'>): string {
  if (protocol === '-1') return 'every port and protocol';
  if (from <= everyPort.from && to >= everyPort.to) return `every port (${protocol})`;
  if (from !== to) return `ports ${from} to ${to} (${protocol})`;
  const service = services[from];
  return `port ${from} (${protocol}${service === undefined ? '' : `, ${service}`})`;
}
