import { setTimeout as sleep } from 'node:timers/promises';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { ConsolidationStop } from '../errors';
import type { Side } from '../phases';
import { controlSchema, fencePrefix, readTables, type Table } from './catalogue';
import { flushedUpTo, noteFact, type ServerFacts, setFact, writeToken } from './control';
import { identifier } from './quoting';
import { applicationName, type Databases, type Session } from './sessions';

const writes = `${fencePrefix}writes`;
const truncates = `${fencePrefix}truncate`;
const ddl = 'consolidation_ddl';

export type FenceState = 'open' | 'closed' | 'part';

/**
 * Whether writers are kept out, by the triggers that are there and fire.
 *
 * Statement triggers fire for the table that a statement names: a partitioned table needs its own besides those of its
 * partitions.
 */
export async function readFence(session: Session): Promise<{ state: FenceState; unfenced: string[] }> {
  const fenced = new Set(
    (
      await session.query<{ label: string }>(
        `select format('%s.%s', n.nspname, c.relname) as label
         from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_trigger t on t.tgrelid = c.oid
         where t.tgname in ($1, $2) and t.tgenabled = 'O' group by 1 having count(*) = 2`,
        [writes, truncates],
      )
    ).map(({ label }) => label),
  );
  const tables = await readTables(session);
  const unfenced = tables.map(({ label }) => label).filter((label) => !fenced.has(label));
  const state = unfenced.length === 0 ? 'closed' : unfenced.length === tables.length ? 'open' : 'part';
  return { state, unfenced };
}

export interface FenceOptions {
  readonly side: Side;
  /** Row that goes with it in the replicated token table. */
  readonly token: string;
  readonly applicationRoles: readonly string[];
  /**
   * Milliseconds that the first attempt may wait for its locks; each further one may wait half as long again. Writers
   * queue behind it meanwhile, and one that holds what it waits for would wait until the server's deadlock timeout (1 s).
   * @default 250
   */
  readonly lockTimeoutMs?: number;
  /** @default 10 */
  readonly attempts?: number;
}

export interface FenceResult {
  readonly attempts: number;
  readonly tables: number;
  /** Position in the log behind the fence. */
  readonly lsn: string;
  /** Whether statements that change the schema are refused as well; needs a superuser, or RDS. */
  readonly ddlRefused: boolean;
  /** Sessions that were ended because they kept the locks from us. */
  readonly ended: number;
}

/**
 * Closes a server to writers: in one transaction, locks every table against writes, makes triggers that refuse them, and
 * writes a token. When it commits, every transaction that wrote has committed before, and no other can.
 *
 * @throws ConsolidationStop `fence-timeout` when the locks are not to be had, `prepared-transactions`
 */
export async function fence(databases: Databases, options: FenceOptions): Promise<FenceResult> {
  const { side, token, applicationRoles, lockTimeoutMs = 250, attempts = 10 } = options;
  let ended = 0;
  for (let attempt = 1; ; attempt += 1) {
    const waitMs = Math.round(lockTimeoutMs * 1.5 ** (attempt - 1));
    try {
      const { tables, ddlRefused } = await databases.change(side, (session) => close(session, token, waitMs));
      const lsn = await databases.read(side, flushedUpTo);
      return { attempts: attempt, tables, lsn, ddlRefused, ended };
    } catch (error) {
      if (!isLockTrouble(error)) throw error;
      // No session holds its locks, and none that is ended gives them back: only a person does.
      await databases.read(side, (session) => assertNonePrepared(session, waitMs));
      const holders = await databases.read(side, lockHolders);
      if (attempt >= attempts) {
        throw new ConsolidationStop(
          'fence-timeout',
          `Writers hold the tables of the ${side}: ${holders.map(({ text }) => text).join('; ') || 'gone meanwhile'}.`,
        );
      }
      // A few polite attempts; then whoever has kept a transaction open for longer than an attempt is ended.
      if (attempt >= 5) {
        ended += await databases.change(side, (session) =>
          endSessions(
            session,
            holders.filter(({ user, seconds }) => applicationRoles.includes(user) && seconds > waitMs / 1000),
          ),
        );
      }
      await sleep(Math.min(50 * attempt, 500));
    }
  }
}

