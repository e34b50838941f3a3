import { createRequire } from 'node:module';
import { join } from 'node:path';
import { databases } from '../estate/databases';
import { distribution } from '../estate/edge';
import type { AccountSettings } from '../estate/settings';
import type { Emulator } from './emulator';
import { ProcessGroup } from './process-group';

/** The stack whose secrets get their values before another stack reads them. */
export const secretsStackName = 'huntaze-estate-secrets';

/** What AWS named and no template can set. */
export function physicalNames({ network }: AccountSettings) {
  return {
    distributions: { [distribution.comment]: { id: distribution.name, domain: distribution.domain } },
    databases: Object.fromEntries(databases.map(({ name, endpoint }) => [name, endpoint])),
    defaultVpc: { id: network.defaultVpcId, subnets: network.defaultSubnets },
  };
}

/**
 * Synthesizes the estate with the real CLI into a folder.
 *
 * @throws with the end of the CLI's output when it fails
 */
export async function synthesize(
  emulator: Emulator,
  assembly: string,
  context: Readonly<Record<string, string>>,
): Promise<void> {
  const cli = createRequire(join(emulator.projectRoot, 'package.json')).resolve('aws-cdk/bin/cdk');
  const args = [
    ...[cli, 'synth', '--quiet', '--no-notices', '--ci', '--output', assembly],
    ...Object.entries(context).flatMap(([key, value]) => ['--context', `${key}=${value}`]),
  ];
  const group = new ProcessGroup(process.execPath, args, join(emulator.directory, 'synth.log'), {
    cwd: emulator.projectRoot,
    env: { ...emulator.environment, CDK_DISABLE_VERSION_CHECK: '1', CDK_DISABLE_CLI_TELEMETRY: 'true' },
  });
  const { code } = await group.ended;
  if (code !== 0) throw new Error(`cdk synth ended with exit code ${code}. The end of its output:\n${group.logTail()}`);
}
