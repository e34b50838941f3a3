import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { giveToPostgres, postgresIdentity } from '../../rehearsal/servers/postgres-binaries';
import type { Fault } from './faults';
import type { RehearsalServer } from './server';
import type { Stage } from './stage';

/** Bytes that a server's file system has left. */
export const freeBytes = (path: string): number => {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
};

/** Why no small file system can be mounted here, which is the way to a full disk that is real; undefined where it can. */
export function cannotMount(): string | undefined {
  if (process.platform !== 'linux') return 'tmpfs is of Linux';
  if (process.getuid?.() !== 0) return 'only root may mount';
  const place = mkdtempSync(join(tmpdir(), 'huntaze-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', place], { stdio: 'ignore' });
    execFileSync('umount', [place], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'this machine refuses to mount';
  } finally {
    rmdirSync(place);
  }
}

/** What lies on the small disk: every file but the log of changes, or that log alone. */
export type DiskPart = 'tables' | 'pg_wal';

/** A file system of its own under a server's files. */
export interface SmallDisk {
  readonly part: DiskPart;
  /** Takes what room is left. */
  fill(): void;
  /** Gives it back. */
  giveBack(): void;
  /** Takes the file system away; the server must stand still. */
  remove(): void;
}

/**
 * Moves a part of a server's files onto a disk of its own. The other part stays where there is room: an error when a
 * table grows, and a crash when the log does, are two faults.
 *
 * @param megabytes size of the disk
 */
export async function putOnSmallDisk(server: RehearsalServer, part: DiskPart, megabytes: number): Promise<SmallDisk> {
  await server.stop();
  const log = join(server.data, 'pg_wal');
  if (part === 'tables') {
    const elsewhere = `${server.data}-pg_wal`;
    renameSync(log, elsewhere);
    execFileSync('ln', ['-s', elsewhere, log]);
  }
  const place = part === 'tables' ? server.data : log;
  const before = `${place}.before`;
  renameSync(place, before);
  mkdirSync(place, { mode: 0o700 });
  const { uid = process.getuid?.() ?? 0, gid = process.getgid?.() ?? 0 } = postgresIdentity() ?? {};
  const options = `size=${megabytes}m,mode=0700,uid=${uid},gid=${gid}`;
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', place]);
  execFileSync('cp', ['-a', `${before}/.`, place]);
  rmSync(before, { recursive: true });
  await server.start();
  const ballast = join(place, 'ballast');
  return {
    part,
    fill() {
      const file = openSync(ballast, 'w');
      giveToPostgres(ballast);
      // Smaller and smaller pieces, until not one byte more fits.
      for (const piece of [1 << 20, 1 << 12, 1]) while (fits(file, piece));
      closeSync(file);
    },
    giveBack: () => rmSync(ballast, { force: true }),
    remove: () => execFileSync('umount', ['--lazy', place]),
  };
}

function fits(file: number, bytes: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(bytes)) === bytes;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    return false;
  }
}

/** The target's disk has no room, and more rows come than it can take. */
export const fillDisk = (point: string, disk: SmallDisk): Fault => ({
  name: `disk full on the target (${disk.part})`,
  point,
  async strike(stage: Stage) {
    disk.fill();
    await stage.query(
      'source',
      `insert into app.bulk_01 (id, kind, body)
         select top.id + i, 1, repeat(md5(i::text), 20)
         from (select max(id) as id from app.bulk_01) top, generate_series(1, 100000) i`,
    );
  },
});
