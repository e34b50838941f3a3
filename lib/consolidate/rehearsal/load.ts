import { randomUUID } from 'node:crypto';
import { openSync, readFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { fencedState } from '../database/control';
import { locator, type SecretPlace } from './secret-place';

export interface LoadOptions {
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly authorityFile: string;
  /** Where they read which server to use. */
  readonly secret: SecretPlace;
  readonly writers: number;
  readonly readers: number;
  /** Milliseconds that a writer rests between operations; 0 for none. */
  readonly restMs: number;
  /** Accounts that there are. */
  readonly accounts: number;
  /** Takes the id of each operation as soon as its commit was acknowledged. */
  readonly acknowledged: string;
  /** Takes the id of each operation that was rolled back. */
  readonly rolledBack: string;
}

export interface LoadReport {
  readonly acknowledged: number;
  readonly rolledBack: number;
  readonly reads: number;
  /** Longest time in milliseconds between two acknowledgements of one writer. */
  readonly longestPauseMs: number;
  readonly longestPauseAt: string;
  /** Answers that were no acknowledgement, by SQLSTATE. */
  readonly errors: Readonly<Record<string, number>>;
}

/**
 * Writers and readers as a careful application has them: they read the secret on each new connection, take 25006 as a
 * reason to read it again, and repeat what was not acknowledged under the same id.
 */
export async function runLoad(options: LoadOptions, signal: AbortSignal): Promise<LoadReport> {
  const ca = readFileSync(options.authorityFile, 'utf8');
  const acknowledged = openSync(options.acknowledged, 'a');
  const rolledBack = openSync(options.rolledBack, 'a');
  const report = { acknowledged: 0, rolledBack: 0, reads: 0, longestPauseMs: 0, longestPauseAt: '' };
  const errors: Record<string, number> = {};
  const locate = locator(options.secret);

  const connection = () => {
    let client: Client | undefined;
    return {
      async get(): Promise<Client> {
        if (client) return client;
        const { host, port } = await locate();
        const { user, password, database } = options;
        const made = new Client({
          ...{ host, port, user, password, database },
          ssl: { ca, servername: host },
          application_name: 'huntaze-app',
          connectionTimeoutMillis: 2_000,
          query_timeout: 10_000,
          options: '-c search_path=app,public',
        });
        made.on('error', () => {
          if (client === made) client = undefined;
        });
        await made.connect();
        client = made;
        return made;
      },
      drop(): void {
        void client?.end().catch(() => undefined);
        client = undefined;
      },
    };
  };

  const attempt = async (
    held: ReturnType<typeof connection>,
    work: (client: Client) => Promise<void>,
  ): Promise<boolean> => {
    try {
      await work(await held.get());
      return true;
    } catch (error) {
      const code = (error as { code?: string }).code ?? 'connection';
      errors[code] = (errors[code] ?? 0) + 1;
      held.drop();
      // A fenced server answers quickly; asking it without pause helps nobody.
      await sleep(code === fencedState ? 20 : 50);
      return false;
    }
  };

  const write = async (writer: number): Promise<void> => {
    const held = connection();
    let last = Date.now();
    for (let sequence = 1; !signal.aborted; sequence += 1) {
      const op = randomUUID();
      if (sequence % 20 === 0) {
        const done = await attempt(held, (client) => rollBack(client, op, writer));
        if (done) {
          writeSync(rolledBack, `${op}\n`);
          report.rolledBack += 1;
        }
      }
      const id = randomUUID();
      while (!(await attempt(held, (client) => commit(client, id, sequence, writer, options.accounts)))) {
        if (signal.aborted) return held.drop();
      }
      writeSync(acknowledged, `${id}\n`);
      report.acknowledged += 1;
      const pause = Date.now() - last;
      last = Date.now();
      if (pause > report.longestPauseMs)
        Object.assign(report, { longestPauseMs: pause, longestPauseAt: new Date().toISOString() });
      if (options.restMs > 0) await sleep(options.restMs);
    }
    held.drop();
  };

  const read = async (): Promise<void> => {
    const held = connection();
    while (!signal.aborted) {
      const done = await attempt(held, async (client) => {
        await client.query('select status, count(*) from orders where account_id < 20 group by 1');
      });
      if (done) report.reads += 1;
      await sleep(20);
    }
    held.drop();
  };

  await Promise.all([
    ...Array.from({ length: options.writers }, (_, index) => write(index + 1)),
    ...Array.from({ length: options.readers }, read),
  ]);
  return { ...report, errors };
}

async function rollBack(client: Client, op: string, writer: number): Promise<void> {
  await client.query('begin');
  await client.query('insert into ledger (op, seq, writer) values ($1, -1, $2)', [op, writer]);
  await client.query('update accounts set balance = balance + 1000 where id = 1');
  await client.query('rollback');
}

/** One operation: its id into the ledger, one unit onto a balance, and something else; all of it or nothing, once. */
async function commit(client: Client, op: string, sequence: number, writer: number, accounts: number): Promise<void> {
  await client.query('begin');
  const made = await client.query(
    'insert into ledger (op, seq, writer, payload) values ($1, $2, $3, gen_random_bytes(40)) on conflict do nothing',
    [op, sequence, writer],
  );
  if (made.rowCount === 1) {
    const account = 1 + Math.floor(Math.random() * accounts);
    await client.query('update accounts set balance = balance + 1 where id = $1', [account]);
    const [sql, values] = besides(op, sequence, account);
    await client.query(sql, values);
  }
  await client.query('commit');
}

function besides(op: string, sequence: number, account: number): [string, unknown[]] {
  switch (sequence % 8) {
    case 0:
      return ["insert into accounts (email) values ($1 || '@load.test')", [op]];
    case 1:
    case 2:
      return ['insert into orders (id, account_id, amount) values ($1, $2, 5)', [op, account]];
    case 3:
      return ['delete from orders where id = (select id from orders where account_id = $1 limit 1)', [account]];
    case 4:
      return ['insert into no_key (what) values ($1)', [op]];
    case 5:
      return [
        'update no_key set doc = \'{"u": 1}\' where what = (select what from no_key where what is not null limit 1)',
        [],
      ];
    case 6:
      return [
        'insert into unique_only values ($1, 1) on conflict (code) do update set value = unique_only.value + 1',
        [`c${1 + (sequence % 10)}`],
      ];
    default:
      return ["insert into metrics (day, v) values (date '2026-06-01' + $1::int, 1.5)", [sequence % 400]];
  }
}
