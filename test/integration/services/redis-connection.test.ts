import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisConnection, type RedisOptions } from '../../../lambda/huntaze-rate-limiter/redis-connection';
import { type Certificates, makeCertificates } from '../../support/servers/certificates';
import { freePort, loopback } from '../../support/servers/loopback';
import { startTlsProxy, type TlsProxy } from '../../support/servers/tls-proxy';
import { startValkey, type Valkey } from '../../support/servers/valkey';

const token = 'auth-token-of-the-test';
let directory: string;
let certificates: Certificates;
let plain: Valkey;
let guarded: Valkey;
let plainTls: TlsProxy;
let guardedTls: TlsProxy;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'huntaze-tls-'));
  certificates = makeCertificates(directory);
  [plain, guarded] = await Promise.all([startValkey(), startValkey({ password: token })]);
  plainTls = await startTlsProxy(plain.port, certificates);
  guardedTls = await startTlsProxy(guarded.port, certificates);
}, 120_000);

afterAll(async () => {
  await Promise.all([plainTls.stop(), guardedTls.stop()]);
  await Promise.all([plain.stop(), guarded.stop()]);
  rmSync(directory, { recursive: true });
});

const reasons: string[] = [];
const open: RedisConnection[] = [];
function connectionTo(options: Omit<RedisOptions, 'onError'>): RedisConnection {
  const connection = new RedisConnection({ ...options, onError: (reason) => reasons.push(reason) });
  open.push(connection);
  return connection;
}
afterEach(() => {
  for (const connection of open.splice(0)) connection.close();
  reasons.length = 0;
});

const ping = (connection: RedisConnection) => connection.run((client) => client.ping());

test.each([
  ['plain', () => ({ host: loopback, port: plain.port })],
  ['AUTH', () => ({ host: loopback, port: guarded.port, readPassword: async () => token })],
  ['TLS', () => ({ host: 'localhost', port: plainTls.port, tls: { ca: certificates.authority } })],
  [
    'TLS and AUTH',
    () => ({
      host: 'localhost',
      port: guardedTls.port,
      tls: { ca: certificates.authority },
      readPassword: async () => token,
    }),
  ],
])('connects: %s', async (_, options) => {
  expect(await ping(connectionTo(options()))).toBe('PONG');
});

describe('throws when', () => {
  test.each([
    [
      'the token is wrong',
      () => ({ host: loopback, port: guarded.port, readPassword: async () => 'wrong' }),
      /WRONGPASS/,
    ],
    ['the token is missing', () => ({ host: loopback, port: guarded.port }), /NOAUTH/],
    ['the certificate is of nobody known', () => ({ host: 'localhost', port: plainTls.port, tls: {} }), /certificate/],
    [
      'the certificate is for another name',
      () => ({ host: loopback, port: plainTls.port, tls: { ca: certificates.authority } }),
      /altnames|IP/,
    ],
    [
      'the token cannot be read',
      () => ({ host: loopback, port: guarded.port, readPassword: () => Promise.reject(new Error('no secret')) }),
      /no secret/,
    ],
  ])('%s', async (_, options, message) => {
    await expect(ping(connectionTo(options()))).rejects.toThrow(message);
    expect(JSON.stringify(reasons)).not.toContain(token);
  });

  test('nobody listens, soon', async () => {
    const started = Date.now();
    await expect(ping(connectionTo({ host: loopback, port: await freePort() }))).rejects.toThrow();
    expect(Date.now() - started).toBeLessThan(3_000);
    expect(reasons).toContain('ECONNREFUSED');
  });

  test('the server is silent, within the time of an invocation', async () => {
    const sockets: Socket[] = [];
    const silent: Server = createServer((socket) => sockets.push(socket));
    const port = await freePort();
    await new Promise<void>((resolve) => silent.listen(port, loopback, resolve));
    const started = Date.now();
    await expect(ping(connectionTo({ host: loopback, port }))).rejects.toThrow();
    expect(Date.now() - started).toBeLessThan(15_000);
    for (const socket of sockets) socket.destroy();
    silent.close();
  }, 20_000);
});

test('connects once for many commands', async () => {
  const admin = await plain.connect();
  const before = Number(/total_connections_received:(\d+)/.exec(await admin.info('stats'))?.[1]);
  const connection = connectionTo({ host: loopback, port: plain.port });
  await Promise.all(Array.from({ length: 50 }, () => ping(connection)));
  for (let n = 0; n < 5; n += 1) await ping(connection);
  const after = Number(/total_connections_received:(\d+)/.exec(await admin.info('stats'))?.[1]);
  expect(after - before).toBe(1);
  admin.destroy();
});

test('a restarted server is found again, by commands beside each other too', async () => {
  const connection = connectionTo({ host: loopback, port: plain.port });
  await ping(connection);
  await plain.restart();
  expect(await Promise.all(Array.from({ length: 5 }, () => ping(connection)))).toEqual(Array(5).fill('PONG'));
});

test('a rotated token is taken up at the next connect', async () => {
  const admin = await guarded.connect();
  let current = token;
  const connection = connectionTo({ host: loopback, port: guarded.port, readPassword: async () => current });
  await ping(connection);
  await admin.configSet('requirepass', 'rotated-token-of-the-test');
  current = 'rotated-token-of-the-test';
  await admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
  expect(await ping(connection)).toBe('PONG');
  await admin.configSet('requirepass', token);
  admin.destroy();
});
