import { synthesizeCloud } from '../cli/synthesize';
import { readTree, type Tree } from '../review';

/** Synthesizes both clouds into a folder and reads them back as one tree. */
export async function synthesizeBoth(projectRoot: string, directory: string): Promise<Tree> {
  for (const cloud of ['aws', 'azure'] as const) await synthesizeCloud(projectRoot, cloud, directory);
  return readTree(directory);
}
