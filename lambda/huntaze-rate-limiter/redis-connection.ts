import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, ErrorReply } from '@redis/client';
import { errorName } from '../shared/error-name';

/** Milliseconds. Three attempts of both fit into the function's 30 s with room for what follows. */
const connectLimit = 2_000;
const commandLimit = 2_000;
/** Times that a command is tried when the connection breaks under it. */
const attempts = 3;

export interface RedisOptions {
  readonly host: string;
  readonly port: number;
  /** Certificate authorities are Node's own unless given. @default - no TLS */
  readonly tls?: { readonly ca?: string };
  /** Asked at every connect, so that a rotated token is taken up. @default - no AUTH */
  readonly readPassword?: () => Promise<string>;
  /** Told the name of what broke the connection. */
  readonly onError: (reason: string) => void;
}

/** The AUTH token could not be read. Its message is the reader's own. */
export class PasswordUnavailableError extends Error {
  override readonly name = 'PasswordUnavailableError';
}

export type RedisClient = ReturnType<typeof newClient>;

/**
 * One connection for the life of the container, made at the first command and made again when it broke.
 *
 * The client's own reconnecting is off: it works in the background, and a frozen container has none. A command here either
 * has a live connection or opens one itself.
 */
export class RedisConnection {
  private client: Promise<RedisClient> | undefined;

  constructor(private readonly options: RedisOptions) {}

  /**
   * Runs a command, again on a new connection if this one breaks: it must be safe to repeat.
   * @throws the last error when three connections broke, and any answer of Redis that is an error.
   */
  async run<T>(command: (client: RedisClient) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      let client: RedisClient | undefined;
      try {
        client = await this.open();
        return await within(commandLimit, command(client));
      } catch (error) {
        if (!worthAnotherConnection(error)) throw error;
        this.options.onError(errorName(error));
        this.drop(client);
        if (attempt === attempts) throw error;
        await sleep(50 * attempt);
      }
    }
  }

  /** Closes the connection; the next command opens another one. */
  close(): void {
    this.client?.then(destroy, () => undefined);
    this.client = undefined;
  }

  private open(): Promise<RedisClient> {
    this.client ??= this.connect().catch((error: unknown) => {
      this.client = undefined;
      throw error;
    });
    return this.client;
  }

  private async connect(): Promise<RedisClient> {
    const client = newClient(this.options, await this.password());
    // Without a listener the event would end the process. Commands in flight fail on their own.
    client.on('error', () => this.drop(client));
    try {
      await within(connectLimit * 2, client.connect());
    } catch (error) {
      destroy(client);
      throw error;
    }
    return client;
  }

  private async password(): Promise<string | undefined> {
    try {
      return await this.options.readPassword?.();
    } catch (error) {
      throw new PasswordUnavailableError(error instanceof Error ? error.message : errorName(error));
    }
  }

  /** Commands that ran beside each other fail together: only the first of them may drop the shared connection. */
  private drop(broken: RedisClient | undefined): void {
    if (!broken) return;
    destroy(broken);
    const current = this.client;
    current?.then(
      (client) => {
        if (client === broken && this.client === current) this.client = undefined;
      },
      () => undefined,
    );
  }
}

function newClient({ host, port, tls }: RedisOptions, password: string | undefined) {
  const socket = { host, port, connectTimeout: connectLimit, reconnectStrategy: false as const };
  return createClient({
    socket: tls ? { ...socket, tls: true, ca: tls.ca } : socket,
    password,
    disableOfflineQueue: true,
  });
}

function destroy(client: RedisClient): void {
  if (client.isOpen) client.destroy();
}

/** False for what Redis answered itself and for a missing password: a repetition would get the same. */
function worthAnotherConnection(error: unknown): boolean {
  if (error instanceof PasswordUnavailableError) return false;
  return !(error instanceof ErrorReply) || error.message.startsWith('LOADING ');
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const limit = sleep(milliseconds, undefined, { signal: timer.signal }).then(() => {
    throw Object.assign(new Error(`Redis did not answer within ${milliseconds} ms.`), { name: 'RedisTimeout' });
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    timer.abort();
    limit.catch(() => undefined);
  }
}
