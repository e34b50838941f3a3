import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { constructsVersion, successorOf, successors, withSuccessors } from './successor';

/** What an entry reaches: files of the project, and packages. */
export interface Reach {
  /** Relative to the project, sorted. */
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

/** Follows the imports of a TypeScript entry; types alone do not count. */
export async function reachOf(projectRoot: string, entry: string): Promise<Reach> {
  const { metafile } = await build({
    absWorkingDir: projectRoot,
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    packages: 'external',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const external = Object.values(metafile.inputs)
    .flatMap(({ imports }) => imports)
    .filter((imported) => imported.external === true && !imported.path.startsWith('node:'))
    .map(({ path }) => packageOf(path));
  return { files: Object.keys(metafile.inputs).sort(), packages: [...new Set(external)].sort() };
}

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** The manifest of the scratch copy: exact versions, those of the project except where a successor has its own. */
export function scratchManifest(
  packages: readonly string[],
  installedVersion: (name: string) => string,
): Readonly<Record<string, unknown>> {
  const dependencies = packages.map((name): [string, string] => {
    const successor = successorOf(name);
    if (successor) return [successor.to, successor.version];
    return [name, name === 'constructs' ? constructsVersion : installedVersion(name)];
  });
  const engine = successors.find(({ from }) => from === 'cdktf');
  return {
    name: 'huntaze-estate-on-cdk-terrain',
    private: true,
    dependencies: Object.fromEntries([
      ...dependencies,
      ['constructs', constructsVersion],
      ['tsx', installedVersion('tsx')],
    ]),
    // The provider still asks for the engine of one minor version before.
    overrides: engine ? { '@cdktn/provider-azurerm': { [engine.to]: engine.version } } : {},
  };
}

/** Writes the rewritten copy of everything that `entry` reaches. */
export async function writeScratch(projectRoot: string, entry: string, directory: string): Promise<Reach> {
  const reach = await reachOf(projectRoot, entry);
  for (const file of reach.files) {
    const target = join(directory, file);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, withSuccessors(readFileSync(join(projectRoot, file), 'utf8')));
  }
  cpSync(join(projectRoot, 'tsconfig.json'), join(directory, 'tsconfig.json'));
  const manifestOf = createRequire(join(projectRoot, 'package.json'));
  const installedVersion = (name: string): string => versionIn(manifestOf.resolve.paths(name) ?? [], name);
  writeFileSync(
    join(directory, 'package.json'),
    `${JSON.stringify(scratchManifest(reach.packages, installedVersion), null, 2)}\n`,
  );
  return reach;
}

/** A package's `exports` may hide its manifest from `require.resolve`. */
function versionIn(folders: readonly string[], name: string): string {
  for (const folder of folders) {
    try {
      return (JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as { version: string }).version;
    } catch {}
  }
  throw new Error(`Package is not installed, got: ${name}. Run npm ci.`);
}
