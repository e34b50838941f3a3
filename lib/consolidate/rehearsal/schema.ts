import type { Client } from 'pg';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { serviceUser } from './server';

/** Master user, as RDS makes one: no superuser. */
export const masterUser = 'huntaze_admin';
/** What applications log in with. */
export const applicationUser = 'huntaze_app';
export const databaseName = 'huntaze';

/** Roles and the database, as the service sets them up. Runs as its superuser. */
export async function bootstrap(
  connect: (database: string) => Promise<Client>,
  passwords: { readonly master: string; readonly application: string },
): Promise<void> {
  await run(connect, 'postgres', [
    `create role ${masterUser} login createdb createrole replication bypassrls password ${escapeLiteral(passwords.master)}`,
    `grant pg_create_subscription, pg_monitor, pg_signal_backend to ${masterUser} with admin option`,
    `create role ${applicationUser} login password ${escapeLiteral(passwords.application)}`,
    'create role huntaze_readers',
    `grant huntaze_readers to ${applicationUser}`,
    `grant ${applicationUser}, huntaze_readers to ${masterUser} with admin option, set true, inherit true`,
    `grant set on parameter session_replication_role to ${masterUser}`,
    `create database ${databaseName} owner ${masterUser}`,
  ]);
  await run(connect, databaseName, [
    // RDS lets the master see how far an origin is, and set it.
    `grant execute on function pg_show_replication_origin_status() to ${masterUser}`,
    `grant execute on function pg_replication_origin_advance(text, pg_lsn) to ${masterUser}`,
    'create extension citext',
    'create extension pgcrypto',
    'create extension pg_trgm',
    `alter default privileges for role ${serviceUser} grant usage on schemas to public`,
    schema,
  ]);
}

