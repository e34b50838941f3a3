import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { realTime, requestIdHeader, type ServerTime } from './time';

export interface AiRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What goes wrong with one request. */
export type Fault =
  /** Answers this instead of doing anything. */
  | { readonly kind: 'answer'; readonly reply: WholeReply }
  /** Takes the request and says nothing. */
  | { readonly kind: 'hang' }
  /** Closes the connection without an answer. */
  | { readonly kind: 'refuse' }
  /** So many milliseconds before the first byte and before each further piece. */
  | { readonly kind: 'slow'; readonly first: number; readonly between: number }
  /** Closes the connection after so many pieces of the answer. */
  | { readonly kind: 'cut'; readonly pieces: number };

export interface WholeReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** An answer in pieces. Each piece is one write on the wire. */
export interface StreamedReply {
  readonly headers: Readonly<Record<string, string>>;
  readonly pieces: readonly string[];
  /** Told how many pieces were sent: all of them, or those before the end of the connection. */
  readonly sent: (pieces: number) => void;
}

export type AiReply = WholeReply | StreamedReply;

export interface AiServerOptions {
  /** @default the real one */
  readonly time?: ServerTime;
}

/** What every local model server has: a loopback port, faults on demand, answers in pieces. */
export abstract class AiServer {
  protected readonly time: ServerTime;
  /** Asked for each request before it is answered. */
  faults: (request: AiRequest) => Fault | undefined = () => undefined;
  private readonly server: Server;

  constructor({ time = realTime }: AiServerOptions = {}) {
    this.time = time;
    this.server = createServer((incoming, outgoing) => {
      this.take(incoming, outgoing).catch(() => outgoing.destroy());
    });
  }

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, '127.0.0.1', resolve);
    });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  protected abstract reply(request: AiRequest): Promise<AiReply> | AiReply;

  private async take(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const id = incoming.headers[requestIdHeader] as string | undefined;
    const request: AiRequest = {
      method: incoming.method ?? '',
      url: new URL(incoming.url ?? '/', 'http://local'),
      headers: incoming.headers,
      body: await text(incoming),
    };
    const fault = this.faults(request);
    if (fault?.kind === 'refuse') {
      outgoing.destroy();
      return;
    }
    if (fault?.kind === 'hang') {
      await this.time.sleep(Number.POSITIVE_INFINITY, id);
      return;
    }
    if (fault?.kind === 'slow') await this.time.sleep(fault.first, id);
    if (outgoing.destroyed) return;
    const reply = fault?.kind === 'answer' ? fault.reply : await this.reply(request);
    if ('pieces' in reply) await this.stream(outgoing, reply, fault, id);
    else sendWhole(outgoing, reply);
  }

  private async stream(
    outgoing: ServerResponse,
    { headers, pieces, sent }: StreamedReply,
    fault: Fault | undefined,
    id: string | undefined,
  ): Promise<void> {
    outgoing.writeHead(200, headers);
    outgoing.flushHeaders();
    for (const [index, piece] of pieces.entries()) {
      if (fault?.kind === 'cut' && index === fault.pieces) {
        sent(index);
        // What was written must arrive before the connection ends, as it would over a network.
        outgoing.socket?.end();
        return;
      }
      if (fault?.kind === 'slow' && fault.between > 0 && index > 0) await this.time.sleep(fault.between, id);
      if (outgoing.destroyed) {
        sent(index);
        return;
      }
      await new Promise((resolve) => outgoing.write(piece, resolve));
    }
    sent(pieces.length);
    outgoing.end();
  }
}

function sendWhole(outgoing: ServerResponse, { status, headers, body }: WholeReply): void {
  outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
  outgoing.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** One server-sent event. */
export const sse = (data: unknown, event?: string): string =>
  `${event ? `event: ${event}\n` : ''}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

export const sseHeaders = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' } as const;
