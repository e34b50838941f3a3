import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** Files of the build context, beside the Dockerfile. */
export const contextFiles = ['Dockerfile', 'estate.cjs', 'estate.cjs.map'] as const;

export interface RunnerImageOptions {
  readonly projectRoot: string;
  /** Folder that becomes the build context, and holds nothing else afterwards. */
  readonly outdir: string;
}

/**
 * Makes the build context of the consolidation's image: the whole command line in one file, and the Dockerfile.
 *
 * One file, because the project's own dependencies come to more than a gigabyte (both cloud frameworks among them), of
 * which the command line needs a few megabytes.
 *
 * @throws Error of esbuild when the sources do not compile
 */
export function runnerImageContext({ projectRoot, outdir }: RunnerImageOptions): void {
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  buildSync({
    absWorkingDir: projectRoot,
    entryPoints: ['./bin/estate.ts'],
    outfile: join(outdir, 'estate.cjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // Optional parts of libraries that are not installed, and tools that a container does not run.
    external: ['pg-native', 'esbuild', 'aws-cdk-lib', 'cdktf', '@cdktf/*', 'tsx'],
    minifyWhitespace: true,
    minifySyntax: true,
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'silent',
  });
  copyFileSync(join(projectRoot, 'lib', 'consolidate', 'image', 'Dockerfile'), join(outdir, 'Dockerfile'));
}
