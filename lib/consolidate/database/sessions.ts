import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type QueryResultRow } from 'pg';
import { ConsolidationStop, isTransient } from '../errors';
import type { Side } from '../phases';
import type { DatabaseEndpoint } from '../ports';
import { isDiskFull, storageFull } from '../trouble';

/** Sessions of the tool itself, in pg_stat_activity. */
export const applicationName = 'estate-consolidate';

/** Values print the same on both servers, whatever their settings, and no path shadows a system function. */
const sameText =
  "set datestyle = 'ISO, YMD'; set intervalstyle = 'iso_8601'; set timezone = 'UTC'; set extra_float_digits = 3; " +
  "set bytea_output = 'hex'; set search_path = pg_catalog; set row_security = off; set xmloption = 'content'; " +
  'set statement_timeout = 0; set idle_in_transaction_session_timeout = 0';

export interface Session {
  /** Rows of one statement. */
  query<Row extends QueryResultRow = QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** The fencing epoch that this runner holds, and the run that it works on. */
export interface Tenure {
  readonly runId: string;
  readonly epoch: number;
}

export interface Databases {
  /** A session that changes nothing of the estate. */
  read<T>(side: Side, work: (session: Session) => Promise<T>): Promise<T>;
  /** One transaction, refused when a newer runner has taken over. */
  change<T>(side: Side, work: (session: Session) => Promise<T>): Promise<T>;
  /** Statements that refuse a transaction, while another session holds the epoch for them. */
  changeOutside<T>(side: Side, work: (session: Session) => Promise<T>): Promise<T>;
}

const asSession = (client: Client): Session => ({
  query: async (sql, values) => (await client.query(sql, values as unknown[] | undefined)).rows,
});

/** Milliseconds for which a session that nobody uses is kept: inside the outage each handshake counts. */
const keptMs = 5_000;

/**
 * Opens sessions as they are needed, and keeps those that ended well for a moment. One that failed is never used again.
 */
export function openDatabases(
  endpoint: (side: Side) => Promise<DatabaseEndpoint>,
  tenure: () => Tenure | undefined,
): Databases {
  const idle: Record<Side, Client[]> = { source: [], target: [] };
  const forget = (side: Side, client: Client): boolean => {
    const index = idle[side].indexOf(client);
    if (index >= 0) idle[side].splice(index, 1);
    return index >= 0;
  };
  const keep = (side: Side, client: Client) => {
    idle[side].push(client);
    setTimeout(() => {
      if (forget(side, client)) void client.end().catch(() => undefined);
    }, keptMs).unref();
  };
  const connected = async <T>(side: Side, work: (client: Client) => Promise<T>): Promise<T> => {
    let client = idle[side].pop();
    try {
      if (!client) {
        const made = await connect(await endpoint(side));
        made.once('end', () => forget(side, made));
        client = made;
      }
      const result = await work(client);
      keep(side, client);
      return result;
    } catch (error) {
      await client?.end().catch(() => undefined);
      // A session needs a file, too: a server whose disk is full may refuse it.
      throw isDiskFull(error) ? storageFull(side, error.message) : error;
    }
  };
  const inTransaction = async <T>(client: Client, side: Side, work: () => Promise<T>): Promise<T> => {
    await client.query('begin');
    try {
      await holdEpoch(client, side, tenure());
      const result = await work();
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    }
  };
  return {
    read: (side, work) => connected(side, (client) => work(asSession(client))),
    change: (side, work) => connected(side, (client) => inTransaction(client, side, () => work(asSession(client)))),
    changeOutside: (side, work) =>
      connected(side, (guard) =>
        inTransaction(guard, side, () => connected(side, (client) => work(asSession(client)))),
      ),
  };
}

/** Key of the advisory lock under which the epoch is read (shared) and raised (exclusive). */
export const epochLock = 20_251_201;

/**
 * Keeps a newer runner's epoch out until this transaction ends. By an advisory lock, not by one on the row: that would
 * take a transaction id, for whose end a new replication slot waits.
 */
async function holdEpoch(client: Client, side: Side, tenure: Tenure | undefined): Promise<void> {
  if (tenure === undefined) throw new Error(`No lease is held, and a change of the ${side} needs one.`);
  await client.query('select pg_advisory_xact_lock_shared($1)', [epochLock]);
  const { rows } = await client.query<{ run_id: string; epoch: string }>(
    'select run_id, epoch from consolidation.control',
  );
  const [held] = rows;
  if (held?.run_id !== tenure.runId) {
    throw new ConsolidationStop(
      'other-run',
      `The ${side} belongs to run ${held?.run_id ?? 'none'}, got: ${tenure.runId}.`,
    );
  }
  if (Number(held.epoch) !== tenure.epoch) {
    throw new ConsolidationStop('stale-epoch', `The ${side} is held at epoch ${held.epoch}, got: ${tenure.epoch}.`);
  }
}

async function connect(endpoint: DatabaseEndpoint): Promise<Client> {
  const { host, port, user, password, database, ca, serverName } = endpoint;
  const client = new Client({
    ...{ host, port, user, password, database },
    ssl: { ca, servername: serverName ?? host, rejectUnauthorized: true },
    application_name: applicationName,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  // Without a listener, a server that goes away ends the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(sameText);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  return client;
}

export interface Patience {
  /** Milliseconds until it gives up. */
  readonly limitMs: number;
  /** Milliseconds between two looks. @default 100 */
  readonly everyMs?: number;
}

/** Milliseconds for which a look waits for a server that is away, before it says so. */
const awayMs = 60_000;

/**
 * Looks again and again until there is something to see. A server that restarts meanwhile is waited for, for a minute.
 *
 * @throws ConsolidationStop `out-of-time` with the last thing that `why` said
 */
export async function until<T>(
  what: string,
  { limitMs, everyMs = 100 }: Patience,
  look: () => Promise<T | undefined | false>,
  why: () => string = () => '',
): Promise<T> {
  const deadline = Date.now() + limitMs;
  let trouble = '';
  let answered = Date.now();
  for (;;) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
      answered = Date.now();
    } catch (error) {
      if (!isTransient(error) || Date.now() - answered > awayMs) throw error;
      trouble = ` (${(error as Error).message})`;
    }
    if (Date.now() >= deadline) {
      throw new ConsolidationStop(
        'out-of-time',
        `${what}: not within ${Math.round(limitMs / 1000)} s${why() && `; ${why()}`}${trouble}.`,
      );
    }
    await sleep(everyMs);
  }
}
