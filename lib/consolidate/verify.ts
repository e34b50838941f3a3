import { readTables, replicated, type Table } from './database/catalogue';
import { markLog, writeToken } from './database/control';
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
import { hasWitness, moveWitness, readTouched, startWitness, type Touched } from './database/touched';

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
  const suspects: Difference[] = [];
  let rows = 0;
  let buckets = 0;
  await inSnapshots(databases, leg, async (publisher, subscriber) => {
    for (const table of tables) {
      onTable(table.label);
      const compared = await compareTable(publisher, subscriber, table);
      rows += compared.rows;
      buckets += compared.buckets;
      if (compared.keys.length > 0) suspects.push({ table: table.label, keys: compared.keys });
    }
  });
  const differences = await atRest(databases, leg, tables, suspects);
  const moving = countKeys(suspects) - countKeys(differences);
  return { tables: tables.length, rows, buckets, moving, differences };
}

/**
 * Of rows that differ in two snapshots, those that no commit has changed since.
 *
 * @param from position up to which both snapshots have everything; without it, that of the witness
 */
async function atRest(
  databases: Databases,
  leg: Leg,
  tables: readonly Table[],
  suspects: readonly Difference[],
  from?: string,
): Promise<Difference[]> {
  if (suspects.length === 0) return [];
  // A commit that does not wait for the log is seen by a snapshot before the log has it.
  const to = await databases.change(leg.publisher, markLog);
  const touched = await readTouched(databases, leg.publisher, leg.object, tables, { to, ...(from && { from }) });
  return suspects
    .map(({ table, keys }) => ({ table, keys: keys.filter((key) => !inMotion(touched.get(table), key)) }))
    .filter(({ keys }) => keys.length > 0);
}

const inMotion = (touched: Touched | undefined, key: RowKey): boolean =>
  touched !== undefined && (touched.whole || touched.keys.has(key));

const countKeys = (differences: readonly Difference[]): number =>
  differences.reduce((sum, { keys }) => sum + keys.length, 0);

export interface TouchedResult {
  /** Rows looked at one by one. */
  readonly keys: number;
  /** Tables read as a whole. */
  readonly whole: readonly string[];
  readonly differences: readonly Difference[];
}

/**
 * Compares, while writers write, what changed since {@link verifyAhead}, and moves its witness up to where this began: the
 * outage has less to look at. Where rows differ, the witness stays.
 */
export async function verifyMeanwhile(databases: Databases, leg: Leg): Promise<TouchedResult> {
  const tables = replicated(await databases.read(leg.publisher, readTables));
  const began = await databases.change(leg.publisher, markLog);
  await untilComplete(databases, leg, began, 120_000);
  const touched = await readTouched(databases, leg.publisher, leg.object, tables, { to: began });
  const compared = await compareTouched(databases, leg, tables, touched);
  const differences = await atRest(databases, leg, tables, compared.differences, began);
  if (differences.length === 0) await moveWitness(databases, leg.publisher, began);
  return { ...compared, differences };
}

/**
 * Compares, while nobody writes, what changed since {@link verifyAhead} or the last {@link verifyMeanwhile}; without
 * their witness, everything.
 *
 * @param ahead whether that comparison has ended well
 */
export async function verifyTouched(databases: Databases, leg: Leg, ahead: boolean): Promise<TouchedResult> {
  const tables = replicated(await databases.read(leg.publisher, readTables));
  const witnessed = ahead && (await databases.read(leg.publisher, hasWitness));
  const touched = witnessed ? await readTouched(databases, leg.publisher, leg.object, tables) : undefined;
  return compareTouched(databases, leg, tables, touched);
}

/** Compares the named rows in one snapshot of each side; every table as a whole when none are named. */
async function compareTouched(
  databases: Databases,
  leg: Leg,
  tables: readonly Table[],
  touched: ReadonlyMap<string, Touched> | undefined,
): Promise<TouchedResult> {
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
