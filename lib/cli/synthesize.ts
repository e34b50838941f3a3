import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from '../delivery/run';
import type { Posture } from '../estate/settings';

/** The apps of the two clouds, and the variable that says where each writes. */
const apps = {
  aws: { entry: 'bin/aws.ts', variable: 'CDK_OUTDIR', folder: 'cdk.out' },
  azure: { entry: 'bin/azure.ts', variable: 'CDKTF_OUTDIR', folder: 'cdktf.out' },
} as const;

/**
 * Runs the app of one cloud in a process of its own, into the cloud's folder below `directory`.
 *
 * @param context - context values of the AWS app
 * @throws with the end of the app's output when it fails
 */
export async function synthesizeCloud(
  projectRoot: string,
  cloud: keyof typeof apps,
  directory: string,
  context: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { entry, variable, folder } = apps[cloud];
  await mustRun(process.execPath, ['--import', 'tsx', entry], {
    cwd: projectRoot,
    env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify(context), [variable]: join(directory, folder) },
  });
}

export interface SynthesizedEstate {
  readonly posture: Posture;
  /** Holds `cdk.out` and `cdktf.out`. */
  readonly directory: string;
}

/**
 * Synthesizes the estate in each posture, outside the project's own output folders, and lets `use` read the trees.
 * What was written is removed again, whatever happens.
 *
 * @throws with the end of the app's output when one of them fails
 */
export async function withSynthesizedEstate<T>(
  projectRoot: string,
  postures: readonly Posture[],
  use: (estates: readonly SynthesizedEstate[]) => T | Promise<T>,
): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'estate-synth-'));
  try {
    await synthesizeCloud(projectRoot, 'azure', root);
    const estates: SynthesizedEstate[] = [];
    for (const posture of postures) {
      const directory = join(root, posture);
      // One after the other: both write the bundled functions to the same folder.
      await synthesizeCloud(projectRoot, 'aws', directory, { posture });
      // The Azure side has no posture.
      cpSync(join(root, apps.azure.folder), join(directory, apps.azure.folder), { recursive: true });
      estates.push({ posture, directory });
    }
    return await use(estates);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
