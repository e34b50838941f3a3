import { ConsolidationStop } from '../errors';
import type { Side } from '../phases';
import type { ReplicationAddress } from '../ports';
import { controlSchema, readTables, replicated, type Table } from './catalogue';
import { identifier, literal } from './quoting';
import { randomPassword, scramVerifier } from './scram';
import { type Databases, type Session, until } from './sessions';

/** One direction of replication. Its role, publication and slot are on the publisher, its subscription on the subscriber. */
export interface Leg {
  readonly name: 'forward' | 'reverse';
  readonly publisher: Side;
  readonly subscriber: Side;
  /** Name of role, publication, slot and subscription. */
  readonly object: string;
}

export const legs = {
  forward: { name: 'forward', publisher: 'source', subscriber: 'target', object: 'consolidation_forward' },
  reverse: { name: 'reverse', publisher: 'target', subscriber: 'source', object: 'consolidation_reverse' },
} as const satisfies Record<string, Leg>;

export interface LegFacts {
  readonly role: boolean;
  readonly publication: boolean;
  readonly published: number;
  readonly slot: boolean;
  readonly slotActive: boolean;
  /** `reserved`, `extended`, `unreserved`, `lost`. */
  readonly slotStatus?: string;
  /** Bytes of log that the subscriber has not confirmed. */
  readonly lagBytes?: number;
  readonly confirmedLsn?: string;
  /** Milliseconds since the subscriber's last connection to the slot ended; none while it is connected. */
  readonly slotIdleMs?: number;
  readonly subscription: boolean;
  readonly enabled: boolean;
  readonly workers: number;
  /** Relations of the subscription, and how many of them follow (state `r`). */
  readonly relations: number;
  readonly ready: number;
  /** Errors since the subscription was made. */
  readonly applyErrors: number;
  readonly syncErrors: number;
}

type PublisherFacts = Pick<
  LegFacts,
  | 'role'
  | 'publication'
  | 'published'
  | 'slot'
  | 'slotActive'
  | 'slotStatus'
  | 'slotIdleMs'
  | 'lagBytes'
  | 'confirmedLsn'
>;
type SubscriberFacts = Omit<LegFacts, keyof PublisherFacts>;

export async function readLeg(databases: Databases, leg: Leg): Promise<LegFacts> {
  const [publisher, subscriber] = await Promise.all([
    databases.read(leg.publisher, (session) => readPublisher(session, leg)),
    databases.read(leg.subscriber, (session) => readSubscriber(session, leg)),
  ]);
  return { ...publisher, ...subscriber };
}

async function readPublisher(session: Session, { object }: Leg): Promise<PublisherFacts> {
  const [row] = await session.query<
    Record<string, never> & PublisherFacts & { lagBytes: string | null; slotIdleMs: number | null }
  >(
    `select exists (select from pg_roles where rolname = $1) as role,
       exists (select from pg_publication where pubname = $1) as publication,
       (select count(*)::int from pg_publication_tables where pubname = $1 and schemaname <> $2) as published,
       s.slot_name is not null as slot, coalesce(s.active, false) as "slotActive", s.wal_status as "slotStatus",
       s.confirmed_flush_lsn::text as "confirmedLsn",
       (extract(epoch from clock_timestamp() - s.inactive_since) * 1000)::float8 as "slotIdleMs",
       pg_wal_lsn_diff(pg_current_wal_lsn(), s.confirmed_flush_lsn)::text as "lagBytes"
     from (values (1)) as one left join pg_replication_slots s on s.slot_name = $1`,
    [object, controlSchema],
  );
  if (!row) throw new Error(`No answer about ${object}.`);
  const { lagBytes, slotStatus, slotIdleMs, confirmedLsn, ...rest } = row;
  return {
    ...rest,
    ...(slotStatus && { slotStatus }),
    ...(confirmedLsn && { confirmedLsn }),
    ...(slotIdleMs !== null && { slotIdleMs }),
    ...(lagBytes !== null && { lagBytes: Number(lagBytes) }),
  };
}

