import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { create, extract } from 'tar';

/** Hexadecimal SHA-256 of a file's bytes. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

export const textHash = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Packs a synthesized tree into one file: equal trees give equal bytes, whenever and wherever they are packed.
 *
 * @returns the hash of the archive
 */
export async function packTree(directory: string, file: string): Promise<string> {
  const epoch = new Date(0);
  await create(
    // `portable` leaves out owners and machines; a fixed time and order leave out the rest.
    { file, cwd: directory, gzip: { level: 9 }, portable: true, mtime: epoch, noDirRecurse: true },
    pathsOf(directory),
  );
  return fileHash(file);
}

/**
 * Unpacks an archive that must be exactly the one that was named.
 *
 * @throws when its bytes have another hash, and when the folder exists
 */
export async function unpackTree(file: string, expectedHash: string, directory: string): Promise<void> {
  const hash = await fileHash(file);
  if (hash !== expectedHash) {
    throw new Error(`${file} is not the archive that was approved, got: ${hash}, expected: ${expectedHash}.`);
  }
  if (existsSync(directory))
    throw new Error(`The folder exists already, got: ${directory}. Remove it or name another.`);
  mkdirSync(directory, { recursive: true });
  await extract({ file, cwd: directory, strict: true });
}

/** Every file below a folder, in an order that no locale decides. */
function pathsOf(directory: string, below = ''): string[] {
  return readdirSync(join(directory, below), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      return entry.isDirectory() ? pathsOf(directory, path) : [path];
    });
}
