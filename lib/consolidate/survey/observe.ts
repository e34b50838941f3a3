import { readSchema, readTables, type SchemaObject, type Table } from '../database/catalogue';
import { type Control, readControl } from '../database/control';
import { loggingParameters } from '../database/legs';
import type { Session } from '../database/sessions';

export interface Setting {
  readonly value: string;
  /** Whether the tool's session may change it for itself. */
  readonly settable: boolean;
}

export interface ObservedRole {
  readonly name: string;
  readonly login: boolean;
  readonly bypassRls: boolean;
  readonly memberOf: readonly string[];
}

/** Everything that the survey wants to know of one server. Read only. */
export interface Observed {
  readonly user: string;
  readonly versionNumber: number;
  readonly inRecovery: boolean;
  readonly databaseBytes: number;
  readonly encoding: string;
  readonly collation: string;
  /** Version that the database was made with, and the library's own. */
  readonly collationVersions: readonly [string | null, string | null];
  readonly settings: Readonly<Record<string, Setting>>;
  readonly rights: Readonly<Record<Right, boolean>>;
  /** Owners whose tables the tool's user may not act on. */
  readonly foreignOwners: readonly string[];
  readonly tables: readonly Table[];
  readonly schema: readonly SchemaObject[];
  readonly extensions: Readonly<Record<string, string>>;
  readonly roles: readonly ObservedRole[];
  readonly largeObjects: number;
  readonly materializedViews: readonly string[];
  readonly foreignTables: readonly string[];
  readonly preparedTransactions: readonly { gid: string; seconds: number }[];
  readonly longTransactions: readonly { text: string; seconds: number }[];
  /** Triggers that fire while replicated changes are applied. */
  readonly alwaysTriggers: readonly string[];
  readonly eventTriggers: readonly string[];
  /** Foreign keys as `table → table`. */
  readonly foreignKeys: readonly { from: string; to: string }[];
  readonly slots: readonly string[];
  readonly publications: readonly string[];
  readonly subscriptions: readonly string[];
  readonly connections: readonly { user: string; application: string; address: string; count: number }[];
  readonly control?: Control;
}

export type Right =
  | 'createRole'
  | 'replication'
  | 'createSubscription'
  | 'createInDatabase'
  | 'signal'
  | 'skipTriggers';

const watchedSettings = [
  'wal_level',
  'max_replication_slots',
  'max_wal_senders',
  'max_logical_replication_workers',
  'max_worker_processes',
  'max_slot_wal_keep_size',
  'shared_preload_libraries',
  'session_replication_role',
  'pgaudit.log_parameter',
  'pg_stat_statements.track_utility',
  ...Object.keys(loggingParameters),
];

/** Transactions older than this, in seconds, hold up a slot and keep the fence from its locks. */
const longTransactionSeconds = 300;

