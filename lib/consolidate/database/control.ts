import { ConsolidationStop } from '../errors';
import { type Side, sides } from '../phases';
import { controlSchema } from './catalogue';
import { type Databases, epochLock, type Session, type Tenure } from './sessions';

/** Moments that a server itself remembers, written in the same transaction as what they speak of. */
export interface ServerFacts {
  readonly quarantinedAt?: string;
  readonly resetAt?: string;
  /** Source: token of the fence that stands now. */
  readonly fence?: string;
  /** Target: token of the source's fence up to which it is drained, with sequences moved and contents verified. */
  readonly drained?: string;
  /** Publisher: every table was compared while writers wrote, since the witness began. */
  readonly comparedAhead?: string;
  /** Target: from here on clients may have written to it. */
  readonly openedAt?: string;
  /** Source, going back: opened again. */
  readonly reopenedAt?: string;
  readonly retainedAt?: string;
  readonly retiredAt?: string;
}

export interface Control {
  readonly runId: string;
  readonly side: Side;
  readonly epoch: number;
  readonly facts: ServerFacts;
}

/** SQLSTATE of a refused write: read_only_sql_transaction, which clients answer by reading the secret again. */
export const fencedState = '25006';

const objects = `
create schema if not exists ${controlSchema};
create table if not exists ${controlSchema}.control (
  one boolean primary key default true check (one),
  run_id text not null,
  side text not null check (side in ('source', 'target')),
  epoch bigint not null,
  facts jsonb not null default '{}');
create table if not exists ${controlSchema}.token (
  name text primary key,
  at timestamptz not null default clock_timestamp());
create or replace function ${controlSchema}.refuse() returns trigger language plpgsql as $body$
begin
  raise exception 'this database is closed to writers: it moved, or is about to' using errcode = '${fencedState}',
    hint = 'Read the secret again and connect to where it points.';
end
$body$;
comment on schema ${controlSchema} is 'Made by estate consolidate; goes with the run.'`;

/**
 * Makes the control schema, or takes it over for this tenure when the run is the same.
 *
 * @throws ConsolidationStop `other-run` when a run that has not ended holds the server, `swapped` when it is the other side
 */
export async function installControl(databases: Databases, side: Side, { runId, epoch }: Tenure): Promise<void> {
  // No epoch can be held before there is a place for it.
  await databases.read(side, async (session) => {
    await session.query('begin');
    await session.query(objects);
    const [held] = await session.query<{ run_id: string; side: string; ended: boolean }>(
      `select run_id, side, facts ?| array['retiredAt', 'abandonedAt'] as ended
       from ${controlSchema}.control for update`,
    );
    if (held && held.side !== side) {
      throw new ConsolidationStop('swapped', `The ${side} of this run was the ${held.side} of run ${held.run_id}.`);
    }
    if (held && held.run_id !== runId && !held.ended) {
      throw new ConsolidationStop('other-run', `The ${side} belongs to run ${held.run_id}, got: ${runId}.`);
    }
    if (held?.run_id !== runId) {
      await session.query(
        `insert into ${controlSchema}.control (run_id, side, epoch) values ($1, $2, $3)
         on conflict (one) do update set run_id = excluded.run_id, epoch = excluded.epoch, facts = '{}'`,
        [runId, side, epoch],
      );
      await session.query(`delete from ${controlSchema}.token`);
    }
    await session.query('commit');
  });
}

/** Position in the log up to which everything is written out. */
export async function flushedUpTo(session: Session): Promise<string> {
  const [row] = await session.query<{ lsn: string }>('select pg_current_wal_flush_lsn()::text as lsn');
  return row?.lsn ?? '0/0';
}

/** Undefined where no run has begun, or the schema is another's. */
export async function readControl(session: Session): Promise<Control | undefined> {
  const [exists] = await session.query<{ found: boolean }>(
    `select to_regclass('${controlSchema}.control') is not null as found`,
  );
  if (!exists?.found) return undefined;
  const [row] = await session.query<{ run_id: string; side: Side; epoch: string; facts: ServerFacts }>(
    `select run_id, side, epoch, facts from ${controlSchema}.control`,
  );
  return row && { runId: row.run_id, side: row.side, epoch: Number(row.epoch), facts: row.facts };
}

/** Raises both servers to this runner's epoch: an older runner's next change is refused. Waits for one that is under way. */
export async function raiseEpoch(databases: Databases, { runId, epoch }: Tenure): Promise<void> {
  for (const side of sides) {
    await databases.read(side, async (session) => {
      const control = await readControl(session);
      if (control === undefined || control.runId !== runId) return;
      if (control.epoch > epoch) {
        throw new ConsolidationStop('stale-epoch', `The ${side} is held at epoch ${control.epoch}, got: ${epoch}.`);
      }
      await session.query('begin');
      await session.query('select pg_advisory_xact_lock($1)', [epochLock]);
      await session.query(`update ${controlSchema}.control set epoch = $1 where run_id = $2 and epoch < $1`, [
        epoch,
        runId,
      ]);
      await session.query('commit');
    });
  }
}

/** Notes a value, or takes it away, in the transaction of the session. */
export async function setFact(session: Session, name: keyof ServerFacts, value: string | undefined): Promise<void> {
  await session.query(
    `update ${controlSchema}.control set facts = jsonb_strip_nulls(facts || jsonb_build_object($1::text, $2::text))`,
    [name, value ?? null],
  );
}

/** Notes a moment, in the transaction of the session. The first one stays. */
export async function noteFact(session: Session, name: keyof ServerFacts | 'abandonedAt'): Promise<void> {
  await session.query(
    `update ${controlSchema}.control set facts = jsonb_build_object($1::text,
       to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) || facts`,
    [name],
  );
}

/**
 * Position between two records of the log, all before it written out: what {@link flushedUpTo} returns may lie inside one.
 * A commit stands wholly before or behind it.
 */
export async function markLog(session: Session): Promise<string> {
  const [row] = await session.query<{ lsn: string }>(
    `select pg_logical_emit_message(false, '${controlSchema}', 'mark', true)::text as lsn`,
  );
  if (!row) throw new Error('No answer about the log.');
  return row.lsn;
}

/** Writes a row that travels with the replication; seen on the other side, everything committed before it is there. */
export const writeToken = (session: Session, name: string): Promise<unknown> =>
  session.query(
    `insert into ${controlSchema}.token (name) values ($1) on conflict (name) do update set at = clock_timestamp()`,
    [name],
  );

export async function hasToken(session: Session, name: string): Promise<boolean> {
  return (await session.query(`select from ${controlSchema}.token where name = $1`, [name])).length > 0;
}