/**
 * Milliseconds in which an autovacuum must give way. The server cancels one that somebody waits for, but after its
 * deadlock timeout (1 s) only: its tables are taken first in a mode that keeps it away and lets writers through.
 */
const maintenanceTimeoutMs = 10_000;

async function close(
  session: Session,
  token: string,
  lockTimeoutMs: number,
): Promise<{ tables: number; ddlRefused: boolean }> {
  const tables = await readTables(session);
  if (tables.length > 0) {
    const list = tables.map(({ sql }) => sql).join(', ');
    await session.query(`set local lock_timeout = ${maintenanceTimeoutMs}`);
    await session.query(`lock table ${list} in share update exclusive mode`);
    await session.query(`set local lock_timeout = ${lockTimeoutMs}`);
    await session.query(`lock table ${list} in share row exclusive mode`);
  }
  await assertNonePrepared(session, 0);
  if (tables.length > 0) await session.query(tables.map(makeTriggers).join(';\n'));
  const ddlRefused = await refuseDdl(session);
  await writeToken(session, token);
  await setFact(session, 'fence', token);
  return { tables: tables.length, ddlRefused };
}

/** @throws ConsolidationStop `prepared-transactions` naming those that are older than that */
async function assertNonePrepared(session: Session, olderThanMs: number): Promise<void> {
  const prepared = await session.query<{ gid: string }>(
    `select gid from pg_prepared_xacts
     where database = current_database() and prepared <= clock_timestamp() - make_interval(secs => $1 / 1000.0)
     order by prepared`,
    [olderThanMs],
  );
  if (prepared.length === 0) return;
  throw new ConsolidationStop(
    'prepared-transactions',
    `Prepared transactions would outlive the fence: ${prepared.map(({ gid }) => gid).join(', ')}.`,
  );
}

// Made, replaced and disabled under a lock that lets readers through; dropping would wait for them.
const makeTriggers = ({ sql }: Table): string => `
create or replace trigger ${identifier(writes)} before insert or update or delete on ${sql}
  for each statement execute function ${controlSchema}.refuse();
create or replace trigger ${identifier(truncates)} before truncate on ${sql}
  for each statement execute function ${controlSchema}.refuse()`;

const fenceTriggers = (session: Session): Promise<{ sql: string; trigger: string }[]> =>
  session.query(
    `select format('%I.%I', n.nspname, c.relname) as sql, quote_ident(t.tgname) as trigger
     from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
     where t.tgname in ($1, $2) order by 1, 2`,
    [writes, truncates],
  );

/** PostgreSQL's codes for a lock that was not to be had, and for two that wait for one another. */
const lockTrouble = ['55P03', '40P01'];
const isLockTrouble = (error: unknown): boolean => lockTrouble.includes((error as { code?: string }).code ?? '');

/** Writers that wait at the fence can hold one table and want the next: the server then ends one of us. */
const againOnLockTrouble = retry(handleWhen(isLockTrouble), {
  maxAttempts: 8,
  backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 500 }),
});

/**
 * Opens a server: one transaction, so that no table opens before another; begun anew when its locks collide with those
 * of writers.
 */
export async function unfence(
  databases: Databases,
  side: Side,
  fact: keyof ServerFacts | undefined,
  more?: (session: Session) => Promise<unknown>,
): Promise<void> {
  const open = async (session: Session): Promise<void> => {
    const triggers = await fenceTriggers(session);
    for (const { sql, trigger } of triggers) await session.query(`alter table only ${sql} disable trigger ${trigger}`);
    await allowDdl(session);
    await more?.(session);
    if (fact) await noteFact(session, fact);
  };
  await againOnLockTrouble.execute(() => databases.change(side, open));
}