async function readSubscriber(session: Session, { object }: Leg): Promise<SubscriberFacts> {
  const [row] = await session.query<SubscriberFacts & Record<string, unknown>>(
    `select s.oid is not null as subscription, coalesce(s.subenabled, false) as enabled,
       (select count(*)::int from pg_stat_subscription w where w.subname = $1 and w.pid is not null) as workers,
       (select count(*)::int from pg_subscription_rel r where r.srsubid = s.oid) as relations,
       (select count(*)::int from pg_subscription_rel r where r.srsubid = s.oid and r.srsubstate = 'r') as ready,
       coalesce((select apply_error_count::int from pg_stat_subscription_stats w where w.subid = s.oid), 0) as "applyErrors",
       coalesce((select sync_error_count::int from pg_stat_subscription_stats w where w.subid = s.oid), 0) as "syncErrors"
     from (values (1)) as one left join (select oid, subenabled from pg_subscription where subname = $1) as s on true`,
    [object],
  );
  if (!row) throw new Error(`No answer about ${object}.`);
  return row;
}

/** Every table follows, and a worker applies. */
export const follows = (facts: LegFacts): boolean =>
  facts.enabled && facts.workers > 0 && facts.slotActive && facts.relations > 0 && facts.ready === facts.relations;

export interface LegOptions {
  readonly address: ReplicationAddress;
  readonly database: string;
  /** Whether rows that are there already are copied. */
  readonly copy: boolean;
  /** Position in the publisher's log from which on changes are applied. @default - the slot's own */
  readonly startAt?: string;
  /** Runs one named part; the engine tells it and may be killed around it. */
  readonly step: <T>(name: string, work: () => Promise<T>) => Promise<T>;
}

/**
 * Makes what is missing of a leg, in an order in which it may stop anywhere: role, publication, slot, subscription. The
 * slot is made apart from the subscription, so that neither is left without the other.
 */
export async function createLeg(databases: Databases, leg: Leg, options: LegOptions): Promise<void> {
  const { step } = options;
  const [before, tables] = await Promise.all([
    readLeg(databases, leg),
    databases.read(leg.publisher, async (session) => replicated(await readTables(session))),
  ]);
  // The password of a subscription that exists is the right one; nobody else needs it.
  const password = before.subscription && before.role ? undefined : randomPassword();
  await step(`${leg.name} role`, () =>
    databases.change(leg.publisher, (session) => ensureRole(session, leg, tables, password)),
  );
  // Before the slot: a change that the slot decodes must find the publication already there.
  await step(`${leg.name} publication`, () =>
    databases.change(leg.publisher, (session) => ensurePublication(session, leg, tables)),
  );
  await step(`${leg.name} slot`, () =>
    databases.changeOutside(leg.publisher, async (session) => {
      const [there] = await session.query('select from pg_replication_slots where slot_name = $1', [leg.object]);
      if (!there) await session.query(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [leg.object]);
    }),
  );
  await step(`${leg.name} subscription`, () =>
    databases.change(leg.subscriber, (session) => ensureSubscription(session, leg, options, password)),
  );
}

/** SELECT on the listed tables and nothing else. */
async function ensureRole(
  session: Session,
  { object }: Leg,
  tables: readonly Table[],
  password: string | undefined,
): Promise<void> {
  const role = identifier(object);
  const [there] = await session.query('select from pg_roles where rolname = $1', [object]);
  const [service] = await session.query(`select from pg_roles where rolname = 'rds_replication'`);
  // Row security would hide rows from the copy without a word.
  const bypass = tables.some(({ rowSecurity }) => rowSecurity !== 'off') ? ' bypassrls' : '';
  if (!there)
    await session.query(`create role ${role} login connection limit 12${service ? '' : ' replication'}${bypass}`);
  if (service) await session.query(`grant rds_replication to ${role}`);
  if (password) await session.query(`alter role ${role} password ${literal(scramVerifier(password))}`);
  const schemas = [...new Set([controlSchema, ...tables.map(({ schema }) => schema)])];
  await session.query(`grant usage on schema ${schemas.map(identifier).join(', ')} to ${role}`);
  await session.query(
    `grant select on ${[`${controlSchema}.token`, ...tables.map(({ sql }) => sql)].join(', ')} to ${role}`,
  );
}

