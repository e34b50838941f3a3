import type { LegReading } from '../../../../lib/consolidate/aws/telemetry';
import { watchLegs } from '../../../../lib/consolidate/aws/watch';
import type { Databases, Session } from '../../../../lib/consolidate/database/sessions';
import type { Side } from '../../../../lib/consolidate/phases';

interface Answers {
  /** Which leg has a subscription; on which side it is follows. */
  readonly leg?: 'forward' | 'reverse';
  /** Seconds since the last message; null while no worker is connected. */
  readonly age?: number | null;
  readonly lagBytes?: string;
}

/** Servers that answer the three questions that a watch asks. */
const servers = (answer: () => Answers): Pick<Databases, 'read'> => ({
  read: async (_side: Side, work) => {
    const { leg, age = 1, lagBytes = '0' } = answer();
    const session: Session = {
      query: async (sql, values) => {
        const ours = values?.[0] === `consolidation_${leg}`;
        if (sql.includes('last_msg_receipt_time')) return [{ age }] as never;
        if (sql.includes('pg_publication'))
          return [{ role: true, publication: true, published: 1, slot: true, slotActive: true, lagBytes }] as never;
        return [
          { subscription: ours, enabled: ours, workers: 1, relations: 1, ready: 1, applyErrors: 0, syncErrors: 0 },
        ] as never;
      },
    };
    return work(session);
  },
});

async function watched(looks: readonly (() => Answers)[]): Promise<{ readings: LegReading[]; lines: string[] }> {
  const readings: LegReading[] = [];
  const lines: string[] = [];
  const ended = new AbortController();
  let look = 0;
  await watchLegs({
    databases: servers(() => (looks[Math.min(look, looks.length - 1)] ?? (() => ({})))()),
    telemetry: async (reading) => void readings.push(reading),
    print: (line) => {
      lines.push(line);
      look += 1;
      if (look === looks.length) ended.abort();
    },
    signal: ended.signal,
    everyMs: 5,
  });
  return { readings, lines };
}

test.each(['forward', 'reverse'] as const)('%s leg: reports age and lag', async (leg) => {
  const { readings, lines } = await watched([() => ({ leg, age: 3, lagBytes: '4096' })]);
  expect(readings).toEqual([{ heartbeatAgeSeconds: expect.closeTo(3, 0), lagBytes: 4096 }]);
  expect(lines).toEqual([`${leg} leg: last heard 3 s ago, 4096 bytes behind`]);
});

test('no leg: says so, and reports nothing that an alarm could take for health', async () => {
  const { readings, lines } = await watched([() => ({})]);
  expect([readings, lines]).toEqual([[], ['No leg runs.']]);
});

test('a worker that is not connected: the age goes on from the last message', async () => {
  const { readings } = await watched([() => ({ leg: 'reverse', age: 50 }), () => ({ leg: 'reverse', age: null })]);
  expect(readings[1]?.heartbeatAgeSeconds).toBeGreaterThanOrEqual(50);
});

test('a server that cannot be asked: the age grows, and the watch goes on', async () => {
  const fails = (): Answers => {
    throw new Error('connect ECONNREFUSED');
  };
  const { readings, lines } = await watched([
    () => ({ leg: 'reverse', age: 10 }),
    fails,
    () => ({ leg: 'reverse', age: 1 }),
  ]);
  expect(readings[1]?.heartbeatAgeSeconds).toBeGreaterThanOrEqual(10);
  expect(lines[1]).toMatch(/^No reading for \d+ s, because connect ECONNREFUSED$/);
  expect(readings[2]?.heartbeatAgeSeconds).toBeLessThan(3);
});
