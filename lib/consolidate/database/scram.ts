import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/** Work factor that PostgreSQL itself uses by default (scram_iterations). */
const iterations = 4096;

/** 256 random bits, in characters that need no quoting in a connection string. */
export const randomPassword = (): string => randomBytes(32).toString('base64url');

/**
 * What PostgreSQL stores for a password (RFC 5803), so that the statement which makes a role holds no password: a log
 * that captures it learns nothing that opens a session.
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const key = (name: string) => createHmac('sha256', salted).update(name).digest();
  const stored = createHash('sha256').update(key('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${key('Server Key').toString('base64')}`;
}
