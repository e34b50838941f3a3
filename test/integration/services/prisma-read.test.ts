import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { UserDatabase } from '../../../lambda/huntaze-prisma-read/user-database';
import type { UserReadEvent } from '../../../lambda/shared/user-read';
import { type Certificates, makeCertificates } from '../../support/servers/certificates';
import { freePort, loopback } from '../../support/servers/loopback';
import { type Postgres, startPostgres } from '../../support/servers/postgres';
import { captureOutput, contextWith } from '../../unit/lambda/support/invocation';

type Handler = typeof import('../../../lambda/huntaze-prisma-read/handler').handler;

const realEnvironment = process.env;
let postgres: Postgres;
let strangerDirectory: string;
let stranger: Certificates;
let output: ReturnType<typeof captureOutput>;
let secret: string;
let secretReads: number;
const databases: UserDatabase[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  strangerDirectory = mkdtempSync(join(tmpdir(), 'huntaze-stranger-'));
  stranger = makeCertificates(strangerDirectory);
  const client = await postgres.connect();
  await client.query(`
    CREATE TABLE "User" (
      "id" text PRIMARY KEY, "email" text UNIQUE NOT NULL, "name" text, "passwordHash" text,
      "createdAt" timestamptz NOT NULL, "updatedAt" timestamptz NOT NULL, "deletedAt" timestamptz);
    INSERT INTO "User" VALUES
      ('kept', 'kept@example.com', 'Kept', 'hash-nobody-may-see', '2025-01-02T03:04:05Z', '2025-06-07T08:09:10Z', NULL),
      ('gone', 'gone@example.com', NULL, NULL, '2025-01-01', '2025-01-01', '2025-02-02')`);
  await client.end();
}, 60_000);

beforeEach(() => {
  secret = urlWith();
  secretReads = 0;
  output = captureOutput();
  process.env = {
    ...realEnvironment,
    AWS_REGION: 'us-east-1',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    DATABASE_URL: 'huntaze/database',
  };
});

afterEach(async () => {
  output.restore();
  process.env = realEnvironment;
  await Promise.all(databases.splice(0).map((database) => database.close()));
});

afterAll(async () => {
  await postgres.stop();
  rmSync(strangerDirectory, { recursive: true });
});

function urlWith(change: { host?: string; port?: number; user?: string; password?: string; ca?: string } = {}): string {
  const { host = 'localhost', port = postgres.port, user = postgres.user, password = postgres.password } = change;
  const ca = change.ca ?? postgres.certificates.authorityFile;
  return `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${postgres.database}?sslrootcert=${ca}`;
}

/** The handler as a fresh container loads it, with Secrets Manager's answer in the place of the network. */
function load(): Handler {
  jest.resetModules();
  const sdk = jest.requireActual<{ SecretsManagerClient: typeof SecretsManagerClient }>(
    '@aws-sdk/client-secrets-manager',
  );
  mockClient(sdk.SecretsManagerClient).callsFake(async ({ SecretId }: { SecretId: string }) => {
    secretReads += 1;
    if (SecretId !== 'huntaze/database')
      throw Object.assign(new Error(SecretId), { name: 'ResourceNotFoundException' });
    return { SecretString: secret };
  });
  // The handler keeps its connection to itself; the test closes what it opened.
  const module = jest.requireActual<typeof import('../../../lambda/huntaze-prisma-read/user-database')>(
    '../../../lambda/huntaze-prisma-read/user-database',
  );
  const connect = module.UserDatabase.prototype.findUser;
  jest.spyOn(module.UserDatabase.prototype, 'findUser').mockImplementation(function (this: UserDatabase, id) {
    if (!databases.includes(this)) databases.push(this);
    return connect.call(this, id);
  });
  return jest.requireActual<{ handler: Handler }>('../../../lambda/huntaze-prisma-read/handler').handler;
}

async function read(handler: Handler, event: UserReadEvent): Promise<[number, unknown]> {
  const { statusCode, body } = await handler(event, contextWith());
  return [statusCode, JSON.parse(body)];
}

async function backends(): Promise<number[]> {
  const client = await postgres.connect();
  const { rows } = await client.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'huntaze-prisma-read'",
  );
  await client.end();
  return rows.map(({ pid }) => pid);
}

const kept = {
  id: 'kept',
  email: 'kept@example.com',
  name: 'Kept',
  createdAt: '2025-01-02T03:04:05.000Z',
  updatedAt: '2025-06-07T08:09:10.000Z',
};

