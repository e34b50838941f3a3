import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { ConsolidationStop } from '../errors';
import { StateConflictError, type StateStore } from '../ports';
import { type RunState, runStateSchema } from '../state';

/** Versions that stay for a person to look at. */
const kept = 20;
const pattern = /^state\.(\d+)\.json$/;

/**
 * A state in a folder of this machine. Each version is a file of its own that is written, forced to disk and then linked
 * into place: a link fails when the name is taken, which is the condition, and a reader never sees half a file.
 */
export function fileStore(directory: string): StateStore {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const versions = (): number[] =>
    readdirSync(directory)
      .flatMap((name) => pattern.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  const pathOf = (version: number) => join(directory, `state.${version}.json`);

  return {
    description: directory,
    async read() {
      const version = versions().at(-1);
      if (version === undefined) return undefined;
      return { version, state: parseState(readFileSync(pathOf(version), 'utf8'), pathOf(version)) };
    },
    async write(state, expected) {
      const version = expected + 1;
      if ((versions().at(-1) ?? 0) !== expected) throw conflict(directory, expected);
      const draft = join(directory, `draft.${process.pid}.${version}`);
      writeDurably(draft, `${JSON.stringify(state, null, 2)}\n`);
      try {
        linkSync(draft, pathOf(version));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw conflict(directory, expected);
        throw error;
      } finally {
        rmSync(draft, { force: true });
      }
      syncFolder(directory);
      for (const old of versions().slice(0, -kept)) rmSync(pathOf(old), { force: true });
      return version;
    },
  };
}

const conflict = (directory: string, expected: number): StateConflictError =>
  new StateConflictError(`State in ${directory} is no longer version ${expected}.`);

/** @throws ConsolidationStop `state-corrupt` naming the place and the first field that is wrong */
function parseState(text: string, place: string): RunState {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConsolidationStop('state-corrupt', `${place} is no JSON: ${(error as Error).message}.`);
  }
  const parsed = runStateSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ConsolidationStop(
    'state-corrupt',
    `${place} is no state of a run: ${issue?.path.join('.')} ${issue?.message}.`,
  );
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'w', 0o600);
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
}

function syncFolder(directory: string): void {
  const folder = openSync(directory, 'r');
  fsyncSync(folder);
  closeSync(folder);
}