async function run(
  connect: (database: string) => Promise<Client>,
  database: string,
  statements: readonly string[],
): Promise<void> {
  const client = await connect(database);
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Every case that replication, fence, hashes or comparison could get wrong. */
const schema = `
create schema app authorization ${applicationUser};
set role ${applicationUser};
set search_path = app, public;
create type order_status as enum ('new', 'paid', 'shipped');
create domain amount as numeric(12, 2) check (value >= 0);
create table accounts (
  id bigint generated always as identity primary key,
  email citext unique not null,
  balance amount not null default 0,
  meta jsonb, score float8, tags text[], span int4range,
  updated_at timestamptz not null default now(),
  email_length int generated always as (length(email::text)) stored);
create index accounts_email_trgm on accounts using gin ((email::text) gin_trgm_ops);
create table orders (
  id uuid primary key, account_id bigint not null references accounts on delete cascade,
  amount amount not null, status order_status not null default 'new', n serial,
  updated_at timestamptz not null default now());
create index orders_account on orders (account_id);
comment on table orders is 'What somebody bought';
create table ledger (op uuid primary key, seq bigint not null, writer int not null, payload bytea);
create table "Odd Name" ("the key" text primary key, "Value" text, "select" int default 7);
create table composite (a int, b text, c timestamptz not null default now(), primary key (a, b));
create table no_key (at timestamptz default clock_timestamp(), what text, doc jsonb);
create table unique_only (code text not null, value int, constraint unique_only_code unique (code));
create table metrics (day date not null, id bigserial, v float8, primary key (day, id)) partition by range (day);
create table metrics_2026 partition of metrics for values from ('2026-01-01') to ('2027-01-01');
create table metrics_rest partition of metrics default;
create table parent_notes (id int primary key, note text);
create table child_notes (extra text, primary key (id)) inherits (parent_notes);
create table secrets_of (id int primary key, owner text, content text);
alter table secrets_of enable row level security;
create policy own on secrets_of using (owner = current_user or true);
create unlogged table cache (k text primary key, v text);
create table wide (id int primary key, ${Array.from({ length: 40 }, (_, index) => `c${index} text`).join(', ')});
create table large_values (id int primary key, body text, raw bytea);
alter table large_values alter column body set storage external;
create sequence ticket increment by -5 start with -5;
create materialized view totals as select count(*) as orders, coalesce(sum(amount), 0) as amount from orders;
create view paid as select * from orders where status = 'paid';
create function touch() returns trigger language plpgsql as $$begin new.updated_at = clock_timestamp(); return new; end$$;
create trigger touch before update on accounts for each row execute function touch();
grant select on accounts, orders to huntaze_readers;
reset role`;

export interface Amount {
  /** Rows over all bulk tables and accounts, about. */
  readonly rows: number;
  /** Plain tables besides those of the hard cases. */
  readonly bulkTables: number;
}

/** Share of the rows that go into accounts and orders, the tables that writers write to. */
const hotShare = 0.2;

/** Fills the tables. Runs as the service's superuser, in the application's name. */
export async function seed(client: Client, { rows, bulkTables }: Amount): Promise<void> {
  const accounts = Math.max(50, Math.floor((rows * hotShare) / 2));
  const each = Math.max(10, Math.floor((rows * (1 - hotShare)) / Math.max(1, bulkTables)));
  const few = Math.min(2_000, Math.max(20, Math.floor(rows / 50)));
  const statements = [
    `set role ${applicationUser}`,
    'set search_path = app, public',
    `insert into accounts (email, balance, meta, score, tags, span)
       select 'u' || i || '@huntaze.test', i % 1000, jsonb_build_object('i', i, 's', repeat('x', i % 50)), i / 3.0,
         array['a' || i, null, 'b,"c"'], int4range(i, i + 5) from generate_series(1, ${accounts}) i`,
    `insert into orders (id, account_id, amount) select gen_random_uuid(), 1 + (i % ${accounts}), i % 97 from generate_series(1, ${accounts}) i`,
    `insert into "Odd Name" select 'k''"' || i, repeat('é', i % 10), i from generate_series(1, ${few}) i`,
    `insert into composite select i % 7, 'b' || i from generate_series(1, ${few}) i`,
    `insert into no_key (what, doc) select 'w' || i % 50, jsonb_build_object('i', i % 50) from generate_series(1, ${few}) i`,
    'insert into no_key (at, what) values (null, null), (null, null)',
    `insert into unique_only select 'c' || i, i from generate_series(1, ${few}) i`,
    `insert into metrics (day, v) select date '2026-06-01' + (i % 400), case i % 50 when 0 then 'NaN' when 1 then 'Infinity' else i / 7.0 end from generate_series(1, ${few}) i`,
    `insert into parent_notes select i, 'p' || i from generate_series(1, 20) i`,
    `insert into child_notes select i, 'c' || i, 'x' from generate_series(101, 120) i`,
    `insert into secrets_of select i, 'somebody', 's' || i from generate_series(1, 20) i`,
    `insert into cache select i::text, 'v' from generate_series(1, 50) i`,
    `insert into wide (id, c0, c39) select i, 'first', 'last' from generate_series(1, 50) i`,
    `insert into large_values select i, repeat(md5(i::text), 200), decode(repeat(md5(i::text), 100), 'hex') from generate_series(1, 20) i`,
    ...Array.from({ length: bulkTables }, (_, index) => {
      const name = escapeIdentifier(`bulk_${String(index + 1).padStart(2, '0')}`);
      return `create table ${name} (id bigint primary key, kind smallint not null, body text, at timestamptz not null default now());
        insert into ${name} select i, i % 5, md5(i::text) || repeat('.', i % 30), timestamptz '2026-01-01' + i * interval '1 second' from generate_series(1, ${each}) i`;
    }),
    'refresh materialized view totals',
    'reset role',
    'analyze',
  ];
  for (const statement of statements) await client.query(statement);
}

/** What happened to the target after 29 October: some rows of its own, some otherwise, some gone; one copy half filled. */
export async function diverge(target: Client): Promise<{ readonly targetOnly: number; readonly differs: number }> {
  for (const statement of [
    'set search_path = app, public',
    "insert into accounts (email, balance) select 'only-here-' || i || '@huntaze.test', 7 from generate_series(1, 25) i",
    'update accounts set balance = balance + 1 where id <= 10',
    "insert into no_key (what) values ('only-here'), ('only-here')",
    'delete from orders where id in (select id from orders order by id limit 30)',
    "insert into \"Odd Name\" values ('target''s own', 'kept', 1)",
    'delete from wide',
  ])
    await target.query(statement);
  return { targetOnly: 28, differs: 10 };
}
