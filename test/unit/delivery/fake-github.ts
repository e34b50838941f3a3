import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GitHub } from '../../../lib/delivery/github';

export interface Comment {
  readonly id: number;
  readonly user: { readonly login: string };
  body: string;
  readonly html_url: string;
}

export interface FakePullRequest {
  readonly number: number;
  readonly head: { readonly sha: string; readonly repo: { readonly id: number } | null };
  readonly base: { readonly repo: { readonly id: number } };
}

export interface Issue {
  readonly number: number;
  title: string;
  body: string;
  state: string;
  readonly html_url: string;
}

/** What GitHub knows, and what it was told. */
export class FakeGitHub {
  pullRequests: FakePullRequest[] = [];
  comments: Comment[] = [];
  issues: Issue[] = [];
  statuses: {
    readonly sha: string;
    readonly state: string;
    readonly context: string;
    readonly description: string;
    readonly target_url?: string;
  }[] = [];
  sarifs: { readonly commit_sha: string; readonly ref: string; readonly sarif: string }[] = [];
  archives = new Map<number, Buffer>();
  artifacts: {
    readonly id: number;
    readonly name: string;
    readonly size_in_bytes: number;
    readonly expired: boolean;
  }[] = [];
  files = new Map<string, string>();
  mergeBase = 'b'.repeat(40);
  codeScanning = true;
  readonly requests: string[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      void this.answer(request).then(({ status, body, next }) => {
        if (next !== undefined) response.setHeader('link', `<http://${request.headers.host}${next}>; rel="next"`);
        const isBuffer = Buffer.isBuffer(body);
        response.writeHead(status, { 'content-type': isBuffer ? 'application/zip' : 'application/json' });
        response.end(isBuffer ? body : JSON.stringify(body));
      });
    });
  }

  async start(): Promise<GitHub> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const { port } = this.server.address() as AddressInfo;
    return new GitHub({ repository: 'example-org/estate', token: 'a-token', apiUrl: `http://127.0.0.1:${port}` });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(
    request: IncomingMessage,
  ): Promise<{ readonly status: number; readonly body: unknown; readonly next?: string }> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const path = decodeURIComponent(url.pathname).replace('/repos/example-org/estate', '');
    const key = `${request.method} ${path}`;
    this.requests.push(key);
    const body = await read(request);
    const ok = (value: unknown, status = 200) => ({ status, body: value });
    const page = (values: readonly unknown[]) => {
      const size = Number(url.searchParams.get('per_page') ?? 30);
      const number = Number(url.searchParams.get('page') ?? 1);
      const answer = ok(values.slice((number - 1) * size, number * size));
      if (number * size >= values.length) return answer;
      url.searchParams.set('page', String(number + 1));
      return { ...answer, next: `${url.pathname}${url.search}` };
    };
    const found = (pattern: RegExp): string[] | undefined => pattern.exec(key)?.slice(1);

    if (key === 'GET /pulls') return page(this.pullRequests);
    if (key === 'POST /code-scanning/sarifs') {
      if (!this.codeScanning) return ok({ message: 'Advanced Security must be enabled' }, 403);
      this.sarifs.push(body);
      return ok({ id: '1' }, 202);
    }
    const sha = found(/^POST \/statuses\/(.+)$/);
    if (sha) {
      this.statuses.push({ sha: sha[0] ?? '', ...body });
      return ok({}, 201);
    }
    const compared = found(/^GET \/compare\/(.+)$/);
    if (compared) return ok({ merge_base_commit: { sha: this.mergeBase } });
    const content = found(/^GET \/contents\/(.+)$/);
    if (content) {
      const text = this.files.get(`${url.searchParams.get('ref')}:${content[0]}`);
      if (text === undefined) return ok({ message: 'Not Found' }, 404);
      return ok({ type: 'file', encoding: 'base64', content: Buffer.from(text).toString('base64') });
    }
    if (found(/^GET \/actions\/runs\/(\d+)\/artifacts$/)) return ok({ artifacts: this.artifacts });
    const archive = found(/^GET \/actions\/artifacts\/(\d+)\/zip$/);
    if (archive) return ok(this.archives.get(Number(archive[0])));
    const commented = found(/^POST \/issues\/(\d+)\/comments$/);
    if (found(/^GET \/issues\/(\d+)\/comments$/)) return page(this.comments);
    if (commented) {
      const comment = {
        id: this.comments.length + 1,
        user: { login: 'github-actions[bot]' },
        ...body,
        html_url: 'comment',
      };
      this.comments.push(comment);
      return ok(comment, 201);
    }
    const updated = found(/^PATCH \/issues\/comments\/(\d+)$/);
    if (updated) {
      const comment = this.comments.find(({ id }) => id === Number(updated[0]));
      Object.assign(comment ?? {}, body);
      return ok(comment);
    }
    if (key === 'GET /issues') return page(this.issues.filter(({ state }) => state === 'open'));
    if (key === 'POST /issues') {
      const issue = { number: this.issues.length + 1, state: 'open', ...body, html_url: 'issue' };
      this.issues.push(issue);
      return ok(issue, 201);
    }
    const edited = found(/^PATCH \/issues\/(\d+)$/);
    if (edited) {
      const issue = this.issues.find(({ number }) => number === Number(edited[0]));
      Object.assign(issue ?? {}, body);
      return ok(issue);
    }
    return ok({ message: `Not known to the fake: ${key}` }, 501);
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a body is whatever the client sent.
async function read(request: IncomingMessage): Promise<any> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : JSON.parse(text);
}
