import type { Side } from '../../lib/consolidate/phases';
import {
  cannotMount,
  type DiskPart,
  fillDisk,
  putOnSmallDisk,
  type SmallDisk,
} from '../../lib/consolidate/rehearsal/disk';
import { strikes } from '../../lib/consolidate/rehearsal/faults';
import { back, forward, useStage } from './support';

/** Skipped, with the reason in its name, where it cannot be real. */
const reason = cannotMount();
const full = reason === undefined ? test : test.skip;
const named = (name: string) => (reason === undefined ? name : `${name} (skipped: ${reason})`);

const megabytes = 400;

const parts: readonly {
  readonly part: DiskPart;
  readonly points: readonly string[];
  readonly configuration: readonly string[];
}[] = [
  { part: 'tables', points: ['after:forward subscription', 'before:the target catches up'], configuration: [] },
  // No segment of the log is used again: the next one needs room of its own.
  { part: 'pg_wal', points: ['before:the target catches up'], configuration: ['wal_keep_size = 1GB'] },
];

describe.each(parts)('a full disk under $part', ({ part, points, configuration }) => {
  let disk: SmallDisk | undefined;
  afterAll(async () => {
    await stage().servers.target.stop();
    disk?.remove();
  }, 30_000);
  // A server that its own log brought down does not come back by itself: it need not be waited for.
  const stage = useStage({ settings: { retryMs: 5_000, leaseMs: 30_000 }, configuration: { target: configuration } });

  full.each(points.map((at) => [named(`${part}, ${at}`), at] as const))(
    '%s: the tool says so, and goes on when there is room again',
    async (_, at) => {
      const { target } = stage().servers;
      disk ??= await putOnSmallDisk(target, part, megabytes);
      const small = disk;
      const fault = fillDisk(at, small);
      const { at: strike, hit } = strikes(stage(), [fault]);
      const told: { code?: string; message?: string }[] = [];
      await forward(stage(), {
        at: strike,
        async onStop({ code, message }) {
          told.push({ code, message });
          small.giveBack();
          // What RDS does once the storage has grown.
          if (!target.alive) await target.start();
          return code === 'storage-full';
        },
      });
      expect(hit).toEqual([fault]);
      expect(told).toEqual([
        { code: 'storage-full', message: expect.stringMatching(/^The disk of the target is full: /) },
      ]);
      const rows = (side: Side) => stage().query(side, 'select count(*)::int as rows from app.bulk_01');
      expect(await rows('target')).toEqual(await rows('source'));
      await back(stage());
    },
    600_000,
  );
});
