import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

export interface PlatformRequest {
  readonly route: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Named parts of the route's pattern. */
  readonly params: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a string as it is. */
  readonly body: unknown;
}

/** What goes wrong with one request. `after`: the platform has done its part when it happens. */
export type Fault =
  /** Answers this instead of doing anything. */
  | { readonly kind: 'answer'; readonly reply: Reply }
  /** Does its part, then answers this. */
  | { readonly kind: 'answer-after'; readonly reply: Reply }
  | { readonly kind: 'cut-before' }
  | { readonly kind: 'cut-after' }
  /** Does its part and answers after so many milliseconds. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Does its part, runs this, and never answers. */
  | { readonly kind: 'hook-after'; readonly run: () => void };

export interface Route {
  readonly name: string;
  readonly method: string;
  /** Matches the whole path. */
  readonly pattern: RegExp;
  readonly handle: (request: PlatformRequest) => Reply;
}

export const malformed: Reply = { body: '{"data": {"id": "17', headers: { 'content-type': 'application/json' } };
export const gatewayError: Reply = {
  status: 502,
  body: '<html>Bad Gateway</html>',
  headers: { 'content-type': 'text/html' },
};

/** A platform on a loopback port: routes that work, and faults that tests put before them. */
export class PlatformServer {
  /** All requests, in order. */
  readonly requests: PlatformRequest[] = [];
  private readonly faults = new Map<string, Fault[]>();
  private server: Server | undefined;

  constructor(private readonly routes: readonly Route[]) {}

  /** The next requests of a route go wrong in this order; those after them work. */
  fail(route: string, ...faults: readonly Fault[]): void {
    if (!this.routes.some(({ name }) => name === route)) throw new Error(`There is no route, got: ${route}.`);
    this.faults.set(route, [...(this.faults.get(route) ?? []), ...faults]);
  }

  requestsOf(route: string): PlatformRequest[] {
    return this.requests.filter((request) => request.route === route);
  }

  /** Forgets requests and faults. */
  clear(): void {
    this.requests.length = 0;
    this.faults.clear();
  }

  /** @returns the address. */
  async start(): Promise<string> {
    const server = createServer((incoming, outgoing) => {
      this.answer(incoming, outgoing).catch(() => outgoing.destroy());
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    this.server = server;
    return this.url;
  }

  get url(): string {
    const address = this.server?.address();
    if (typeof address !== 'object' || !address)
      throw new Error('The platform is not started, got no address. Start it.');
    return `http://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  }

  private async answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const url = new URL(incoming.url ?? '/', 'http://platform');
    const route = this.routes.find(({ method, pattern }) => method === incoming.method && pattern.test(url.pathname));
    if (!route) {
      send(outgoing, { status: 404, body: { error: 'no such route' } });
      return;
    }
    const request: PlatformRequest = {
      route: route.name,
      method: route.method,
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body,
      params: { ...route.pattern.exec(url.pathname)?.groups },
    };
    this.requests.push(request);
    await this.respond(outgoing, this.faults.get(route.name)?.shift(), () => route.handle(request));
  }

  private async respond(outgoing: ServerResponse, fault: Fault | undefined, work: () => Reply): Promise<void> {
    switch (fault?.kind) {
      case undefined:
        return send(outgoing, work());
      case 'answer':
        return send(outgoing, fault.reply);
      case 'answer-after':
        work();
        return send(outgoing, fault.reply);
      case 'cut-before':
        outgoing.destroy();
        return;
      case 'cut-after':
        work();
        outgoing.destroy();
        return;
      case 'slow': {
        const reply = work();
        await sleep(fault.ms);
        return send(outgoing, reply);
      }
      case 'hook-after':
        work();
        fault.run();
        return;
    }
  }
}

function send(outgoing: ServerResponse, { status = 200, headers, body }: Reply): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
  outgoing.end(text);
}

export function formOf({ body }: PlatformRequest): URLSearchParams {
  return new URLSearchParams(body.toString('utf8'));
}

export function jsonBodyOf<T>({ body }: PlatformRequest): T {
  return JSON.parse(body.toString('utf8')) as T;
}
