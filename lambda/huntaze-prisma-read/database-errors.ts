import { types } from 'node:util';
import { DatabaseError } from 'pg';

/** What an error of the database comes to for the caller. */
export type Failure = 'conflict' | 'not found' | 'bad reference' | 'unavailable' | 'unknown';

/** Status that the deployed function gives for each Prisma error, here for what PostgreSQL calls it. */
export const failureStatus: Readonly<Record<Failure, number>> = {
  /** P2002 */
  conflict: 409,
  /** P2025 */
  'not found': 404,
  /** P2003 */
  'bad reference': 400,
  /** P1000 to P1003, P1008, P1011, P1017 */
  unavailable: 503,
  unknown: 500,
};

/** SQLSTATEs, or classes of them (two characters), by what they mean. PostgreSQL 17, appendix A. */
const sqlStates: readonly (readonly [string, Failure])[] = [
  ['23505', 'conflict'],
  ['P0002', 'not found'],
  ['23503', 'bad reference'],
  // Connection exceptions, refused credentials, unknown database, too many connections, shutdown or start-up of the server.
  ['08', 'unavailable'],
  ['28', 'unavailable'],
  ['3D000', 'unavailable'],
  // A server that was closed to writers, and is still closed where the secret points now.
  ['25006', 'unavailable'],
  ['53300', 'unavailable'],
  ['57P', 'unavailable'],
];

/** Sorts an error of `pg`, of the socket or of TLS below it. */
export function classify(error: unknown): Failure {
  if (error instanceof DatabaseError) {
    return sqlStates.find(([state]) => error.code?.startsWith(state))?.[1] ?? 'unknown';
  }
  return isConnectionError(error) ? 'unavailable' : 'unknown';
}

/** True when the error says that the connection did not come about or is lost, whatever the query was. */
export function isConnectionError(error: unknown): boolean {
  if (error instanceof DatabaseError) return /^(08|57P0[123])/.test(error.code ?? '');
  if (!types.isNativeError(error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return (
    socketErrors.has(code ?? '') ||
    /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/.test(code ?? '') ||
    driverMessages.some((message) => error.message.includes(message))
  );
}

/**
 * True when the server refuses because it is read-only: a consolidation has closed it, and the secret names another one
 * or soon will. The refused statement has done nothing, so it may be repeated elsewhere.
 */
export const isClosedServer = (error: unknown): boolean => error instanceof DatabaseError && error.code === '25006';

const socketErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** What pg 8.23 says when it has no code to give. */
const driverMessages = [
  'Connection terminated',
  'timeout expired',
  'Query read timeout',
  'Client was closed and is not queryable',
  'Client has encountered a connection error and is not queryable',
  'The server does not support SSL connections',
];
