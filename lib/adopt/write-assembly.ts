import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type AsFoundStack, liveCodeKey } from './as-found';
import type { AssemblyStack } from './assembly';
import { type Facts, factKey } from './facts';
import { AdoptionError } from './plan';

interface Artifact {
  readonly type: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
  readonly additionalMetadataFile?: string;
  readonly [member: string]: unknown;
}

interface AssetFile {
  readonly displayName?: string;
  readonly source: { readonly path: string; readonly packaging: string };
  readonly destinations: Readonly<Record<string, { readonly objectKey: string; readonly [member: string]: unknown }>>;
}

interface AssetManifest {
  readonly version: string;
  readonly files: Readonly<Record<string, AssetFile>>;
}

export interface WriteOptions {
  readonly rendered: readonly AsFoundStack[];
  readonly facts: Facts;
  /** Folder of the packages that the look-up kept. */
  readonly codeFolder: string;
  /** Written anew. */
  readonly directory: string;
}

/**
 * Writes the as-found rendering as an assembly of its own, which `cdk import --app` takes: the audited one with other
 * templates, the stacks that have something to import, and the live packages of functions in place of the new ones.
 *
 * @returns folder for `--app` of each stack, by stack name, with its resource mapping beside it
 * @throws AdoptionError when a package is missing
 */
export function writeAsFoundAssembly({ rendered, facts, codeFolder, directory }: WriteOptions) {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const places = new Map<string, { readonly app: string; readonly mapping: string; readonly id: string }>();
  for (const folder of new Set(rendered.map(({ stack }) => stack.folder))) {
    const stacks = rendered.filter(({ stack }) => stack.folder === folder);
    const staged = stacks.some(({ stack }) => stack.staged);
    const app = staged ? join(directory, basename(folder)) : directory;
    mkdirSync(app, { recursive: true });
    writeManifest(folder, app, stacks, facts, codeFolder);
    for (const { stack, mapping } of stacks) {
      const path = join(directory, `${stack.stackName}.mapping.json`);
      writeJson(path, mapping);
      places.set(stack.stackName, { app, mapping: path, id: artifactOf(stack) });
    }
  }
  return places;
}

/** A Stage's own folder knows its stacks by what comes behind the slash. */
const artifactOf = ({ id }: AssemblyStack): string => id.slice(id.lastIndexOf('/') + 1);

function writeManifest(
  from: string,
  to: string,
  stacks: readonly AsFoundStack[],
  facts: Facts,
  codeFolder: string,
): void {
  const manifest = readJson<{ version: string; artifacts: Record<string, Artifact> }>(join(from, 'manifest.json'));
  const artifacts: Record<string, Artifact> = {};
  for (const [id, artifact] of Object.entries(manifest.artifacts)) {
    const rendered = stacks.find(({ stack }) => stack.templateFile === artifact.properties?.templateFile);
    if (artifact.type !== 'aws:cloudformation:stack' || rendered === undefined) continue;
    const assets = `${id}.assets`;
    const { hash, manifest: files } = assetsOf(from, to, manifest.artifacts[assets], rendered, facts, codeFolder);
    const { additionalMetadataFile: _metadata, ...rest } = artifact;
    artifacts[assets] = {
      type: 'cdk:asset-manifest',
      properties: { ...manifest.artifacts[assets]?.properties, file: files },
    };
    artifacts[id] = {
      ...rest,
      // What a stack depends on may have nothing to import.
      dependencies: [assets],
      properties: {
        ...artifact.properties,
        stackTemplateAssetObjectUrl: String(artifact.properties?.stackTemplateAssetObjectUrl).replace(
          /[0-9a-f]{64}(?=\.json$)/,
          hash,
        ),
      },
    };
  }
  writeJson(join(to, 'manifest.json'), { version: manifest.version, artifacts });
}

function assetsOf(
  from: string,
  to: string,
  artifact: Artifact | undefined,
  { stack, template }: AsFoundStack,
  facts: Facts,
  codeFolder: string,
): { readonly hash: string; readonly manifest: string } {
  const text = `${JSON.stringify(template, null, 1)}\n`;
  const hash = createHash('sha256').update(text).digest('hex');
  writeFileSync(join(to, stack.templateFile), text);
  const name = String(artifact?.properties?.file);
  const { version, files } = readJson<AssetManifest>(join(from, name));
  const own = Object.values(files).find(({ source }) => source.path === stack.templateFile);
  if (own === undefined) {
    throw new AdoptionError(`No asset holds the template of ${stack.stackName}, got: ${name}. Synthesize it again.`);
  }
  const kept: Record<string, AssetFile> = { [hash]: withKey(own, stack.templateFile, 'file', `${hash}.json`) };
  for (const logicalId of Object.keys(template.Resources)) {
    const code = facts.resources[factKey(stack.stackName, logicalId)]?.live?.code;
    if (code?.file === undefined) continue;
    const source = join(codeFolder, code.file);
    if (!existsSync(source)) {
      throw new AdoptionError(`The package of a function is gone, got: ${source}. Look the account up again.`);
    }
    copyFileSync(source, join(to, `live.${code.file}`));
    kept[code.sha256] = withKey(own, `live.${code.file}`, 'file', liveCodeKey(code.sha256));
  }
  writeJson(join(to, name), { version, files: kept });
  return { hash, manifest: name };
}

const withKey = ({ destinations }: AssetFile, path: string, packaging: string, objectKey: string): AssetFile => ({
  source: { path, packaging },
  destinations: Object.fromEntries(
    Object.entries(destinations).map(([id, destination]) => [id, { ...destination, objectKey }]),
  ),
});

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;
const writeJson = (path: string, value: unknown) => writeFileSync(path, `${JSON.stringify(value, null, 1)}\n`);
