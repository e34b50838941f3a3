import { ConsolidationStop } from '../errors';

/** What the secret of the applications says of the server, whatever its shape. */
export interface SecretTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

const defaultPort = 5432;

/** Fields of a JSON secret that hold a URL, and those of the shape that RDS itself writes. */
const urlFields = ['url', 'DATABASE_URL'] as const;

/**
 * Reads the secret: a URL as its whole text; a JSON object with `url` or `DATABASE_URL`; or one with `host`, `port`,
 * `username`, `password` and `dbname`, as RDS writes it.
 *
 * @throws ConsolidationStop `entry-check` when it names no server, or two; no message repeats a part of it
 */
export function secretTarget(text: string, secret: string): SecretTarget {
  const document = parse(text, secret);
  const urls = document.urls.map((url) => targetOf(url, secret));
  const [first] = urls;
  const fields = document.fields && fieldsTarget(document.fields);
  const target = first ?? fields;
  if (target === undefined) throw refusal(secret, 'no URL, and no host');
  const all = [...urls, ...(fields ? [fields] : [])];
  if (all.some(({ host, port }) => host !== target.host || port !== target.port)) {
    throw refusal(secret, 'parts that name different servers');
  }
  return target;
}

/** The same secret with another host and port: user, password, database and every parameter stay as they are. */
export function withServer(text: string, secret: string, server: { host: string; port: number }): string {
  secretTarget(text, secret);
  const { json } = parse(text, secret);
  if (json === undefined) return moved(text.trim(), server);
  const changed = { ...json };
  for (const field of urlFields) {
    const value = changed[field];
    if (typeof value === 'string') changed[field] = moved(value, server);
  }
  if ('host' in changed) {
    changed.host = server.host;
    // As the number or the text that it was; applications may tell the two apart.
    changed.port = typeof changed.port === 'string' ? String(server.port) : server.port;
  }
  return JSON.stringify(changed);
}

interface Parsed {
  readonly json?: Readonly<Record<string, unknown>>;
  readonly urls: readonly string[];
  readonly fields?: Readonly<Record<string, unknown>>;
}

function parse(text: string, secret: string): Parsed {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{')) return { urls: [trimmed] };
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(trimmed) as Record<string, unknown>;
  } catch {
    throw refusal(secret, 'text that is neither a URL nor JSON');
  }
  return {
    json,
    urls: urlFields.flatMap((field) => (typeof json[field] === 'string' ? [json[field]] : [])),
    ...(typeof json.host === 'string' && { fields: json }),
  };
}

function targetOf(text: string, secret: string): SecretTarget {
  if (!URL.canParse(text)) throw refusal(secret, 'no URL');
  const url = new URL(text);
  if (!/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '') throw refusal(secret, 'a URL of another kind');
  return {
    host: url.hostname,
    port: Number(url.port || defaultPort),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
  };
}

const fieldsTarget = (json: Readonly<Record<string, unknown>>): SecretTarget => ({
  host: String(json.host),
  port: Number(json.port ?? defaultPort),
  user: String(json.username ?? ''),
  password: String(json.password ?? ''),
  database: String(json.dbname ?? json.database ?? ''),
});

/**
 * Only host and port are written: a URL that is taken apart and put together again comes out with other escapes, and an
 * application may not read them alike.
 */
function moved(url: string, { host, port }: { host: string; port: number }): string {
  const authority = url.match(/^([a-z]+:\/\/(?:[^@/?#]*@)?)([^/?#]*)(.*)$/s);
  if (authority === null) return url;
  const [, before = '', , after = ''] = authority;
  return `${before}${host}:${port}${after}`;
}

const refusal = (secret: string, found: string): ConsolidationStop =>
  new ConsolidationStop(
    'entry-check',
    `Secret ${secret} must hold postgresql://user:password@host:port/database, or JSON with url, DATABASE_URL or host, got: ${found}.`,
    'Put such a value into the secret, then run again.',
  );
