import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { settingsFiles } from '../../settings';
import { postureSchema, resolveSettings } from '../estate/settings';
import { renderRehearsal } from '../rehearsal/rehearsal-report';
import { rehearse } from '../rehearsal/rehearse';
import { terminalProgress } from './progress';

interface RehearseOptions {
  readonly json?: string;
  readonly keep?: boolean;
  readonly posture?: string;
}

/** `estate rehearse` */
export const rehearseCommand = (): Command =>
  new Command('rehearse')
    .summary('deploy the estate to an embedded AWS, read it back, send traffic through it')
    .description(
      'Deploys every stack, unchanged, with the real cdk CLI to an AWS that runs on this machine, reads each resource ' +
        'back property by property, and sends real traffic through what can run. No AWS account is reached, no ' +
        'credential is used, and Docker is not needed.',
    )
    .addOption(new Option('--posture <posture>', 'of the stacks').choices(postureSchema.options))
    .option('--json <file>', 'where the report goes (default: .rehearsal/report.json)')
    .option('--keep', 'leave the embedded AWS running until Ctrl-C')
    .addHelpText(
      'after',
      '\nExit code 0: every row as the inventory says, every story passed. 1: anything else; the report says what.',
    )
    .action(async ({ json, keep = false, posture }: RehearseOptions) => {
      const context: Record<string, string> = posture === undefined ? {} : { posture };
      const report = await rehearse({
        projectRoot: resolve(__dirname, '..', '..'),
        settings: resolveSettings(settingsFiles, context),
        context,
        keep,
        progress: terminalProgress(),
        print: (text) => console.log(text),
        ...(json === undefined ? {} : { jsonPath: resolve(json) }),
      });
      console.log(renderRehearsal(report));
      process.exitCode = report.passed ? 0 : 1;
    });
