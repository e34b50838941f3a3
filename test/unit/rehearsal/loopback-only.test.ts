import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const guard = resolve(__dirname, '..', '..', '..', 'lib', 'rehearsal', 'loopback-only.cjs');

let server: Server;
let port: number;

beforeAll(async () => {
  server = createServer((_request, response) => response.end('answered'));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => new Promise((closed) => server.close(closed)));

/** What a process with the guard prints: the value of the expression, or why there is none. */
async function printed(expression: string): Promise<string> {
  const code = `(async () => ${expression})().catch((error) => (error.cause ?? error).message).then(console.log)`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--require', guard, '-e', code], { timeout: 20_000 });
  return stdout.trim();
}

const overSocket = (...args: readonly (string | number)[]) =>
  `new Promise((done, fail) => require('node:net').connect(${args.map((arg) => JSON.stringify(arg)).join(', ')})` +
  `.once('connect', function () { this.destroy(); done('connected'); }).once('error', fail))`;

test.each([
  ['fetch, 127.0.0.1', () => `(await fetch('http://127.0.0.1:${port}')).text()`, 'answered'],
  ['socket without a host', () => overSocket(port), 'connected'],
  ['socket to a host', () => overSocket(port, '127.0.0.1'), 'connected'],
])('%s: reached', async (_name, expression, expected) => {
  expect(await printed(expression())).toBe(expected);
});

test.each([
  ['fetch, plain', `fetch('http://platform.invalid/')`, 'platform.invalid'],
  ['fetch, TLS', `fetch('https://platform.invalid/')`, 'platform.invalid'],
  ['fetch, a private address', `fetch('http://10.0.0.1/')`, '10.0.0.1'],
  ['a name that only looks local', `fetch('http://127.0.0.1.platform.invalid/')`, '127.0.0.1.platform.invalid'],
  ['socket', overSocket(80, '192.0.2.1'), '192.0.2.1'],
])('%s: refused before it leaves', async (_name, expression, host) => {
  expect(await printed(expression)).toBe(
    `A rehearsal reaches this machine alone, got: ${host}. Point the function at a local server.`,
  );
});
