import { ConsolidationStop, isStop, isTransient } from './errors';
import { type Side, sides } from './phases';
import type { InstanceFacts, World } from './ports';

/** Bytes below which a server counts as full: four segments of its log. */
export const leastBytes = 64 * 2 ** 20;

/** PostgreSQL's disk_full: a table or an index could not grow. */
export const isDiskFull = (error: unknown): error is Error =>
  error instanceof Error && (error as { code?: string }).code === '53100';

export const storageFull = (side: Side, what: string): ConsolidationStop =>
  new ConsolidationStop('storage-full', `The disk of the ${side} is full: ${what}.`);

const isFull = ({ status, freeBytes }: InstanceFacts): boolean =>
  status === 'storage-full' || (freeBytes !== undefined && freeBytes < leastBytes);

const described = ({ identifier, status, freeBytes }: InstanceFacts): string =>
  `${identifier} is ${status}${freeBytes === undefined ? '' : `, ${Math.floor(freeBytes / 2 ** 20)} MiB free`}`;

/**
 * Whether a server has room left, by what RDS says of it.
 *
 * @throws ConsolidationStop `storage-full`
 */
export async function assertRoom({ instances }: Pick<World, 'instances'>, side: Side): Promise<void> {
  const facts = await instances.describe(side);
  if (isFull(facts)) throw storageFull(side, described(facts));
}

/**
 * What a person is told of a server that did not come back while it was waited for: what RDS says of both. Any other
 * error comes back as it is.
 */
export async function explained(error: unknown, { instances }: Pick<World, 'instances'>): Promise<unknown> {
  if (isStop(error) || !isTransient(error)) return error;
  const facts = await Promise.all(sides.map(async (side) => ({ side, facts: await instances.describe(side) }))).catch(
    () => [],
  );
  const full = facts.find(({ facts: seen }) => isFull(seen));
  if (full) return storageFull(full.side, described(full.facts));
  const says = facts.map(({ side, facts: seen }) => `the ${side} ${described(seen)}`).join('; ');
  return new ConsolidationStop(
    'server-away',
    `A server does not answer: ${(error as Error).message}.${says ? ` RDS says: ${says}.` : ''}`,
  );
}