async function ensurePublication(session: Session, { object }: Leg, tables: readonly Table[]): Promise<void> {
  const list = [`${controlSchema}.token`, ...tables.map(({ sql }) => `only ${sql}`)].join(', ');
  const [there] = await session.query('select from pg_publication where pubname = $1', [object]);
  await session.query(
    there
      ? `alter publication ${identifier(object)} set table ${list}`
      : `create publication ${identifier(object)} for table ${list}`,
  );
}

/**
 * The password goes in as a parameter of its own statement, and the statement that uses it is built on the server: no
 * text that the server may log or show to others holds it. See the survey's rule on statement logging.
 */
async function ensureSubscription(
  session: Session,
  { object }: Leg,
  { address, database, copy, startAt }: LegOptions,
  password: string | undefined,
): Promise<void> {
  const [there] = await session.query('select from pg_subscription where subname = $1', [object]);
  if (there && !password) return;
  await quietly(session);
  const connection = {
    host: address.host,
    port: String(address.port),
    dbname: database,
    user: object,
    password: password ?? '',
    sslmode: 'verify-full',
    sslrootcert: address.sslRootCert,
    application_name: object,
    connect_timeout: '5',
    keepalives_idle: '5',
    keepalives_interval: '2',
    keepalives_count: '3',
  };
  const text = Object.entries(connection)
    .map(([key, value]) => `${key}='${value.replace(/[\\']/g, '\\$&')}'`)
    .join(' ');
  await session.query(`select set_config('consolidation.connection', $1, true)`, [text]);
  const statement = there
    ? `alter subscription ${identifier(object)} connection %L`
    : `create subscription ${identifier(object)} connection %L publication ${identifier(object)} with ` +
      `(create_slot = false, slot_name = ${literal(object)}, copy_data = ${copy}, origin = none, ` +
      // The default, off, lets a crash undo that a table follows after its slot is gone: it would never follow again.
      'synchronous_commit = local, disable_on_error = false, streaming = parallel)';
  // What fails inside is told without its statement, which holds the password.
  await session.query(`do $body$
    begin
      execute format(${literal(statement)}, current_setting('consolidation.connection'));
    exception when others then
      raise exception 'subscription ${object}: %', sqlerrm using errcode = sqlstate;
    end
    $body$`);
  await session.query(`select set_config('consolidation.connection', '', true)`);
  // In the transaction that makes it: no worker starts before the commit.
  if (!there && startAt !== undefined) {
    await session.query(
      `select pg_replication_origin_advance('pg_' || oid, $2::pg_lsn) from pg_subscription where subname = $1`,
      [object, startAt],
    );
  }
}

/** Parameters that make a server write down statements, with the value that keeps it silent. */
export const loggingParameters = {
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_min_duration_sample: '-1',
  log_transaction_sample_rate: '0',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  'pgaudit.log': 'none',
  'pg_stat_statements.track': 'none',
  'auto_explain.log_min_duration': '-1',
} as const;

/** Silences what this session may silence; the survey blocks where that is not enough. */
async function quietly(session: Session): Promise<void> {
  const names = Object.keys(loggingParameters);
  const settable = await session.query<{ name: keyof typeof loggingParameters }>(
    `select s.name from pg_settings s where s.name = any($1) and has_parameter_privilege(s.name, 'SET')`,
    [names],
  );
  for (const { name } of settable) {
    await session.query('select set_config($1, $2, true)', [name, loggingParameters[name]]);
  }
}

/**
 * Waits until every table follows. A subscription whose worker does not come up is switched off and on again: 17.4's
 * launcher can stall.
 *
 * @param look - looks at what is seen each time, and throws where waiting is of no use: see `watchLeg`
 */
