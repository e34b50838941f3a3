import { types } from 'node:util';

/**
 * What a log may say of any error: its class, or its code where the class says nothing. Messages of libraries can quote
 * tokens, addresses or a message's content.
 */
export function errorName(error: unknown): string {
  if (!types.isNativeError(error)) return 'UnknownError';
  // Many libraries leave `name` as it is and tell their errors apart by class.
  const name = /^error$/i.test(error.name) ? error.constructor.name : error.name;
  const { code } = error as NodeJS.ErrnoException;
  return /^(Aggregate)?Error$/.test(name) && typeof code === 'string' ? code : name;
}
