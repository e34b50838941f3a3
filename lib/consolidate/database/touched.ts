import type { Side } from '../phases';
import type { Table } from './catalogue';
import { flushedUpTo } from './control';
import type { RowKey } from './hashes';
import { ChangeReader, parseLsn, type Row } from './pgoutput';
import type { Databases, Session } from './sessions';

/** Slot whose only reader is the verification: it remembers what changed since the tables were compared. */
const witnessSlot = 'consolidation_witness';

/** Keys beyond which a table is compared as a whole: they are held in memory, and a look-up of each costs more. */
const mostKeys = 100_000;
const messagesAtATime = 5_000;

/** What changed in one table. */
export interface Touched {
  readonly keys: ReadonlySet<RowKey>;
  /** Too much, or not tellable by key: compare the whole table. */
  readonly whole: boolean;
}

/** A new witness that sees every transaction which commits from now on. */
export const startWitness = (databases: Databases, publisher: Side): Promise<string> =>
  databases.changeOutside(publisher, async (session) => {
    await dropWitness(session);
    await session.query(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [witnessSlot]);
    return flushedUpTo(session);
  });

/** The witness forgets what committed before a position, as `markLog` returns one. */
export const moveWitness = (databases: Databases, publisher: Side, lsn: string): Promise<void> =>
  databases.changeOutside(publisher, async (session) => {
    await session.query('select pg_replication_slot_advance($1, $2::pg_lsn)', [witnessSlot, lsn]);
  });

export const endWitness = (databases: Databases, publisher: Side): Promise<void> =>
  databases.changeOutside(publisher, dropWitness);

async function dropWitness(session: Session): Promise<void> {
  await session.query(
    'select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1 and not active',
    [witnessSlot],
  );
}

export async function hasWitness(session: Session): Promise<boolean> {
  const [slot] = await session.query<{ wal_status: string }>(
    'select wal_status from pg_replication_slots where slot_name = $1',
    [witnessSlot],
  );
  return slot !== undefined && slot.wal_status !== 'lost';
}

/** Positions as `markLog` returns them; commits between them are read. */
export interface Between {
  readonly from?: string;
  readonly to?: string;
}

/**
 * Reads what changed since the witness began or was moved, without using it up: a runner that is killed reads it again.
 * Messages arrive through a cursor, so memory holds keys only.
 */
export async function readTouched(
  databases: Databases,
  publisher: Side,
  publication: string,
  tables: readonly Table[],
  { from = '0/0', to }: Between = {},
): Promise<ReadonlyMap<string, Touched>> {
  const keysOf = new Map(tables.map(({ label, key }) => [label, key]));
  const touched = new Map<string, { keys: Set<RowKey>; whole: boolean }>();
  const entry = (label: string) => {
    const found = touched.get(label) ?? { keys: new Set<RowKey>(), whole: false };
    touched.set(label, found);
    return found;
  };
  const note = (label: string, row: Row) => {
    const key = keysOf.get(label);
    const into = entry(label);
    if (into.whole || key === undefined) return;
    const values = key.map((name) => row[name]);
    if (key.length === 0 || values.some((value) => typeof value !== 'string') || into.keys.size >= mostKeys) {
      into.whole = true;
      into.keys.clear();
    } else into.keys.add(JSON.stringify(values));
  };

  await databases.read(publisher, async (session) => {
    const reader = new ChangeReader();
    const first = parseLsn(from);
    let wanted = true;
    await session.query('begin');
    await session.query(
      `declare changes no scroll cursor for select data from pg_logical_slot_peek_binary_changes(
         '${witnessSlot}', ${to === undefined ? 'null' : `'${to}'`}, null, 'proto_version', '1', 'publication_names', '${publication}')`,
    );
    for (;;) {
      const messages = await session.query<{ data: Buffer }>(`fetch ${messagesAtATime} from changes`);
      for (const { data } of messages) {
        const change = reader.read(data);
        if (change?.kind === 'begin') wanted = change.commitLsn >= first;
        if (!wanted) continue;
        if (change?.kind === 'row') for (const row of change.rows) note(change.table, row);
        if (change?.kind === 'truncate') for (const table of change.tables) entry(table).whole = true;
      }
      if (messages.length < messagesAtATime) break;
    }
    await session.query('rollback');
  });
  return touched;
}
