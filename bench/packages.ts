import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { constants, type ZlibOptions } from 'node:zlib';
import { bundleFunctions } from '../lib/build/bundle';
import type { DeployedSize } from '../lib/estate/deployed-sizes';
import { modelledFunctions } from '../lib/estate/functions';

interface Archive extends Readable {
  append(content: Buffer, entry: { readonly name: string; readonly date: Date; readonly mode: number }): this;
  finalize(): Promise<void>;
}

/** Brings no types. */
const archiver = require('archiver') as (format: 'zip', options: { readonly zlib: ZlibOptions }) => Archive;
/** That of the CDK CLI; the packer's own default is the fastest. */
const zlib: ZlibOptions = { level: constants.Z_DEFAULT_COMPRESSION };
/** Earliest date that a zip archive can hold, as the CLI writes it: an equal package has equal bytes. */
const date = new Date('1980-01-01T00:00:00.000Z');

/** A pool of no account: real deployments build theirs into the edge functions. */
const edgeConfiguration = { region: 'us-east-1', userPoolId: 'us-east-1_Benchmark', clientId: 'benchmark' };

/** Bundles every function as a synth does. @returns name → folder. */
export function bundleAll(projectRoot: string, outdir: string): ReadonlyMap<string, string> {
  return bundleFunctions(modelledFunctions, { projectRoot, outdir, edgeConfiguration });
}

/**
 * Bytes of a bundle's folder as a zip archive, source maps left out as in the deployed package. The CDK CLI's archive is 16
 * bytes smaller per file: it writes a file's length before the file, a stream after it.
 */
export async function packageSize(folder: string): Promise<number> {
  const archive = archiver('zip', { zlib });
  for (const name of readdirSync(folder).filter((file) => !file.endsWith('.map'))) {
    archive.append(readFileSync(join(folder, name)), { name, date, mode: 0o644 });
  }
  const finished = archive.finalize();
  let bytes = 0;
  for await (const chunk of archive) bytes += (chunk as Buffer).length;
  await finished;
  return bytes;
}

/** Whether a package of so many bytes does what its row asks. */
export function isGoalMet({ bytes: deployed, goal }: DeployedSize, bytes: number): boolean {
  return goal.kind === 'smaller' ? deployed / bytes >= goal.times : goal.reason !== '';
}
