import { existsSync, readFileSync } from 'node:fs';
import type { Client } from 'pg';

/** What the writers were told, held against what a server has. */
export interface Verdict {
  readonly acknowledged: number;
  /** Acknowledged operations that the server does not have. Must be 0. */
  readonly lost: number;
  /** Operations that were rolled back and are there all the same. Must be 0. */
  readonly risen: number;
  /** Balances that are not the sum of what the ledger says was added: an operation counted twice, or half. Must be 0. */
  readonly unbalanced: number;
}

export interface OracleOptions {
  readonly acknowledged: string;
  readonly rolledBack: string;
  /** Sum of the balances before the load began. */
  readonly balanceBefore: number;
}

const lines = (path: string): string[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line.length > 0)
    : [];

/** Asks a server, while nobody writes. */
export async function judge(client: Client, options: OracleOptions): Promise<Verdict> {
  const one = async (sql: string, values: unknown[]): Promise<number> =>
    Number((await client.query<{ n: string }>(sql, values)).rows[0]?.n);
  const acknowledged = lines(options.acknowledged);
  const found = await one('select count(*) as n from app.ledger where op = any($1::uuid[])', [acknowledged]);
  const risen = await one('select count(*) as n from app.ledger where op = any($1::uuid[])', [
    lines(options.rolledBack),
  ]);
  const operations = await one('select count(*) as n from app.ledger', []);
  const balance = await one('select coalesce(sum(balance), 0) as n from app.accounts', []);
  return {
    acknowledged: acknowledged.length,
    lost: new Set(acknowledged).size - found,
    risen,
    unbalanced: Math.abs(balance - options.balanceBefore - operations),
  };
}
