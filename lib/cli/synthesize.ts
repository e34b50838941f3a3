import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Posture } from '../estate/settings';

/** Characters of an app's output that an error shows. */
const shownOutput = 2_000;

class SynthesisError extends Error {
  override readonly name = 'SynthesisError';
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
 * @throws SynthesisError with the end of the app's output when one of them fails
 */
export async function withSynthesizedEstate<T>(
  projectRoot: string,
  postures: readonly Posture[],
  use: (estates: readonly SynthesizedEstate[]) => T | Promise<T>,
): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'estate-synth-'));
  try {
    const azure = join(root, 'azure');
    await runApp(projectRoot, 'bin/azure.ts', { CDKTF_OUTDIR: azure });
    const estates: SynthesizedEstate[] = [];
    for (const posture of postures) {
      const directory = join(root, posture);
      // One after the other: both write the bundled functions to the same folder.
      await runApp(projectRoot, 'bin/aws.ts', {
        CDK_OUTDIR: join(directory, 'cdk.out'),
        CDK_CONTEXT_JSON: JSON.stringify({ posture }),
      });
      // The Azure side has no posture.
      cpSync(azure, join(directory, 'cdktf.out'), { recursive: true });
      estates.push({ posture, directory });
    }
    return await use(estates);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function runApp(projectRoot: string, app: string, environment: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', app], {
      cwd: projectRoot,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk: Buffer) => {
      output = `${output}${chunk}`.slice(-shownOutput);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(new SynthesisError(`${app} failed (${signal ?? `exit code ${code}`}). Mend what it says:\n${output}`));
    });
  });
}
