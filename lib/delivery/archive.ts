import { createHash } from 'node:crypto';
import { copyFileSync, createReadStream, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

/**
 * Works on the unpacked tree of an archive that must be exactly the one that was named.
 *
 * @param work gets the tree, and the folder around it, which this user alone can read and which goes with it
 * @throws as {@link unpackTree}
 */
export async function withTree<T>(
  archive: string,
  hash: string,
  work: (tree: string, scratch: string) => Promise<T>,
): Promise<T> {
  const scratch = mkdtempSync(join(tmpdir(), 'estate-tree-'));
  try {
    // A copy: what was hashed is what is read, whatever happens to the file meanwhile.
    const copy = join(scratch, 'tree.tgz');
    copyFileSync(archive, copy);
    const tree = join(scratch, 'tree');
    await unpackTree(copy, hash, tree);
    return await work(tree, scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
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
