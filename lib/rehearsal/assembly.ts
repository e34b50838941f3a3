import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';

const assetManifestSchema = z.object({
  files: z.record(z.string(), z.object({ source: z.object({ path: z.string().optional() }) })).optional(),
  dockerImages: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Holds that a synthesized assembly is whole: every asset lies inside it, and none is an image that a Docker daemon
 * would have to build. A bootstrap run in the project's own folder can leave assets that are the whole project.
 *
 * @param assembly folder of an assembly, or of a Stage inside one.
 * @throws naming the manifest, the asset and the remedy.
 */
export function assertSelfContained(assembly: string): void {
  if (!existsSync(join(assembly, 'manifest.json'))) {
    throw new Error(
      `${assembly} holds no synthesized assembly (manifest.json is missing). Run \`npx cdk synth\` first.`,
    );
  }
  const root = realpathSync(rootOf(resolve(assembly)));
  for (const manifest of assetManifests(root)) {
    const { files = {}, dockerImages = {} } = assetManifestSchema.parse(JSON.parse(readFileSync(manifest, 'utf8')));
    const images = Object.keys(dockerImages);
    if (images.length > 0) {
      throw new Error(
        `${manifest} wants Docker images, got: ${images.join(', ')}. Use file assets: Docker is not touched.`,
      );
    }
    for (const { source } of Object.values(files)) {
      if (source.path === undefined)
        throw new Error(`${manifest} has an asset made by a command. Synthesize it to a file.`);
      const path = resolve(dirname(manifest), source.path);
      const inside = existsSync(path) && relative(root, realpathSync(path)).split(sep)[0] !== '..';
      if (!inside) {
        throw new Error(
          `${manifest} names an asset outside its assembly, got: ${path}. Synthesize into an empty folder.`,
        );
      }
    }
  }
}

/** A Stage's assembly is a folder of the whole one and shares its assets. */
function rootOf(assembly: string): string {
  const parent = dirname(assembly);
  return existsSync(join(parent, 'manifest.json')) && existsSync(join(parent, 'cdk.out')) ? rootOf(parent) : assembly;
}

function assetManifests(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return entry.name.startsWith('assembly-') ? assetManifests(path) : [];
    return entry.name.endsWith('.assets.json') ? [path] : [];
  });
}
