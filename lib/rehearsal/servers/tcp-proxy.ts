import { connect, createServer, type Socket } from 'node:net';
import { loopback } from './loopback';

export interface TcpProxy {
  readonly port: number;
  /** Connections that it has refused or broken since the last cut. */
  readonly broken: () => number;
  /** Breaks every connection and lets none through. */
  cut(): void;
  heal(): void;
  stop(): Promise<void>;
}

/** A network path on a free loopback port that can be cut. */
export async function startTcpProxy(upstreamPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let cut = false;
  let broken = 0;
  const server = createServer((client) => {
    if (cut) {
      broken += 1;
      client.destroy();
      return;
    }
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
  await new Promise<void>((resolve) => server.listen(0, loopback, resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    broken: () => broken,
    cut: () => {
      cut = true;
      broken = sockets.size / 2;
      for (const socket of sockets) socket.destroy();
    },
    heal: () => {
      cut = false;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
