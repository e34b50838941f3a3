import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { readTree, type Tree } from '../review';

/** Both apps, and the variable that says where each writes. */
const apps = [
  { entry: 'bin/aws.ts', variable: 'CDK_OUTDIR', folder: 'cdk.out' },
  { entry: 'bin/azure.ts', variable: 'CDKTF_OUTDIR', folder: 'cdktf.out' },
] as const;

/** Synthesizes both clouds into a folder and reads them back as one tree. */
export function synthesizeBoth(projectRoot: string, directory: string): Tree {
  for (const { entry, variable, folder } of apps) {
    execFileSync(process.execPath, ['--import', 'tsx', entry], {
      cwd: projectRoot,
      env: { ...process.env, [variable]: join(directory, folder) },
      stdio: 'pipe',
    });
  }
  return readTree(directory);
}
