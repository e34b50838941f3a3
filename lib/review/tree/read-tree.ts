import { type Dirent, readdirSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { JsonObject } from '../json';
import { type Cloud, ReviewError, type Stack, stackKey, type Tree } from '../model';
import { readCloudAssembly } from './cloud-assembly';
import { readJson } from './json-file';
import { readTerraformOutput } from './terraform-output';

/** What one manifest gives. */
export interface Reading {
  readonly stacks: readonly Stack[];
  readonly assets?: readonly string[];
  readonly notes: readonly string[];
}

type ManifestReader = (root: string, directory: string, manifest: JsonObject) => Reading;

const manifestName = 'manifest.json';

/** Folders that hold code and assets, never a manifest of ours; an asset may be another project's output. */
const isSkipped = (name: string): boolean =>
  name === 'node_modules' || name.startsWith('.') || name.startsWith('asset.') || name.startsWith('bundling-temp-');

/**
 * Reads every stack below a folder: a `cdk.out`, a `cdktf.out`, or one that holds both.
 *
 * @throws ReviewError when the folder is missing, holds no manifest, or a template cannot be read
 */
export function readTree(directory: string): Tree {
  requireFolder(directory);
  const readings = manifestsBelow(directory).map(({ folder, manifest, reader }) => reader(directory, folder, manifest));
  if (readings.length === 0) throw new ReviewError(noManifest(directory));
  const stacks = new Map<string, Stack>();
  for (const stack of readings.flatMap((reading) => reading.stacks)) {
    const key = stackKey(stack.identity);
    const twin = stacks.get(key);
    if (twin) {
      throw new ReviewError(
        `Two manifests hold the same stack, got: ${key} in ${twin.file} and ${stack.file}. ` +
          'Give a folder that holds one output of each cloud.',
      );
    }
    stacks.set(key, stack);
  }
  if (stacks.size === 0) {
    throw new ReviewError(`The manifests name no stack, got: ${directory}. Synthesize the app, then give its output.`);
  }
  const clouds = new Set([...stacks.values()].map(({ identity }) => identity.cloud));
  return {
    directory,
    stacks,
    clouds: (['aws', 'azure', 'other'] satisfies Cloud[]).filter((cloud) => clouds.has(cloud)),
    assets: new Set(readings.flatMap((reading) => reading.assets ?? [])),
    notes: [...new Set(readings.flatMap((reading) => reading.notes))],
  };
}

function requireFolder(directory: string): void {
  const found = statSync(directory, { throwIfNoEntry: false });
  if (!found) throw new ReviewError(`No such folder, got: ${directory}. Give a cdk.out, a cdktf.out, or their parent.`);
  if (!found.isDirectory()) {
    throw new ReviewError(
      `A file stands where a folder belongs, got: ${directory}. A plan or a single template is not enough: give the ` +
        'cdk.out or cdktf.out that a synth wrote.',
    );
  }
}

interface FoundManifest {
  readonly folder: string;
  readonly manifest: JsonObject;
  readonly reader: ManifestReader;
}

/** Manifests of both tools; an assembly reads what is nested in it by itself, so the search stops there. */
function manifestsBelow(folder: string): readonly FoundManifest[] {
  const entries = sorted(folder);
  const own = entries.some((entry) => entry.name === manifestName && !entry.isDirectory())
    ? readJson(join(folder, manifestName), 'Manifest')
    : undefined;
  const reader = own && readerOf(own);
  if (own && reader) return [{ folder, manifest: own, reader }];
  return entries
    .filter((entry) => entry.isDirectory() && !isSkipped(entry.name))
    .flatMap((entry) => manifestsBelow(join(folder, entry.name)));
}

/** Which tool wrote a manifest: CDK lists artifacts, CDKTF lists stacks. A web app's manifest does neither. */
function readerOf(manifest: JsonObject): ManifestReader | undefined {
  if (typeof manifest.version !== 'string') return undefined;
  if ('stacks' in manifest) return readTerraformOutput;
  if ('artifacts' in manifest) return readCloudAssembly;
  // An assembly of an app without a stack has no artifacts, and says its version alone.
  return Object.keys(manifest).every((key) => ['version', 'missing', 'runtime', 'minimumCliVersion'].includes(key))
    ? readCloudAssembly
    : undefined;
}

function noManifest(directory: string): string {
  const plan = sorted(directory).find((entry) => entry.isFile() && isPlan(join(directory, entry.name)));
  return plan
    ? `A Terraform plan stands where synthesized JSON belongs, got: ${join(directory, plan.name)}. ` +
        'Give the cdktf.out that cdktf synth wrote.'
    : `No manifest of CDK or CDKTF below the folder, got: ${directory}. Give the cdk.out or cdktf.out that a synth wrote.`;
}

/** `terraform show -json` or a binary plan, which is a ZIP archive. */
function isPlan(path: string): boolean {
  if (/\.(tfplan|plan)$|^tfplan$/.test(basename(path))) return true;
  if (!path.endsWith('.json') || statSync(path).size > 50e6) return false;
  try {
    return looksLikePlan(readJson(path, 'File'));
  } catch {
    return false;
  }
}

/** Whether JSON is what `terraform show -json` prints, of a plan or of a state. */
export const looksLikePlan = (json: JsonObject): boolean =>
  'planned_values' in json || 'resource_changes' in json || ('format_version' in json && 'terraform_version' in json);

function sorted(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw new ReviewError(
      `A folder of the tree cannot be read (${error instanceof Error ? error.message : String(error)}), got: ${folder}. ` +
        'Mend its permissions.',
    );
  }
}

/** A path as a note or an error names it. */
export const within = (root: string, path: string): string => relative(root, path) || '.';