export async function observe(session: Session): Promise<Observed> {
  const one = async <Row extends Record<string, unknown>>(sql: string, values?: readonly unknown[]): Promise<Row> => {
    const [row] = await session.query<Row>(sql, values);
    if (!row) throw new Error(`No answer to: ${sql.slice(0, 80)}`);
    return row;
  };
  const names = async (sql: string): Promise<string[]> =>
    (await session.query<{ name: string }>(sql)).map(({ name }) => name);

  const database = await one<
    Record<string, string> & { version: number; recovery: boolean; collversion: string | null; actual: string | null }
  >(`
    select current_user::text as user, current_setting('server_version_num')::int as version,
      pg_is_in_recovery() as recovery, pg_database_size(current_database())::text as bytes,
      pg_encoding_to_char(encoding)::text as encoding,
      format('%s %s %s %s', datlocprovider, datcollate, datctype, datlocale) as collation,
      datcollversion as collversion, pg_database_collation_actual_version(oid) as actual
    from pg_database where datname = current_database()`);
  const settings = await session.query<{ name: string; value: string; settable: boolean }>(
    `select name, setting as value, coalesce(context in ('user') or (context = 'superuser' and has_parameter_privilege(name, 'SET')), false) as settable
     from pg_settings where name = any($1)`,
    [watchedSettings],
  );
  const rights = await one<Record<Right, boolean>>(`
    select rolcreaterole or rolsuper as "createRole",
      rolreplication or rolsuper or exists (select from pg_roles r where r.rolname = 'rds_replication' and pg_has_role(r.oid, 'member')) as replication,
      rolsuper or pg_has_role('pg_create_subscription', 'usage') as "createSubscription",
      has_database_privilege(current_database(), 'create') as "createInDatabase",
      rolsuper or pg_has_role('pg_signal_backend', 'usage') as signal,
      has_parameter_privilege('session_replication_role', 'SET') as "skipTriggers"
    from pg_roles where rolname = current_user`);
  const tables = await readTables(session);
  const control = await readControl(session);
  return {
    user: database.user ?? '',
    versionNumber: database.version,
    inRecovery: database.recovery,
    databaseBytes: Number(database.bytes),
    encoding: database.encoding ?? '',
    collation: database.collation ?? '',
    collationVersions: [database.collversion, database.actual],
    settings: Object.fromEntries(settings.map(({ name, value, settable }) => [name, { value, settable }])),
    rights,
    foreignOwners: await names(`
      select distinct pg_get_userbyid(c.relowner)::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and not (pg_has_role(c.relowner, 'usage') and pg_has_role(c.relowner, 'set')) order by 1`),
    tables,
    schema: await readSchema(session),
    extensions: Object.fromEntries(
      (
        await session.query<{ name: string; version: string }>(
          'select extname as name, extversion as version from pg_extension',
        )
      ).map(({ name, version }) => [name, version]),
    ),
    roles: await session.query(`
      select r.rolname as name, r.rolcanlogin as login, r.rolbypassrls as "bypassRls",
        array(select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = r.oid and g.rolname !~ '^(pg_|rds|consolidation_)' order by 1) as "memberOf"
      from pg_roles r where r.rolname !~ '^(pg_|rds|consolidation_)' order by 1`),
    largeObjects: (await one<{ n: number }>('select count(*)::int as n from pg_largeobject_metadata')).n,
    materializedViews: await names(
      `select format('%s.%s', schemaname, matviewname) as name from pg_matviews order by 1`,
    ),
    foreignTables: await names(
      `select format('%s.%s', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'f' order by 1`,
    ),
    preparedTransactions: await session.query(
      `select gid, extract(epoch from now() - prepared)::float8 as seconds from pg_prepared_xacts where database = current_database() order by prepared`,
    ),
    longTransactions: await session.query(
      `select format('pid %s of %s (%s), %s', pid, usename, application_name, state) as text,
         extract(epoch from clock_timestamp() - xact_start)::float8 as seconds
       from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()
         and xact_start < clock_timestamp() - make_interval(secs => $1) order by xact_start`,
      [longTransactionSeconds],
    ),
    alwaysTriggers: await names(
      `select format('%s on %s (%s)', tgname, tgrelid::regclass, case tgenabled when 'A' then 'always' else 'replica' end) as name
       from pg_trigger where not tgisinternal and tgenabled in ('A', 'R') order by 1`,
    ),
    eventTriggers: await names("select evtname as name from pg_event_trigger where evtenabled <> 'D' order by 1"),
    foreignKeys: await session.query(
      `select format('%s.%s', n.nspname, c.relname) as "from", format('%s.%s', m.nspname, d.relname) as "to"
       from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
       join pg_class d on d.oid = k.confrelid join pg_namespace m on m.oid = d.relnamespace where k.contype = 'f' order by 1, 2`,
    ),
    slots: await names('select slot_name as name from pg_replication_slots order by 1'),
    publications: await names('select pubname as name from pg_publication order by 1'),
    subscriptions: await names(
      'select subname as name from pg_subscription where subdbid = (select oid from pg_database where datname = current_database()) order by 1',
    ),
    connections: await session.query(
      `select coalesce(usename, '')::text as "user", application_name as application, coalesce(client_addr::text, 'local') as address, count(*)::int as count
       from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
       group by 1, 2, 3 order by 1, 2, 3`,
    ),
    ...(control && { control }),
  };
}