export async function untilFollows(
  databases: Databases,
  leg: Leg,
  limitMs: number,
  look: (facts: LegFacts) => Promise<void>,
): Promise<LegFacts> {
  let idleSince: number | undefined;
  let last: LegFacts | undefined;
  return until(
    `${leg.name} leg: every table follows`,
    { limitMs, everyMs: 50 },
    async () => {
      const facts = await readLeg(databases, leg);
      last = facts;
      if (follows(facts)) return facts;
      await look(facts);
      if (facts.enabled && facts.workers === 0) {
        idleSince ??= Date.now();
        if (Date.now() - idleSince > 3_000) {
          idleSince = undefined;
          await pokeLauncher(databases, leg);
        }
      } else idleSince = undefined;
      return undefined;
    },
    () =>
      last
        ? `${last.ready} of ${last.relations} follow, workers ${last.workers}, errors ${last.applyErrors + last.syncErrors}`
        : '',
  );
}

/** @throws ConsolidationStop `slot-lost` */
export function assertSlot(
  { name, publisher }: Leg,
  { slot, slotStatus }: Pick<LegFacts, 'slot' | 'slotStatus'>,
): void {
  if (slot && slotStatus !== 'lost') return;
  throw new ConsolidationStop('slot-lost', `The ${publisher} has given up the slot of the ${name} leg.`);
}

async function pokeLauncher(databases: Databases, { subscriber, object }: Leg): Promise<void> {
  const name = identifier(object);
  await databases.change(subscriber, async (session) => {
    await session.query(`alter subscription ${name} disable`);
    await session.query(`alter subscription ${name} enable`);
  });
}

/** Takes a leg away, with its role and whatever an unfinished copy left. May stop anywhere and be called again. */
export async function dropLeg(databases: Databases, leg: Leg, step: LegOptions['step']): Promise<void> {
  const name = identifier(leg.object);
  await step(`${leg.name} subscription gone`, async () => {
    await databases.change(leg.subscriber, async (session) => {
      const [there] = await session.query('select from pg_subscription where subname = $1', [leg.object]);
      if (!there) return;
      await session.query(`alter subscription ${name} disable`);
      // Without a slot of its own it can go while the publisher is out of reach.
      await session.query(`alter subscription ${name} set (slot_name = none)`);
      await session.query(`drop subscription ${name}`);
    });
  });
  await step(`${leg.name} slot gone`, () =>
    until(`slots of the ${leg.name} leg are gone`, { limitMs: 60_000 }, () => dropSlots(databases, leg)),
  );
  await step(`${leg.name} role gone`, () =>
    databases.change(leg.publisher, async (session) => {
      await session.query(`drop publication if exists ${name}`);
      const [role] = await session.query('select from pg_roles where rolname = $1', [leg.object]);
      if (!role) return;
      await session.query(`grant ${name} to current_user`);
      await session.query(`drop owned by ${name}`);
      await session.query(`drop role ${name}`);
    }),
  );
}

/** The leg's slot, and those of its table copies, which carry the subscriber's system identifier. */
async function dropSlots(databases: Databases, { publisher, subscriber, object }: Leg): Promise<boolean> {
  const [system] = await databases.read(subscriber, (session) =>
    session.query<{ id: string }>('select system_identifier::text as id from pg_control_system()'),
  );
  return databases.changeOutside(publisher, async (session) => {
    const slots = await session.query<{ slot_name: string; active_pid: number | null }>(
      `select slot_name, active_pid from pg_replication_slots
       where slot_name = $1 or slot_name ~ ('^pg_[0-9]+_sync_[0-9]+_' || $2 || '$')`,
      [object, system?.id ?? 'none'],
    );
    for (const { slot_name, active_pid } of slots) {
      if (active_pid !== null) await session.query('select pg_terminate_backend($1)', [active_pid]);
      else await session.query('select pg_drop_replication_slot($1)', [slot_name]);
    }
    return slots.every(({ active_pid }) => active_pid === null);
  });
}
