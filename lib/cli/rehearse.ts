import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { settingsFiles } from '../../settings';
import { type Posture, postureSchema, resolveSettings } from '../estate/settings';
import { rehearseAdoption } from '../rehearsal/adoption/adoption';
import { renderAdoption } from '../rehearsal/adoption/adoption-report';
import { renderRehearsal } from '../rehearsal/rehearsal-report';
import { rehearse } from '../rehearsal/rehearse';
import { terminalProgress } from './progress';
import { projectRoot } from './project-root';
import { wholeNumber } from './whole-number';

interface RehearseOptions {
  readonly adopt?: boolean;
  readonly json?: string;
  readonly keep?: boolean;
  readonly posture?: string;
  readonly rounds?: number;
  readonly traffic: boolean;
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
    .addOption(
      new Option('--adopt', 'make resources by hand first, adopt them, deploy audited, then hardened').conflicts([
        'posture',
        'keep',
        'rounds',
        'traffic',
      ]),
    )
    .option(
      '--json <file>',
      'where the report goes (default: .rehearsal/report.json, with --adopt .rehearsal/adoption.json)',
    )
    .option('--rounds <n>', 'times that the traffic is sent: what fails seldom shows (default: 1)', wholeNumber)
    .addOption(
      new Option('--no-traffic', 'deploy and read back only: what templates are, not what functions do').conflicts(
        'rounds',
      ),
    )
    .option('--keep', 'leave the embedded AWS running until Ctrl-C')
    .addHelpText(
      'after',
      '\nExit code 0: every row as the inventory says, every story that was told passed. 1: anything else; the report says what.',
    )
    .action(async ({ adopt = false, json, keep = false, posture, rounds, traffic }: RehearseOptions) => {
      const jsonPath = json === undefined ? {} : { jsonPath: resolve(json) };
      if (adopt) {
        const settings = (wanted: Posture) => resolveSettings(settingsFiles, { posture: wanted });
        const report = await rehearseAdoption({
          projectRoot,
          settings: { audited: settings('audited'), hardened: settings('hardened') },
          progress: terminalProgress(),
          ...jsonPath,
        });
        console.log(renderAdoption(report));
        process.exitCode = report.passed ? 0 : 1;
        return;
      }
      const context: Record<string, string> = posture === undefined ? {} : { posture };
      const report = await rehearse({
        projectRoot,
        settings: resolveSettings(settingsFiles, context),
        context,
        keep,
        ...(rounds !== undefined && { rounds }),
        traffic,
        progress: terminalProgress(),
        print: (text) => console.log(text),
        ...jsonPath,
      });
      console.log(renderRehearsal(report));
      process.exitCode = report.passed ? 0 : 1;
    });
