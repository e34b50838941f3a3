import type { Table } from './catalogue';
import { identifier } from './quoting';
import type { Session } from './sessions';

/** Rows that one bucket should hold on average: few enough to look at one by one. */
const rowsPerBucket = 1_000;
const fewestBuckets = 16;
const mostBuckets = 65_536;

/** A power of two, the same for both servers. */
export function bucketsFor({ estimatedRows }: Pick<Table, 'estimatedRows'>): number {
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, estimatedRows / rowsPerBucket)));
  return Math.min(mostBuckets, Math.max(fewestBuckets, wanted));
}

/** Bucket → count and sum of hashes. The order of the rows does not matter; a bucket without rows is left out. */
export type BucketHashes = ReadonlyMap<number, string>;

const rowOf = (columns: readonly string[]): string =>
  `row(${columns.map((name) => `t.${identifier(name)}`).join(', ')})`;
/** 64 bits; `C`, because no collation may have a say in it. */
const hash = (text: string, seed: number): string => `hashtextextended(${text} collate "C", ${seed})`;

/** Columns by name: their order in the table may differ between servers. */
const names = (table: Table): string[] => table.columns.map(({ name }) => name);
export const rowHash = (table: Table): string => hash(`${rowOf(names(table))}::text`, 1);
const bucketOf = (table: Table, buckets: number): string => {
  const columns = table.key.length > 0 ? table.key : names(table);
  return `(${hash(`${rowOf(columns)}::text`, 0)} & ${buckets - 1})::int`;
};

/** Reads a table once and returns a few bytes for each bucket, so memory does not grow with the table. */
export async function hashTable(session: Session, table: Table, buckets: number): Promise<BucketHashes> {
  const rows = await session.query<{ bucket: number; hash: string }>(
    `select bucket, count(*) || ':' || sum(hash) as hash
     from (select ${bucketOf(table, buckets)} as bucket, ${rowHash(table)} as hash from only ${table.sql} t) as r
     group by bucket`,
  );
  return new Map(rows.map((row) => [row.bucket, row.hash]));
}

export const countRows = (hashes: BucketHashes): number =>
  [...hashes.values()].reduce((sum, text) => sum + Number(text.slice(0, text.indexOf(':'))), 0);

/** Buckets that are not the same on both sides. */
export const differingBuckets = (left: BucketHashes, right: BucketHashes): number[] =>
  [...new Set([...left.keys(), ...right.keys()])].filter((bucket) => left.get(bucket) !== right.get(bucket));

/** A row's key as JSON text of its values as text; for a table without key, its hash. */
export type RowKey = string;

/** Key → how often, and hash. Rows of a table without key may be there several times. */
export type RowHashes = ReadonlyMap<RowKey, string>;

const keyOf = (table: Table): string =>
  table.key.length > 0
    ? `array[${table.key.map((name) => `t.${identifier(name)}::text`).join(', ')}]`
    : `array[(${rowHash(table)})::text]`;

const asHashes = (rows: readonly { key: string[]; hash: string; count: string }[]): RowHashes =>
  new Map(rows.map(({ key, hash: text, count }) => [JSON.stringify(key), `${count}:${text}`]));

/** The rows of some buckets, one by one. */
export const hashBucketRows = async (
  session: Session,
  table: Table,
  buckets: number,
  wanted: readonly number[],
): Promise<RowHashes> =>
  asHashes(
    await session.query(
      `select ${keyOf(table)} as key, ${rowHash(table)} as hash, count(*) as count from only ${table.sql} t
       where ${bucketOf(table, buckets)} = any($1) group by 1, 2`,
      [wanted],
    ),
  );

const typeOf = (table: Table, column: string): string =>
  table.columns.find(({ name }) => name === column)?.type ?? 'text';

/** `from` and `where` of the rows with the keys in $1, … (one array for each column of the key). */
export function withKeys(
  table: Table,
  keys: readonly RowKey[],
): { readonly join: string; readonly values: string[][] } {
  const parsed = keys.map((key) => JSON.parse(key) as string[]);
  if (table.key.length === 0) {
    return {
      join: `${table.sql} t join unnest($1::bigint[]) as k(hash) on ${rowHash(table)} = k.hash`,
      values: [parsed.map(([h = '']) => h)],
    };
  }
  const arrays = table.key.map((_, index) => `$${index + 1}::text[]`).join(', ');
  const aliases = table.key.map((_, index) => `k${index}`).join(', ');
  const equal = table.key.map((name, index) => `t.${identifier(name)} = k.k${index}::${typeOf(table, name)}`);
  return {
    join: `${table.sql} t join unnest(${arrays}) as k(${aliases}) on ${equal.join(' and ')}`,
    values: table.key.map((_, index) => parsed.map((values) => values[index] ?? '')),
  };
}

const keysAtATime = 5_000;

/** The rows with these keys, one by one; only for tables with a key. */
export async function hashKeyRows(session: Session, table: Table, keys: readonly RowKey[]): Promise<RowHashes> {
  const found = new Map<RowKey, string>();
  for (let start = 0; start < keys.length; start += keysAtATime) {
    const { join, values } = withKeys(table, keys.slice(start, start + keysAtATime));
    const rows = asHashes(
      await session.query(
        `select ${keyOf(table)} as key, ${rowHash(table)} as hash, count(*) as count from only ${join} group by 1, 2`,
        values,
      ),
    );
    for (const [key, text] of rows) found.set(key, text);
  }
  return found;
}

/** Operators of extensions' types (citext, ltree…) are found only through their schema. */
export async function seeExtensions(session: Session): Promise<void> {
  await session.query(
    `select set_config('search_path', concat_ws(', ', 'pg_catalog', (select string_agg(distinct quote_ident(n.nspname), ', ')
       from pg_extension e join pg_namespace n on n.oid = e.extnamespace where n.nspname <> 'pg_catalog')), true)`,
  );
}

export const differingKeys = (left: RowHashes, right: RowHashes): RowKey[] =>
  [...new Set([...left.keys(), ...right.keys()])].filter((key) => left.get(key) !== right.get(key));
