import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let ofThisProcess: string | undefined;

/** What the processes of one run of the tests share; `run-folder.cjs` makes it and removes it. */
function runFolder(): string {
  ofThisProcess ??= process.env.HUNTAZE_TEST_RUN ?? mkdtempSync(join(tmpdir(), 'huntaze-test-'));
  return ofThisProcess;
}

/**
 * A folder that one process makes and all others of the run find made.
 *
 * Two that begin at the same time both make it; the first to end gives it its name, so that nobody sees half of one.
 */
export function madeOnce(name: string, make: (folder: string) => void): string {
  const folder = join(runFolder(), name);
  if (existsSync(folder)) return folder;
  const draft = mkdtempSync(`${folder}-`);
  make(draft);
  try {
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}
