import { readSequences, type Sequence } from './database/catalogue';
import type { Databases } from './database/sessions';
import { otherSide, type Side } from './phases';

/** Values that go unused: what sessions have cached, and what a refused transaction still draws. */
const headroom = 1_000n;

/**
 * Where the sequence continues on the other server. Runs ahead by the headroom, but not past its end.
 *
 * @returns undefined for one that was never used
 */
export function continuedAt({ lastValue, increment, min, max }: Sequence): bigint | undefined {
  if (lastValue === undefined) return undefined;
  const ahead = lastValue + increment * headroom;
  return ahead > max ? max : ahead < min ? min : ahead;
}

const behind = (there: bigint | undefined, wanted: bigint, increment: bigint): boolean =>
  there === undefined || (increment > 0n ? there < wanted : there > wanted);

/**
 * Moves every sequence to where the other server's stands, and beyond. Never back: done again, it changes nothing.
 *
 * @returns number of sequences that stand at least there now
 */
export async function moveSequences(databases: Databases, from: Side): Promise<number> {
  const to = otherSide(from);
  const [wanted, there] = await Promise.all([from, to].map((side) => databases.read(side, readSequences)));
  const standing = new Map(there?.map((sequence) => [sequence.label, sequence]));
  const moves = (wanted ?? []).flatMap((sequence) => {
    const value = continuedAt(sequence);
    const now = standing.get(sequence.label)?.lastValue;
    // What it had drawn is enough to have been there; the headroom is not added a second time.
    return value !== undefined &&
      sequence.lastValue !== undefined &&
      behind(now, sequence.lastValue, sequence.increment)
      ? [{ sql: sequence.sql, value }]
      : [];
  });
  if (moves.length > 0) {
    await databases.change(to, async (session) => {
      for (const { sql, value } of moves) {
        await session.query('select setval($1::regclass, $2::bigint, true)', [sql, String(value)]);
      }
    });
  }
  return wanted?.length ?? 0;
}

/** Sequences that would hand out a value twice. */
export async function sequencesBehind(databases: Databases, from: Side): Promise<string[]> {
  const [wanted, there] = await Promise.all([from, otherSide(from)].map((side) => databases.read(side, readSequences)));
  const standing = new Map(there?.map((sequence) => [sequence.label, sequence]));
  return (wanted ?? [])
    .filter(
      ({ label, lastValue, increment }) =>
        lastValue !== undefined && behind(standing.get(label)?.lastValue, lastValue, increment),
    )
    .map(({ label }) => label);
}
