/**
 * Every reason for which the tool stops, with what a person does about it. `docs/consolidation.md` has a heading for
 * each; a test holds that.
 */
export const stops = {
  'bad-input': 'Correct the value and run the command again. Nothing was changed.',
  'wrong-account': 'Use the credentials of the account that the settings name. Nothing was changed.',
  'not-encrypted': 'Name the encrypted instance as the target. Nothing was changed.',
  swapped: 'Name the instance that takes the writes as the source. Nothing was changed.',
  'no-rights': 'Connect as the master user, or grant what the message names. Nothing was changed.',
  'other-run': 'Finish or roll back the run that the message names, with its own state.',
  'survey-blocks': 'Do what each finding says, or accept a decision with --accept <id>; then run again.',
  'flag-needed': 'Read what the plan says about this phase, then run again with the flag.',
  'lease-held': 'Another runner works on this run. Wait until it ends or its lease runs out, then run again.',
  'lease-lost': 'This runner was too slow to renew its lease, and stopped. Run again: it goes on from the facts.',
  'stale-epoch': 'A newer runner has taken over. Leave it alone, or wait until its lease runs out and run again.',
  'both-open':
    'Both servers take writes. Close one now: `rollback` closes the target, `run` goes on when one is closed.',
  'entry-check': 'Mend what the message names, then run again.',
  'prepared-transactions': 'COMMIT PREPARED or ROLLBACK PREPARED each one on the source, then run again.',
  'fence-timeout': 'Look for the sessions that the message names, end them, then run again. The source is open.',
  'schema-drift': 'Apply the same statement to the other server (or undo it), then run again.',
  'apply-stopped': "Read the subscriber's log for the reason, mend it, then run again.",
  'path-cut':
    'Look at the path between the two servers (address, security-group rules, certificate), mend it, then run again: it goes on from the facts.',
  'storage-full':
    "Raise the instance's allocated storage (an online change), or see what filled it; then run again: it goes on from the facts.",
  'server-away':
    'Bring the server that does not answer back, then run again: it goes on from the facts. `status` says who waits meanwhile.',
  'slot-lost': 'The server gave up the slot. Roll back and begin again with more max_slot_wal_keep_size.',
  'out-of-time': 'The message says what did not come about. Look at it, then run again.',
  'outage-budget': 'The source is open again and nothing is lost. Find out what was slow, then run again.',
  differs: 'Do not open. Roll back, keep both logs, and find out who wrote to the closed server.',
  'quarantine-differs': 'Somebody wrote to the quarantine or the target. Run again: quarantine is done anew.',
  'snapshot-missing':
    'Wait until the snapshot is available, then run again: before the reset, one that is gone is taken anew.',
  'sessions-remain': 'Restart the client that the message names; the old server refuses its writes meanwhile.',
  soaking: 'Nothing to do: run again when the time has passed, or roll back.',
  'nothing-to-undo': 'There is no active run. `status` says what was the last one.',
  'no-way-back': 'The reverse leg has ended: restore from the final snapshot, or move on.',
  'state-corrupt': 'Move the state away; the next run adopts what the databases say.',
} as const;
export type StopCode = keyof typeof stops;

/** The tool stops here. Not a defect: the message says what is so, the remedy what to do. */
export class ConsolidationStop extends Error {
  override readonly name = 'ConsolidationStop';
  readonly remedy: string;

  constructor(
    readonly code: StopCode,
    message: string,
    remedy: string = stops[code],
  ) {
    super(message);
    this.remedy = remedy;
  }
}

/** Whether it is the network or a restarting server, so that the same step may succeed a moment later. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: string }).code ?? '';
  return (
    /^(08|57P0)/.test(code) ||
    ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', '40001', '40P01', '55006'].includes(code) ||
    /Connection terminated|Client has encountered a connection error|timeout expired/i.test(error.message)
  );
}

export const isStop = (error: unknown): error is ConsolidationStop => error instanceof ConsolidationStop;
