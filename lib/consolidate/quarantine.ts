import { createHash, randomBytes } from 'node:crypto';
import { quarantineSchema, readTables, replicated, type Table } from './database/catalogue';
import {
  bucketsFor,
  differingBuckets,
  hashBucketRows,
  hashTable,
  type RowKey,
  rowHash,
  seeExtensions,
  withKeys,
} from './database/hashes';
import { legs } from './database/legs';
import { identifier, qualified } from './database/quoting';
import type { Databases, Session } from './database/sessions';
import { inSnapshots } from './verify';

/** Why a row of the target was set aside. */
export type Reason = 'target-only' | 'differs' | 'conflict';

export interface Quarantined {
  readonly table: string;
  readonly targetOnly: number;
  readonly differs: number;
}

const contents = `${quarantineSchema}.contents`;
const objects = `
create schema if not exists ${quarantineSchema};
create table if not exists ${contents} (
  run_id text not null, source_table text not null, quarantine_table text not null,
  target_only bigint not null, differs bigint not null, rows_hash text not null, at timestamptz not null default clock_timestamp(),
  primary key (run_id, source_table));
comment on schema ${quarantineSchema} is 'Rows that only the target of a consolidation had, or had otherwise. Kept until somebody decides.'`;

/** PostgreSQL cuts names at 63 bytes. */
const quarantineName = ({ label }: Table): string =>
  Buffer.byteLength(label) <= 63
    ? label
    : shortened(label, createHash('sha256').update(label).digest('hex').slice(0, 16));

/** A name that is told from others by 16 characters, whatever PostgreSQL would cut off. */
function shortened(name: string, distinction: string): string {
  let start = name;
  while (Buffer.byteLength(start) > 46) start = start.slice(0, -1);
  return `${start}~${distinction}`;
}

/** Sum over a hash of each row; of the quarantine table's rows when it is given. */
const sumOf = (table: Table) => `coalesce(sum(${rowHash(table)}), 0)::text`;

/**
 * Copies every row of the target that the source does not have, or has otherwise, into a schema of its own. Each table is
 * one transaction, and begins anew when it is done again.
 */
export async function quarantine(
  databases: Databases,
  runId: string,
  onTable: (label: string) => void = () => undefined,
): Promise<Quarantined[]> {
  await databases.change('target', (session) => session.query(objects));
  const source = new Map((await databases.read('source', readTables)).map((table) => [table.label, table]));
  const shared = replicated(await databases.read('target', readTables)).filter(({ label }) => source.has(label));
  const results: Quarantined[] = [];
  for (const table of shared) {
    onTable(table.label);
    const found = await rowsToSetAside(databases, {
      ...table,
      estimatedRows: Math.max(table.estimatedRows, source.get(table.label)?.estimatedRows ?? 0),
    });
    await databases.change('target', (session) => keep(session, runId, table, found));
    if (found['target-only'].length + found.differs.length > 0) {
      results.push({ table: table.label, targetOnly: found['target-only'].length, differs: found.differs.length });
    }
  }
  return results;
}

type Found = Record<'target-only' | 'differs', RowKey[]>;

const rowsToSetAside = (databases: Databases, table: Table): Promise<Found> =>
  inSnapshots(databases, legs.forward, async (source, target) => {
    const buckets = bucketsFor(table);
    const [theirs, ours] = await Promise.all([source, target].map((session) => hashTable(session, table, buckets)));
    const found: Found = { 'target-only': [], differs: [] };
    if (!theirs || !ours) return found;
    // The source has more buckets with rows as it has moved on; those that only it has hold nothing of the target.
    const wanted = differingBuckets(theirs, ours).filter((bucket) => ours.has(bucket));
    for (let start = 0; start < wanted.length; start += 32) {
      const part = wanted.slice(start, start + 32);
      const [there, here] = await Promise.all(
        [source, target].map((session) => hashBucketRows(session, table, buckets, part)),
      );
      for (const [key, hash] of here ?? []) {
        const other = there?.get(key);
        if (other === undefined) found['target-only'].push(key);
        else if (other !== hash) found.differs.push(key);
      }
    }
    return found;
  });

