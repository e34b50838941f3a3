import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bareEnvironment, mustRun } from './run';

export interface SynthesizeOptions {
  /** Root of a checkout, its packages installed. */
  readonly projectRoot: string;
  /** Must not exist, or an asset of an earlier run could stay in it. Gets a folder for each cloud. */
  readonly outdir: string;
  /** Context values (`-c key=value`). @default none */
  readonly context?: Readonly<Record<string, string>>;
  readonly onOutput?: (text: string) => void;
}

/** Folders of the two clouds in a synthesized tree. */
export const cloudFolders = { aws: 'aws', azure: 'azure' } as const;

/**
 * Synthesizes both clouds, without any credential.
 *
 * @throws when the folder exists, and with the end of the output when a synth fails
 */
export async function synthesize(options: SynthesizeOptions): Promise<void> {
  const { projectRoot, context = {}, onOutput } = options;
  const outdir = resolve(options.outdir);
  if (existsSync(outdir))
    throw new Error(`The output folder exists already, got: ${outdir}. Remove it or name another.`);
  mkdirSync(outdir, { recursive: true });
  const environment = {
    ...bareEnvironment(),
    CDK_DISABLE_VERSION_CHECK: '1',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
  const cdk = join(projectRoot, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  const trial = Object.entries(context).flatMap(([key, value]) => ['--context', `${key}=${value}`]);
  await mustRun(
    process.execPath,
    [cdk, 'synth', '--quiet', '--no-notices', '--ci', '--output', join(outdir, cloudFolders.aws), ...trial],
    { cwd: projectRoot, env: environment, onOutput },
  );
  await mustRun(process.execPath, ['--import', 'tsx', join('bin', 'azure.ts')], {
    cwd: projectRoot,
    env: { ...environment, CDKTF_OUTDIR: join(outdir, cloudFolders.azure) },
    onOutput,
  });
}
