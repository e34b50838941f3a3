import { readTables, replicated, type Table } from './database/catalogue';
import { writeToken } from './database/control';
import {
  bucketsFor,
  countRows,
  differingBuckets,
  differingKeys,
  hashBucketRows,
  hashKeyRows,
  hashTable,
  type RowKey,
  seeExtensions,
} from './database/hashes';
import { type Leg, readLeg } from './database/legs';
import { parseLsn } from './database/pgoutput';
import { type Databases, type Session, until } from './database/sessions';
import { hasWitness, readTouched, startWitness, type Touched } from './database/touched';

/** Rows that are not the same on both sides, by table; keys as JSON. */
export interface Difference {
  readonly table: string;
  readonly keys: readonly RowKey[];
}

export interface AheadResult {
  readonly tables: number;
  readonly rows: number;
  readonly buckets: number;
  /** Rows that replication was changing while they were read; looked at again inside the outage. */
  readonly moving: number;
  readonly differences: readonly Difference[];
}

/**
 * Compares every table while writers write.
 *
 * A witness slot begins first; once the subscriber has what was committed before, each side is read in one snapshot.
 * Where buckets differ, their rows are compared one by one, and a row that the witness saw change is in motion. Any other
 * difference is real. What holds then for every row that the witness never sees still holds when the writers stand still,
 * and {@link verifyTouched} looks at the others alone.
 */
export async function verifyAhead(
  databases: Databases,
  leg: Leg,
  onTable: (label: string) => void = () => undefined,
): Promise<AheadResult> {
  const began = await startWitness(databases, leg.publisher);
  await untilComplete(databases, leg, began, 120_000);
  const tables = replicated(await databases.read(leg.publisher, readTables));
  const suspects: { table: Table; keys: RowKey[] }[] = [];
  let rows = 0;
  let buckets = 0;
  await inSnapshots(databases, leg, async (publisher, subscriber) => {
    for (const table of tables) {
      onTable(table.label);
      const compared = await compareTable(publisher, subscriber, table);
      rows += compared.rows;
      buckets += compared.buckets;
      if (compared.keys.length > 0) suspects.push({ table, keys: compared.keys });
    }
  });
  const touched = await readTouched(databases, leg.publisher, leg.object, tables);
  const differences = suspects
    .map(({ table, keys }) => ({
      table: table.label,
      keys: keys.filter((key) => !inMotion(touched.get(table.label), key)),
    }))
    .filter(({ keys }) => keys.length > 0);
  const suspected = suspects.reduce((sum, { keys }) => sum + keys.length, 0);
  const real = differences.reduce((sum, { keys }) => sum + keys.length, 0);
  return { tables: tables.length, rows, buckets, moving: suspected - real, differences };
}

const inMotion = (touched: Touched | undefined, key: RowKey): boolean =>
  touched !== undefined && (touched.whole || touched.keys.has(key));

export interface TouchedResult {
  /** Rows looked at one by one. */
  readonly keys: number;
  /** Tables read as a whole. */
  readonly whole: readonly string[];
  readonly differences: readonly Difference[];
}

/**
 * Compares, while nobody writes, what changed since {@link verifyAhead}; without its witness, everything.
 *
 * @param ahead whether that comparison has ended well
 */
export async function verifyTouched(databases: Databases, leg: Leg, ahead: boolean): Promise<TouchedResult> {
  const tables = replicated(await databases.read(leg.publisher, readTables));
  const witnessed = ahead && (await databases.read(leg.publisher, hasWitness));
  const touched = witnessed ? await readTouched(databases, leg.publisher, leg.object, tables) : undefined;
  const whole: string[] = [];
  const differences: Difference[] = [];
  let looked = 0;
  await inSnapshots(databases, leg, async (publisher, subscriber) => {
    for (const table of tables) {
      const changed = touched?.get(table.label);
      if (touched && !changed) continue;
      if (!changed || changed.whole) {
        whole.push(table.label);
        const { keys } = await compareTable(publisher, subscriber, table);
        if (keys.length > 0) differences.push({ table: table.label, keys });
        continue;
      }
      const wanted = [...changed.keys];
      looked += wanted.length;
      const [left, right] = await Promise.all(
        [publisher, subscriber].map((session) => hashKeyRows(session, table, wanted)),
      );
      const keys = left && right ? differingKeys(left, right) : wanted;
      if (keys.length > 0) differences.push({ table: table.label, keys });
    }
  });
  return { keys: looked, whole, differences };
}

/** One table on both sides: its rows by number, and the keys of those that differ. */
async function compareTable(
  left: Session,
  right: Session,
  table: Table,
): Promise<{ rows: number; buckets: number; keys: RowKey[] }> {
  const buckets = bucketsFor(table);
  const [a, b] = (await Promise.all([left, right].map((session) => hashTable(session, table, buckets)))) as [
    Awaited<ReturnType<typeof hashTable>>,
    Awaited<ReturnType<typeof hashTable>>,
  ];
  const keys: RowKey[] = [];
  // A few buckets at a time: where everything differs, memory still holds few rows.
  for (const wanted of chunks(differingBuckets(a, b), 32)) {
    const [rowsA, rowsB] = await Promise.all(
      [left, right].map((session) => hashBucketRows(session, table, buckets, wanted)),
    );
    if (rowsA && rowsB) keys.push(...differingKeys(rowsA, rowsB));
  }
  return { rows: countRows(a), buckets: a.size, keys };
}

function* chunks<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/** One snapshot on each side. */
export const inSnapshots = <T>(
  databases: Databases,
  { publisher, subscriber }: Pick<Leg, 'publisher' | 'subscriber'>,
  work: (publisher: Session, subscriber: Session) => Promise<T>,
): Promise<T> =>
  databases.read(publisher, async (left) =>
    databases.read(subscriber, async (right) => {
      for (const session of [left, right]) {
        await session.query('begin isolation level repeatable read read only');
        await seeExtensions(session);
      }
      const result = await work(left, right);
      for (const session of [left, right]) await session.query('commit');
      return result;
    }),
  );

/**
 * Waits until the subscriber has everything up to a position: it has confirmed it, and no table is being copied, whose
 * copy is not in what is confirmed. Writes a row now and then: a quiet server confirms late.
 */
export async function untilComplete(databases: Databases, leg: Leg, lsn: string, limitMs: number): Promise<void> {
  let looks = 0;
  let last = '';
  await until(
    `the ${leg.subscriber} has everything up to ${lsn}`,
    { limitMs, everyMs: 50 },
    async () => {
      if (looks % 20 === 0) await databases.change(leg.publisher, (session) => writeToken(session, 'heartbeat'));
      looks += 1;
      const { confirmedLsn, ready, relations } = await readLeg(databases, leg);
      last = `${ready} of ${relations} tables follow, confirmed ${confirmedLsn ?? 'nothing'}`;
      return ready === relations && parseLsn(confirmedLsn ?? '0/0') >= parseLsn(lsn);
    },
    () => last,
  );
}
