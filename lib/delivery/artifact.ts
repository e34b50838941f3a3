import { mkdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Entry, fromBufferPromise } from 'yauzl';

/** What an archive from a stranger may be at most. The estate's own has about 60 files and 5 MB, unpacked. */
export interface ArtifactLimits {
  /** Bytes of the archive itself. */
  readonly archiveBytes: number;
  readonly entries: number;
  /** Unpacked bytes of one file. */
  readonly fileBytes: number;
  /** Unpacked bytes of all files. */
  readonly totalBytes: number;
  /** Characters of a path. */
  readonly pathLength: number;
  /** Folders above a file. */
  readonly depth: number;
}

export const artifactLimits: ArtifactLimits = {
  archiveBytes: 64 * 1024 ** 2,
  entries: 2_000,
  fileBytes: 32 * 1024 ** 2,
  totalBytes: 256 * 1024 ** 2,
  pathLength: 200,
  depth: 8,
};

/** Something about an archive that its maker could have meant as an attack. */
export class ArtifactError extends Error {
  override readonly name = 'ArtifactError';
}

/** One path segment. No leading dot: hidden files configure tools. */
const segment = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
const stored = 0;
const deflated = 8;
const encryptedFlag = 0x1;
const fileTypeMask = 0o170000;
const regularFile = 0o100000;

/**
 * Unpacks synthesized output that somebody else's code packed. Every entry is judged before the first one is written,
 * only JSON is written, and nothing of a refused archive stays.
 *
 * @param directory must not exist; it is made, and removed again when the archive is refused
 * @returns paths of the files written, in order
 * @throws ArtifactError naming the entry, what is wrong with it and the limit
 */
export async function unpackArtifact(
  archive: Buffer,
  directory: string,
  limits: ArtifactLimits = artifactLimits,
): Promise<readonly string[]> {
  if (archive.length > limits.archiveBytes) {
    throw new ArtifactError(
      `The archive is too large, got: ${archive.length} bytes of at most ${limits.archiveBytes}.`,
    );
  }
  mkdirSync(directory, { recursive: false });
  try {
    // Sizes are compared with what really comes out, so an entry cannot claim to be smaller than it is.
    const zip = await fromBufferPromise(archive, { validateEntrySizes: true, strictFileNames: true });
    const entries: Entry[] = [];
    for await (const entry of zip.eachEntry()) {
      entries.push(entry);
      if (entries.length > limits.entries)
        throw new ArtifactError(`More than ${limits.entries} entries in the archive.`);
    }
    const files = judge(entries, limits);
    for (const entry of files) {
      const path = join(directory, entry.fileName);
      mkdirSync(dirname(path), { recursive: true });
      // `wx`: a path that exists already, a link among them, is an error and never followed.
      const target = await open(path, 'wx', 0o600);
      await pipeline(await zip.openReadStreamPromise(entry), target.createWriteStream());
    }
    return files.map(({ fileName }) => fileName);
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    if (error instanceof ArtifactError) throw error;
    throw new ArtifactError(`The archive cannot be read, got: ${printable((error as Error).message)}.`);
  }
}

/** Entries to write, in order. */
function judge(entries: readonly Entry[], limits: ArtifactLimits): readonly Entry[] {
  const seen = new Set<string>();
  const files: Entry[] = [];
  let total = 0;
  for (const entry of entries) {
    const refuse = (what: string): never => {
      throw new ArtifactError(`Entry ${printable(entry.fileName)}: ${what}.`);
    };
    const isFolder = entry.fileName.endsWith('/');
    const path = isFolder ? entry.fileName.slice(0, -1) : entry.fileName;
    const segments = path.split('/');
    if (path.length > limits.pathLength) refuse(`the path is longer than ${limits.pathLength} characters`);
    if (segments.length > limits.depth) refuse(`the path is deeper than ${limits.depth} folders`);
    if (!segments.every((part) => segment.test(part)))
      refuse('the path is not one of letters, digits, dots and hyphens');
    if ((entry.generalPurposeBitFlag & encryptedFlag) !== 0) refuse('it is encrypted');
    if (entry.compressionMethod !== stored && entry.compressionMethod !== deflated) {
      refuse(`its compression is unknown, got: ${entry.compressionMethod}`);
    }
    const type = (entry.externalFileAttributes >>> 16) & fileTypeMask;
    if (!isFolder && type !== 0 && type !== regularFile) refuse('it is a link or another special file');
    // Lower case: two names that a file system takes for one could hide each other.
    const key = path.toLowerCase();
    if (seen.has(key)) refuse('the path appears twice');
    seen.add(key);
    if (entry.uncompressedSize > limits.fileBytes) refuse(`it is larger than ${limits.fileBytes} bytes`);
    total += entry.uncompressedSize;
    if (total > limits.totalBytes) refuse(`with it, the archive unpacks to more than ${limits.totalBytes} bytes`);
    if (!isFolder && path.endsWith('.json')) files.push(entry);
  }
  if (files.length === 0) throw new ArtifactError('No JSON file in the archive: the pull request synthesized nothing.');
  return files;
}

/** Text from an archive, for a message: short, and with nothing that a terminal or Markdown acts upon. */
export const printable = (text: string): string => text.replace(/[^A-Za-z0-9 ._/:-]/g, '?').slice(0, 120);