test.each([
  ['a user', { userId: 'kept' }, [200, kept]],
  ['a user by path', { pathParameters: { id: 'kept' } }, [200, kept]],
  ['an unknown user', { userId: 'nobody' }, [404, { error: 'User not found' }]],
  ['a deleted user', { userId: 'gone' }, [404, { error: 'User not found' }]],
  ['an id that is SQL', { userId: `' OR "id" = 'kept` }, [404, { error: 'User not found' }]],
  ['no id', {}, [400, { error: 'userId is missing' }]],
])('reads %s', async (_, event, expected) => {
  expect(await read(load(), event)).toEqual(expected);
});

test('one connection and one look at the secret serve many invocations', async () => {
  const handler = load();
  for (let n = 0; n < 5; n += 1) await read(handler, { userId: 'kept' });
  expect(await backends()).toHaveLength(1);
  expect(secretReads).toBe(1);
});

test('the connection is encrypted, and takes its limits with it', async () => {
  await read(load(), { userId: 'kept' });
  const client = await postgres.connect();
  const [pid] = await backends();
  expect((await client.query('SELECT ssl, version FROM pg_stat_ssl WHERE pid = $1', [pid])).rows).toEqual([
    { ssl: true, version: 'TLSv1.3' },
  ]);
  await client.end();
});

