import { Client, type QueryResult } from 'pg';
import { isClosedServer, isConnectionError } from './database-errors';
import { parseDatabaseUrl, readCertificates } from './database-url';

/** Milliseconds. At worst a lost connection is noticed after 6 s and a new one is tried for 3 s and asked for 6 s: 15 of 30 s. */
export interface DatabaseLimits {
  readonly connect: number;
  /** PostgreSQL cancels a statement that takes longer. */
  readonly statement: number;
  /** Longest wait for an answer; above `statement`, so that only a lost connection reaches it. */
  readonly answer: number;
}

const databaseLimits: DatabaseLimits = { connect: 3_000, statement: 5_000, answer: 6_000 };

/**
 * Prisma's default naming: the table has the model's name and the columns the fields', all in quotes. Inferred, with the
 * columns: no document shows the schema.
 */
const selectUser = `
  SELECT "id", "email", "name", "createdAt", "updatedAt"
  FROM "User"
  WHERE "id" = $1 AND "deletedAt" IS NULL`;

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/**
 * One connection for the life of the container, made at the first query and made again when it broke, or when the server
 * was closed because another one took over. A sleeping container does not notice either: the next query does.
 */
export class UserDatabase {
  private client: Promise<Client> | undefined;

  constructor(
    /** Gives the secret's text. Asked at every connect, so that a rotated password or another server is taken up. */
    private readonly readSecret: () => Promise<string>,
    private readonly limits: DatabaseLimits = databaseLimits,
  ) {}

  /**
   * @returns the user, or undefined when there is none or it is deleted.
   * @throws what the secret's reader or pg raises.
   */
  async findUser(id: string): Promise<User | undefined> {
    const { rows } = await this.query<User>(selectUser, [id]);
    return rows[0];
  }

  /** Closes the connection; the next query opens another one. */
  async close(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.then(
      (open) => open.end(),
      () => undefined,
    );
  }

  private async query<R extends object>(text: string, values: readonly unknown[]): Promise<QueryResult<R>> {
    const reused = this.client;
    try {
      return await this.queryOn<R>(this.open(), text, values);
    } catch (error) {
      // A read can be repeated, but a connection that was just made does not get better by making it again.
      if (reused === undefined || !isStale(error)) throw error;
      return this.queryOn<R>(this.open(), text, values);
    }
  }

  private async queryOn<R extends object>(
    connection: Promise<Client>,
    text: string,
    values: readonly unknown[],
  ): Promise<QueryResult<R>> {
    const client = await connection;
    try {
      return await client.query<R>(text, [...values]);
    } catch (error) {
      if (isStale(error)) this.discard(connection, client);
      throw error;
    }
  }

  private open(): Promise<Client> {
    if (!this.client) {
      const connection = this.connect(() => this.forget(connection));
      connection.catch(() => this.forget(connection));
      this.client = connection;
    }
    return this.client;
  }

  private async connect(onLost: () => void): Promise<Client> {
    const { schema, certificatesFile, ...target } = parseDatabaseUrl(await this.readSecret());
    const client = new Client({
      ...target,
      ssl: { ca: readCertificates({ ...target, schema, certificatesFile }), rejectUnauthorized: true },
      options: `-c search_path=${schema}`,
      application_name: 'huntaze-prisma-read',
      connectionTimeoutMillis: this.limits.connect,
      statement_timeout: this.limits.statement,
      query_timeout: this.limits.answer,
      keepAlive: true,
    });
    // Without a listener the event would end the process; it comes when the server closes an idle connection.
    client.on('error', onLost);
    try {
      await client.connect();
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
    return client;
  }

  private discard(connection: Promise<Client>, client: Client): void {
    this.forget(connection);
    // Not waited for: a connection that does not answer does not close in time either.
    void client.end().catch(() => undefined);
  }

  private forget(connection: Promise<Client>): void {
    if (this.client === connection) this.client = undefined;
  }
}

/** The connection is of no use any more, and the next one asks the secret where to go. */
const isStale = (error: unknown): boolean => isConnectionError(error) || isClosedServer(error);
