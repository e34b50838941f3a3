import type { ChangeKind, Impact } from '../model';

/** Weakest first. What nobody knows stands above what is known to stay, and below what is known to go. */
const order: readonly Impact[] = ['none', 'update', 'unknown', 'may-replace', 'replace'];

export const strongest = (impacts: readonly Impact[]): Impact =>
  impacts.reduce<Impact>((a, b) => (order.indexOf(a) >= order.indexOf(b) ? a : b), 'none');

/** What a resource that stays in its template goes through. */
export const kindOf = (impact: Impact): ChangeKind =>
  impact === 'replace' || impact === 'may-replace' ? impact : 'update';