async function keep(session: Session, runId: string, table: Table, found: Found): Promise<void> {
  await session.query(`delete from ${contents} where run_id = $1 and source_table = $2`, [runId, table.label]);
  const into = await quarantineTable(session, table);
  await session.query(`delete from ${into} where consolidation_run = $1 and consolidation_why <> 'conflict'`, [runId]);
  await seeExtensions(session);
  for (const why of ['target-only', 'differs'] as const) await setAside(session, runId, table, found[why], why);
  if (found['target-only'].length + found.differs.length === 0) return;
  const [hashes] = await session.query<{ hash: string }>(
    `select ${sumOf(table)} as hash from ${into} t where consolidation_run = $1 and consolidation_why <> 'conflict'`,
    [runId],
  );
  const original = await originalHash(session, table, [...found['target-only'], ...found.differs]);
  if (hashes?.hash !== original) throw new Error(`Quarantine of ${table.label} does not hold what it was given.`);
  await session.query(
    `insert into ${contents} (run_id, source_table, quarantine_table, target_only, differs, rows_hash)
     values ($1, $2, $3, $4, $5, $6)`,
    [runId, table.label, quarantineName(table), found['target-only'].length, found.differs.length, original],
  );
}

const atATime = 5_000;

/** Copies rows of the target by their keys; those of tables without key, all that have the same content. */
export async function setAside(
  session: Session,
  runId: string,
  table: Table,
  keys: readonly RowKey[],
  why: Reason,
): Promise<void> {
  if (keys.length === 0) return;
  const into = await quarantineTable(session, table);
  const columns = table.columns.map(({ name }) => identifier(name));
  for (let start = 0; start < keys.length; start += atATime) {
    const { join, values } = withKeys(table, keys.slice(start, start + atATime));
    const extra = values.length + 1;
    await session.query(
      `insert into ${into} (${columns.join(', ')}, consolidation_run, consolidation_why)
       select ${columns.map((column) => `t.${column}`).join(', ')}, $${extra}, $${extra + 1} from only ${join}`,
      [...values, runId, why],
    );
  }
}

async function quarantineTable(session: Session, table: Table): Promise<string> {
  const name = quarantineName(table);
  const into = qualified(quarantineSchema, name);
  // By the types themselves: how a type's name prints depends on the session's path.
  const [there] = await session.query<{ exists: boolean; holds: boolean }>(
    `select to_regclass($1) is not null as exists, not exists (
       select from pg_attribute a left join pg_attribute kept on kept.attrelid = to_regclass($1)
         and kept.attname = a.attname and kept.atttypid = a.atttypid and kept.atttypmod = a.atttypmod
         and not kept.attisdropped
       where a.attrelid = $2::regclass and a.attnum > 0 and not a.attisdropped and kept.attname is null) as holds`,
    [into, table.sql],
  );
  if (there?.exists && there.holds) return into;
  // An earlier run kept rows here and the table was migrated since: what it kept stays as it was.
  if (there?.exists) await putAway(session, name);
  await session.query(
    `create table ${into} as select t.*, ''::text as consolidation_run, ''::text as consolidation_why
     from only ${table.sql} t with no data`,
  );
  return into;
}

async function putAway(session: Session, name: string): Promise<void> {
  const away = shortened(name, randomBytes(8).toString('hex'));
  await session.query(`alter table ${qualified(quarantineSchema, name)} rename to ${identifier(away)}`);
  await session.query(`update ${contents} set quarantine_table = $1 where quarantine_table = $2`, [away, name]);
}

async function originalHash(session: Session, table: Table, keys: readonly RowKey[]): Promise<string> {
  let sum = 0n;
  for (let start = 0; start < keys.length; start += atATime) {
    const { join, values } = withKeys(table, keys.slice(start, start + atATime));
    const [part] = await session.query<{ hash: string }>(`select ${sumOf(table)} as hash from only ${join}`, values);
    sum += BigInt(part?.hash ?? 0);
  }
  return String(sum);
}

/**
 * Reads the quarantine again.
 *
 * @returns tables whose rows are no longer those that were set aside
 */
export async function rereadQuarantine(databases: Databases, runId: string): Promise<string[]> {
  return databases.read('target', async (session) => {
    const kept = await session.query<{ source_table: string; quarantine_table: string; rows_hash: string }>(
      `select source_table, quarantine_table, rows_hash from ${contents} where run_id = $1 order by 1`,
      [runId],
    );
    const tables = new Map((await readTables(session)).map((table) => [table.label, table]));
    const wrong: string[] = [];
    for (const { source_table, quarantine_table, rows_hash } of kept) {
      const table = tables.get(source_table);
      const [row] = table
        ? await session.query<{ hash: string }>(
            `select ${sumOf(table)} as hash from ${qualified(quarantineSchema, quarantine_table)} t
             where consolidation_run = $1 and consolidation_why <> 'conflict'`,
            [runId],
          )
        : [];
      if (row?.hash !== rows_hash) wrong.push(source_table);
    }
    return wrong;
  });
}
