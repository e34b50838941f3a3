import { createServer } from 'node:http';
import { loopback } from '../../rehearsal/servers/loopback';

/** Lets other processes of the rehearsal call the methods of an object. Loopback only. */
export async function serveMethods(target: object): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void answer(target, Buffer.concat(chunks).toString('utf8')).then((body) => response.end(JSON.stringify(body)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, loopback, resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://${loopback}:${port}/`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

interface Answer {
  readonly result?: unknown;
  readonly error?: string;
}

async function answer(target: object, body: string): Promise<Answer> {
  try {
    const { method, args } = JSON.parse(body) as { method: string; args: never[] };
    const result = await (target as Record<string, (...values: never[]) => unknown>)[method]?.(...args);
    return { result: result ?? null };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** Calls a method of the object that is served there. What it leaves undefined arrives as null. */
export async function callMethod<T>(url: string, method: string, ...args: unknown[]): Promise<T> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify({ method, args }) });
  const { result, error } = (await response.json()) as { result?: T; error?: string };
  if (error !== undefined) throw new Error(error);
  return result as T;
}
