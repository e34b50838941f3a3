/**
 * What a log may say of any error: its class. Messages of libraries can quote tokens, addresses or a message's content.
 */
export function errorName(error: unknown): string {
  if (!(error instanceof Error)) return 'UnknownError';
  // Many libraries leave `name` as it is and tell their errors apart by class.
  return /^error$/i.test(error.name) ? error.constructor.name : error.name;
}