describe('a connection that broke is made again, within the same read:', () => {
  test.each<[string, () => Promise<void>]>([
    ['the server was restarted', () => postgres.restart()],
    ['the server was killed and recovered', () => postgres.restart('SIGKILL')],
    [
      'an administrator ended the session',
      async () => {
        const client = await postgres.connect();
        for (const pid of await backends()) await client.query('SELECT pg_terminate_backend($1)', [pid]);
        await client.end();
      },
    ],
  ])(
    '%s',
    async (_, breakIt) => {
      const handler = load();
      expect((await read(handler, { userId: 'kept' }))[0]).toBe(200);
      await breakIt();
      expect((await read(handler, { userId: 'kept' }))[0]).toBe(200);
      expect(await backends()).toHaveLength(1);
    },
    30_000,
  );

  test('the server does not answer any more, as after a long sleep of the container', async () => {
    const sockets: Socket[] = [];
    let first: Socket | undefined;
    let silent = false;
    const proxy = createServer((client) => {
      first ??= client;
      const server = connect(postgres.port, loopback);
      client.on('data', (data) => (client === first && silent) || server.write(data));
      server.on('data', (data) => client.write(data));
      for (const socket of [client, server]) {
        sockets.push(socket);
        socket.on('error', () => undefined);
      }
    });
    const port = await freePort();
    await new Promise<void>((resolve) => proxy.listen(port, loopback, resolve));
    const database = new UserDatabase(async () => urlWith({ port }), { connect: 2_000, statement: 500, answer: 700 });
    databases.push(database);
    expect(await database.findUser('kept')).toMatchObject({ id: 'kept' });
    silent = true;
    expect(await database.findUser('kept')).toMatchObject({ id: 'kept' });
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
});

test('a rotated password is taken up when the old connection is gone', async () => {
  const admin = await postgres.connect();
  await admin.query('CREATE ROLE rotating LOGIN PASSWORD \'first\'; GRANT SELECT ON "User" TO rotating');
  secret = urlWith({ user: 'rotating', password: 'first' });
  const handler = load();
  expect((await read(handler, { userId: 'kept' }))[0]).toBe(200);
  await admin.query("ALTER ROLE rotating PASSWORD 'second'");
  secret = urlWith({ user: 'rotating', password: 'second' });
  for (const pid of await backends()) await admin.query('SELECT pg_terminate_backend($1)', [pid]);
  expect((await read(handler, { userId: 'kept' }))[0]).toBe(200);
  await admin.end();
});

describe('a server that was closed for a consolidation (SQLSTATE 25006)', () => {
  /** The server refuses like one that is fenced; what is read is refused too, as behind a function that writes. */
  async function close(server: Postgres): Promise<void> {
    const admin = await server.connect();
    await admin.query(`
      ALTER TABLE "User" RENAME TO "UserBefore";
      CREATE FUNCTION refuse() RETURNS SETOF "UserBefore" LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'this server is closed to writers' USING ERRCODE = '25006'; END $$;
      CREATE VIEW "User" AS SELECT * FROM refuse()`);
    await admin.end();
  }
  async function open(server: Postgres): Promise<void> {
    const admin = await server.connect();
    await admin.query('DROP VIEW "User"; DROP FUNCTION refuse(); ALTER TABLE "UserBefore" RENAME TO "User"');
    await admin.end();
  }
  let other: Postgres;

  beforeAll(async () => {
    other = await startPostgres();
    const admin = await other.connect();
    await admin.query(`
      CREATE TABLE "User" (
        "id" text PRIMARY KEY, "email" text UNIQUE NOT NULL, "name" text, "passwordHash" text,
        "createdAt" timestamptz NOT NULL, "updatedAt" timestamptz NOT NULL, "deletedAt" timestamptz);
      INSERT INTO "User" VALUES ('kept', 'kept@example.com', 'Moved', '', '2025-01-02T03:04:05Z', '2025-06-07T08:09:10Z', NULL)`);
    await admin.end();
  }, 60_000);
  afterEach(() => open(postgres));
  afterAll(() => other.stop());

  test('the secret is read again, and the same read is answered by the server that it names now', async () => {
    const handler = load();
    expect(await read(handler, { userId: 'kept' })).toEqual([200, kept]);
    await close(postgres);
    secret = urlWith({ port: other.port, password: other.password, ca: other.certificates.authorityFile });
    expect(await read(handler, { userId: 'kept' })).toEqual([200, { ...kept, name: 'Moved' }]);
    expect(secretReads).toBe(2);
    expect(await backends()).toEqual([]);
    // From here on the new connection serves.
    await read(handler, { userId: 'kept' });
    expect(secretReads).toBe(2);
  });

  test('between the two, while the secret names the closed one: 503 each time, and no endless repetition', async () => {
    const handler = load();
    await read(handler, { userId: 'kept' });
    await close(postgres);
    expect(await read(handler, { userId: 'kept' })).toEqual([503, { error: 'Database unavailable' }]);
    expect(secretReads).toBe(2);
    await open(postgres);
    expect((await read(handler, { userId: 'kept' }))[0]).toBe(200);
    await close(postgres);
  });

  test('a container that starts against the closed one asks once and says unavailable', async () => {
    await close(postgres);
    expect((await read(load(), { userId: 'kept' }))[0]).toBe(503);
    expect(secretReads).toBe(1);
  });
});

describe('fails with', () => {
  test.each<[string, number, () => string]>([
    ['a wrong password', 503, () => urlWith({ password: 'wrong-password' })],
    ['a server that is not there', 503, () => urlWith({ port: 1 })],
    ['a name that is not there', 503, () => urlWith({ host: 'nowhere.invalid' })],
    ["a certificate that is for another name than the URL's", 503, () => urlWith({ host: loopback })],
    ['a certificate of nobody known', 503, () => urlWith({ ca: stranger.authorityFile })],
    ['a secret that holds no URL', 500, () => 'secret-that-is-no-url'],
  ])('%s: %i', async (_, status, makeSecret) => {
    secret = makeSecret();
    expect((await read(load(), { userId: 'kept' }))[0]).toBe(status);
    const log = output.text();
    for (const hidden of [postgres.password, 'wrong-password', 'secret-that-is-no-url'])
      expect(log).not.toContain(hidden);
    expect(output.lines()).toMatchObject([{ level: 'ERROR', correlation_id: 'request-1' }]);
  });

  test('a secret that is missing: 500, with the variable and without its value', async () => {
    process.env.DATABASE_URL = urlWith();
    expect((await read(load(), { userId: 'kept' }))[0]).toBe(500);
    expect(output.text()).toContain('DATABASE_URL');
    expect(output.text()).not.toContain(postgres.password);
  });

  test('a query that takes too long: 500, cut off by the server, and the connection stays', async () => {
    const admin = await postgres.connect();
    await admin.query('BEGIN; LOCK TABLE "User" IN ACCESS EXCLUSIVE MODE');
    const database = new UserDatabase(async () => urlWith(), { connect: 2_000, statement: 300, answer: 2_000 });
    databases.push(database);
    const started = Date.now();
    await expect(database.findUser('kept')).rejects.toMatchObject({ code: '57014' });
    expect(Date.now() - started).toBeLessThan(1_500);
    await admin.query('ROLLBACK');
    const [pid] = await backends();
    expect(await database.findUser('kept')).toMatchObject({ id: 'kept' });
    expect(await backends()).toEqual([pid]);
    await admin.end();
  });

  test('an answer that holds more than the user: never', async () => {
    const [, body] = await read(load(), { userId: 'kept' });
    expect(JSON.stringify(body)).not.toContain('hash-nobody-may-see');
  });
});
