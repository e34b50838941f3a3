import Table from 'cli-table3';
import type { HybridCheck, Verdict } from './check';

/** Characters of each column: with its borders the table is a hundred wide. */
const columnWidths = [9, 28, 7, 43];

/** What a verdict is called for people. */
const words: Readonly<Record<Verdict, string>> = { ok: 'ok', open: 'open', stop: 'STOP' };

/** The check as one table, with a summary line. */
export function renderCheck(check: HybridCheck): string {
  const table = new Table({
    head: ['Topic', 'What', 'Verdict', 'Found'],
    colWidths: columnWidths.map((width) => width + 2),
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  table.push(...check.rows.map(({ topic, what, verdict, found }) => [topic, what, words[verdict], found]));
  const count = (verdict: Verdict): number => check.rows.filter((row) => row.verdict === verdict).length;
  return [
    `Account ${check.account}, ${check.today}: public access ${check.publicAccess}, link ${check.linkStage}`,
    table.toString(),
    `${check.rows.length} rows: ${count('ok')} ok, ${count('open')} open, ${count('stop')} that stop a deploy`,
  ].join('\n');
}
