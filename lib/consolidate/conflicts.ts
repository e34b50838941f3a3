import { readTables, replicated, type Table } from './database/catalogue';
import { hashKeyRows, type RowKey, seeExtensions, withKeys } from './database/hashes';
import { type Leg, readLeg } from './database/legs';
import { ChangeReader, parseLsn } from './database/pgoutput';
import { identifier, literal } from './database/quoting';
import { type Databases, type Session, until } from './database/sessions';
import { setAside } from './quarantine';

export interface Conflict {
  readonly table: string;
  readonly keys: readonly RowKey[];
}

/** Messages of the stream that are looked through for what stops it: the first transactions that are not confirmed. */
const mostMessages = 20_000;

/**
 * Rows that stand on the subscriber where the next changes want to insert theirs. Nobody but the replication may write
 * there, so they are nobody's: they are set aside, and the stream goes on.
 *
 * The subscription pauses meanwhile, because a slot is read by one at a time.
 */
export async function setConflictsAside(databases: Databases, leg: Leg, runId: string): Promise<Conflict[]> {
  const name = identifier(leg.object);
  await databases.change(leg.subscriber, (session) => session.query(`alter subscription ${name} disable`));
  try {
    await until('the slot is free', { limitMs: 30_000 }, async () => !(await readLeg(databases, leg)).slotActive);
    const tables = replicated(await databases.read(leg.publisher, readTables));
    const applied = await databases.read(leg.subscriber, (session) => appliedUpTo(session, leg));
    // Without that position, a row that was applied and not yet confirmed would look like one in the way.
    if (applied === undefined) return [];
    const inserted = await nextInserts(databases, leg, tables, applied);
    const conflicts: Conflict[] = [];
    for (const table of tables) {
      const keys = [...(inserted.get(table.label) ?? [])];
      if (keys.length === 0) continue;
      const standing = await databases.read(leg.subscriber, async (session) => {
        await session.query('begin');
        await seeExtensions(session);
        const found = await hashKeyRows(session, table, keys);
        await session.query('commit');
        return [...found.keys()];
      });
      if (standing.length === 0) continue;
      await databases.change(leg.subscriber, async (session) => {
        await seeExtensions(session);
        await setAside(session, runId, table, standing, 'conflict');
        await session.query("set local session_replication_role = 'replica'");
        const { join, values } = withKeys(table, standing);
        await session.query(`delete from only ${table.sql} d where ctid in (select t.ctid from only ${join})`, values);
      });
      conflicts.push({ table: table.label, keys: standing });
    }
    return conflicts;
  } finally {
    await databases.change(leg.subscriber, (session) => session.query(`alter subscription ${name} enable`));
  }
}

/** Where the subscriber's replication origin stands; undefined without the right to see it. */
async function appliedUpTo(session: Session, { object }: Leg): Promise<bigint | undefined> {
  const [right] = await session.query<{ may: boolean }>(
    "select has_function_privilege('pg_show_replication_origin_status()', 'execute') as may",
  );
  if (!right?.may) return undefined;
  const [row] = await session.query<{ lsn: string }>(
    `select coalesce(o.remote_lsn, '0/0')::text as lsn from pg_subscription s
     left join pg_show_replication_origin_status() o on o.external_id = 'pg_' || s.oid where s.subname = $1`,
    [object],
  );
  return row && parseLsn(row.lsn);
}

async function nextInserts(
  databases: Databases,
  { publisher, object }: Leg,
  tables: readonly Table[],
  applied: bigint,
): Promise<ReadonlyMap<string, ReadonlySet<RowKey>>> {
  const keysOf = new Map(tables.map(({ label, key }) => [label, key]));
  const inserted = new Map<string, Set<RowKey>>();
  const messages = await databases.read(publisher, (session) =>
    session.query<{ data: Buffer }>(
      `select data from pg_logical_slot_peek_binary_changes(${literal(object)}, null, ${mostMessages},
         'proto_version', '1', 'publication_names', ${literal(object)})`,
    ),
  );
  const reader = new ChangeReader();
  let commitLsn = 0n;
  for (const { data } of messages) {
    const change = reader.read(data);
    if (change?.kind === 'begin') commitLsn = change.commitLsn;
    if (change?.kind !== 'row' || commitLsn < applied) continue;
    const key = keysOf.get(change.table) ?? [];
    for (const row of change.rows) {
      const values = key.map((column) => row[column]);
      if (key.length === 0 || values.some((value) => typeof value !== 'string')) continue;
      const text = JSON.stringify(values);
      const set = inserted.get(change.table) ?? new Set();
      inserted.set(change.table, set);
      if (change.action === 'insert') set.add(text);
    }
  }
  return inserted;
}
