import { setTimeout as wait } from 'node:timers/promises';
import { type Leg, legs, readLeg } from '../database/legs';
import type { Databases, Session } from '../database/sessions';
import type { Telemetry } from './telemetry';

export interface WatchOptions {
  readonly databases: Pick<Databases, 'read'>;
  readonly telemetry: Telemetry;
  /** Takes a line for each reading. */
  readonly print: (line: string) => void;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Milliseconds between two readings; the alarm looks every minute. @default 20000 */
  readonly everyMs?: number;
}

/**
 * Reports the running leg until it is told to end: it reads, holds no lease, and may stand beside a run and through a
 * soak, when no run is under way.
 *
 * The age is that of the last message from the publisher. A publisher that has nothing to send still sends a keepalive,
 * every half of its `wal_sender_timeout` (30 s on RDS), so the age stays small while both live and are connected, and
 * grows whatever the cause is when they do not.
 */
export async function watchLegs({
  databases,
  telemetry,
  print,
  signal,
  everyMs = 20_000,
}: WatchOptions): Promise<void> {
  let heard = Date.now();
  while (!signal.aborted) {
    const reading = await readRunningLeg(databases as Databases).catch((error: Error) => error);
    if (reading === undefined) print('No leg runs.');
    else if (reading instanceof Error) {
      // Nobody could be asked: the age grows by the time that passes.
      const heartbeatAgeSeconds = (Date.now() - heard) / 1_000;
      print(`No reading for ${Math.round(heartbeatAgeSeconds)} s, because ${reading.message}`);
      await telemetry({ heartbeatAgeSeconds, lagBytes: 0 });
    } else {
      heard = Date.now() - (reading.ageSeconds ?? (Date.now() - heard) / 1_000) * 1_000;
      const heartbeatAgeSeconds = Math.max(0, (Date.now() - heard) / 1_000);
      const { lagBytes } = reading;
      print(`${reading.leg} leg: last heard ${Math.round(heartbeatAgeSeconds)} s ago, ${lagBytes} bytes behind`);
      await telemetry({ heartbeatAgeSeconds, lagBytes });
    }
    await wait(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

interface RunningLeg {
  readonly leg: Leg['name'];
  /** Undefined while no worker is connected. */
  readonly ageSeconds?: number;
  readonly lagBytes: number;
}

/** The leg that has a subscription: the run never has both, but for the moments between two steps. */
async function readRunningLeg(databases: Databases): Promise<RunningLeg | undefined> {
  for (const leg of [legs.reverse, legs.forward]) {
    const facts = await readLeg(databases, leg);
    if (!facts.subscription) continue;
    const ageSeconds = await databases.read(leg.subscriber, (session) => ageOf(session, leg));
    return {
      leg: leg.name,
      ...(ageSeconds !== undefined && { ageSeconds }),
      lagBytes: facts.lagBytes ?? 0,
    };
  }
  return undefined;
}

async function ageOf(session: Session, { object }: Leg): Promise<number | undefined> {
  const [row] = await session.query<{ age: number | null }>(
    `select extract(epoch from clock_timestamp() - max(last_msg_receipt_time))::float8 as age
     from pg_stat_subscription where subname = $1 and pid is not null and relid is null`,
    [object],
  );
  return row?.age ?? undefined;
}
