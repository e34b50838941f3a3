import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { buildSync, type OutputFile } from 'esbuild';
import { checkedEdgeConfiguration, type EdgeConfiguration } from './edge-configuration';

export type { EdgeConfiguration } from './edge-configuration';

export interface FunctionEntry {
  /** Name as deployed: its source is `lambda/<name>/handler.ts`. */
  readonly name: string;
  /** Lambda handler setting such as `index.handler`: the module part names the output file. */
  readonly handler: string;
}

export interface BundleOptions {
  readonly projectRoot: string;
  /** Folder that receives one folder per function. */
  readonly outdir: string;
  readonly edgeConfiguration: EdgeConfiguration;
}

interface Target extends FunctionEntry {
  readonly module: string;
  readonly source: string;
}

/**
 * Bundles all handlers in one esbuild pass.
 *
 * The result depends on the sources and the edge configuration alone, not on the place of the checkout or of `outdir`, so
 * that an asset's hash is the same on every machine.
 *
 * @returns name → absolute folder that holds `<module>.js` and `<module>.js.map`, and nothing else.
 * @throws Error when a name occurs twice, a handler setting is malformed, `lambda/<name>/handler.ts` is missing, or the
 * sources do not compile.
 */
export function bundleFunctions(
  entries: readonly FunctionEntry[],
  { projectRoot, outdir, edgeConfiguration }: BundleOptions,
): ReadonlyMap<string, string> {
  const root = resolve(projectRoot);
  const targets = checkedTargets(entries, root);
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: targets.map(({ name, module, source }) => ({ in: source, out: `${name}/${module}` })),
    // Nothing is written here: a fixed place keeps the source maps' relative paths free of the real one.
    outdir: root,
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // The Lambda runtime provides both.
    external: ['@aws-sdk/*', '@smithy/*'],
    define: { EDGE_CONFIGURATION: JSON.stringify(checkedEdgeConfiguration(edgeConfiguration)) },
    minifyWhitespace: true,
    minifySyntax: true,
    // Errors are told apart by the names of their classes, in code and in logs.
    keepNames: true,
    // Beside the bundle and not linked from it, so that a package without the map does not point at nothing.
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'none',
    // Paths inside the output stay below the root even where node_modules is a link.
    preserveSymlinks: true,
    logLevel: 'silent',
  });

  return new Map(
    targets.map((target) => {
      const { name } = target;
      const folder = join(resolve(outdir), name);
      replaceFolder(folder, filesOf(target, outputFiles, root));
      return [name, folder];
    }),
  );
}

function checkedTargets(entries: readonly FunctionEntry[], root: string): Target[] {
  const seen = new Set<string>();
  return entries.map((entry) => {
    if (seen.has(entry.name))
      throw new Error(`Function names must be unique, got twice: ${entry.name}. Drop one entry.`);
    seen.add(entry.name);
    const module = /^(?<module>[\w-]+)\.\w+$/.exec(entry.handler)?.groups?.module;
    if (!module) {
      throw new Error(
        `The handler of ${entry.name} must read <module>.<export>, got: ${entry.handler}. Write it as index.handler.`,
      );
    }
    const source = `lambda/${entry.name}/handler.ts`;
    if (!existsSync(join(root, source))) {
      throw new Error(`The function ${entry.name} has no code, got no file at: ${source}. Add it, or drop the entry.`);
    }
    return { ...entry, module, source: `./${source}` };
  });
}

function filesOf({ name, module }: Target, outputs: readonly OutputFile[], root: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const fileName of [`${module}.js`, `${module}.js.map`]) {
    const output = outputs.find(({ path }) => path === join(root, name, fileName));
    if (!output) throw new Error(`esbuild made no ${fileName} for ${name}. Look at its sources.`);
    files.set(fileName, fileName.endsWith('.map') ? rootedSourceMap(output.text, name) : output.text);
  }
  return files;
}

/** A source map whose sources are paths from the project root; names that esbuild made up itself stay as they are. */
function rootedSourceMap(text: string, name: string): string {
  const map = JSON.parse(text) as { sources: string[] };
  return JSON.stringify({
    ...map,
    sources: map.sources.map((source) => (source.startsWith('../') ? posix.join(name, source) : source)),
  });
}

/**
 * Makes a folder hold these files and no others. An equal file is left alone and a new one arrives by renaming, so that
 * a second synth that runs at the same time never sees half a folder.
 */
function replaceFolder(folder: string, files: ReadonlyMap<string, string>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) {
    const path = join(folder, name);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    const draft = `${folder}.${name}.${process.pid}.draft`;
    writeFileSync(draft, text);
    renameSync(draft, path);
  }
  for (const name of readdirSync(folder)) {
    if (!files.has(name)) rmSync(join(folder, name), { recursive: true });
  }
}