/** Takes the triggers away for good. Waits for readers, each for as long as a fence would. */
export async function removeFence(databases: Databases, side: Side): Promise<void> {
  for (const { sql, trigger } of await databases.read(side, fenceTriggers)) {
    await databases.change(side, async (session) => {
      await session.query("set local lock_timeout = '1500ms'");
      await session.query(`drop trigger if exists ${trigger} on ${sql}`);
    });
  }
}

/** On RDS members of rds_superuser may make event triggers; elsewhere a superuser alone. */
const mayRefuseDdl = `select rolsuper or exists (
  select from pg_roles g where g.rolname = 'rds_superuser' and pg_has_role(current_user, g.oid, 'member')) as may
  from pg_roles where rolname = current_user`;

async function refuseDdl(session: Session): Promise<boolean> {
  const [right] = await session.query<{ may: boolean }>(mayRefuseDdl);
  if (!right?.may) return false;
  await session.query(`
    create or replace function ${controlSchema}.refuse_ddl() returns event_trigger language plpgsql as $body$
    begin
      if current_setting('application_name') <> '${applicationName}' then
        raise exception 'this database is closed to changes of its schema' using errcode = '25006';
      end if;
    end
    $body$;
    drop event trigger if exists ${ddl};
    create event trigger ${ddl} on ddl_command_start execute function ${controlSchema}.refuse_ddl()`);
  return true;
}

async function allowDdl(session: Session): Promise<void> {
  const [found] = await session.query('select from pg_event_trigger where evtname = $1', [ddl]);
  if (found) await session.query(`drop event trigger ${ddl}`);
}

interface Holder {
  readonly pid: number;
  readonly user: string;
  readonly seconds: number;
  readonly text: string;
}

/** Sessions, other than ours and the replication's, with a lock that conflicts with the fence's. */
const lockHolders = (session: Session): Promise<Holder[]> =>
  session.query<Holder & Record<string, unknown>>(`
    select a.pid, coalesce(a.usename, '')::text as user,
      coalesce(extract(epoch from clock_timestamp() - a.xact_start), 0)::float8 as seconds,
      format('pid %s of %s (%s, %s) holds %s since %s s', a.pid, coalesce(a.usename, a.backend_type), a.application_name, a.state,
        (select string_agg(distinct l.relation::regclass::text, ', ') from pg_locks l
          where l.pid = a.pid and l.relation is not null and l.granted and l.mode ~ 'RowExclusive|^Share|Exclusive$'
            and exists (select from pg_class c where c.oid = l.relation and c.relkind in ('r', 'p'))),
        round(extract(epoch from clock_timestamp() - a.xact_start))) as text
    from pg_stat_activity a
    where a.datname = current_database() and a.pid <> pg_backend_pid() and a.backend_type in ('client backend', 'autovacuum worker')
      and a.application_name <> '${applicationName}' and a.xact_start is not null
      and exists (select from pg_locks l join pg_class c on c.oid = l.relation where l.pid = a.pid and l.granted
        and c.relkind in ('r', 'p') and l.mode ~ 'RowExclusive|^Share|Exclusive$')`);

async function endSessions(session: Session, holders: readonly Holder[]): Promise<number> {
  if (holders.length === 0) return 0;
  const ended = await session.query<{ ended: boolean }>(
    'select pg_terminate_backend(pid) as ended from unnest($1::int[]) as pid',
    [holders.map(({ pid }) => pid)],
  );
  return ended.filter((row) => row.ended).length;
}

/** Sessions of these roles: who has not moved yet. The tool's own are not meant, where applications use the master user. */
export const applicationSessions = (
  session: Session,
  roles: readonly string[],
): Promise<{ text: string; pid: number }[]> =>
  session.query(
    `select pid, format('%s (%s) from %s', usename, application_name, coalesce(client_addr::text, 'local')) as text
     from pg_stat_activity where datname = current_database() and usename = any($1)
       and application_name <> '${applicationName}'`,
    [roles],
  );
