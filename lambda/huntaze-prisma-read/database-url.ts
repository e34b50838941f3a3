import { readFileSync } from 'node:fs';

/** Amazon's certificate authorities, those of RDS among them, as the Node.js 20 runtime of Lambda carries them. */
export const lambdaCertificates = '/var/runtime/ca-cert.pem';

export interface DatabaseTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Prisma's `schema` parameter. @default public */
  readonly schema: string;
  /** PEM file of the authorities that the server's certificate must come from (libpq's `sslrootcert` parameter). */
  readonly certificatesFile: string;
}

/** A secret that holds no usable database URL. Its message never repeats a part of it. */
class DatabaseUrlError extends Error {
  override readonly name = 'DatabaseUrlError';
}

/**
 * Reads a database URL, the text of the secret itself or the field `url` or `DATABASE_URL` of a JSON object.
 *
 * TLS parameters of the URL (`sslmode`, `sslaccept`) are ignored: the connection is always encrypted and the certificate
 * always verified, also where the URL asks for less.
 *
 * @throws DatabaseUrlError
 */
export function parseDatabaseUrl(secretText: string): DatabaseTarget {
  const text = urlIn(secretText.trim());
  if (!text || !URL.canParse(text)) throw new DatabaseUrlError(refusal('no URL'));
  const url = new URL(text);
  if (!/^postgres(ql)?:$/.test(url.protocol)) throw new DatabaseUrlError(refusal('a URL of another kind'));
  const database = decodeURIComponent(url.pathname.slice(1));
  const schema = url.searchParams.get('schema') || 'public';
  if (!url.hostname || !url.username || !url.password || !database) {
    throw new DatabaseUrlError(refusal('a URL without host, user, password or database'));
  }
  if (!/^[A-Za-z_]\w{0,62}$/.test(schema)) throw new DatabaseUrlError(refusal('a schema that is no plain name'));
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
    schema,
    certificatesFile: url.searchParams.get('sslrootcert') || lambdaCertificates,
  };
}

/** @throws DatabaseUrlError when the file cannot be read: without it, no certificate can be verified. */
export function readCertificates({ certificatesFile }: DatabaseTarget): string {
  try {
    return readFileSync(certificatesFile, 'utf8');
  } catch (error) {
    throw new DatabaseUrlError(
      `The certificate authorities cannot be read from ${certificatesFile}, got: ${(error as NodeJS.ErrnoException).code}. ` +
        'Give the path of a PEM file as sslrootcert in the database URL.',
    );
  }
}

function urlIn(text: string): string | undefined {
  if (!text.startsWith('{')) return text;
  try {
    const fields = JSON.parse(text) as Record<string, unknown>;
    const value = fields.url ?? fields.DATABASE_URL;
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

const refusal = (found: string) =>
  `The database secret must hold postgresql://user:password@host:port/database, got: ${found}. Put such a URL into it.`;
