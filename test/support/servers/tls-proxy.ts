import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { Certificates } from './certificates';
import { freePort, loopback } from './loopback';

export interface TlsProxy {
  readonly port: number;
  stop(): Promise<void>;
}

/** Speaks TLS on a free port and passes what it hears to a server that does not. */
export async function startTlsProxy(
  upstreamPort: number,
  { certificateFile, keyFile }: Certificates,
): Promise<TlsProxy> {
  const sockets = new Set<Socket>();
  const server = createServer({ cert: readFileSync(certificateFile), key: readFileSync(keyFile) }, (client) => {
    const upstream = connect(upstreamPort, loopback);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  });
  server.on('tlsClientError', () => undefined);
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, loopback, resolve));
  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
