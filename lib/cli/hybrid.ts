import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { Command, Option } from 'commander';
import { assertAccount } from '../audit';
import type { AccountSettings } from '../estate/settings';
import {
  checkHybrid,
  disableFederation,
  enableFederation,
  federation,
  isDeployable,
  renderCheck,
  standingTunnels,
} from '../hybrid-setup';
import { clientOptions, settingsOf } from './account';
import { terminalProgress } from './progress';

interface AccountOptions {
  readonly account?: string;
  readonly json?: boolean;
}

interface FederationOptions extends AccountOptions {
  readonly enable?: boolean;
  readonly disable?: boolean;
}

/** `estate hybrid` */
export const hybridCommand = (): Command =>
  new Command('hybrid')
    .summary('bring up Azure OpenAI and the way to it from AWS')
    .description('What the bring-up of the hybrid needs beside the two stacks, in the order of docs/hybrid.md.')
    .addCommand(checkCommand())
    .addCommand(federationCommand())
    .addCommand(tunnelsCommand());

const accountOption = (): Option => new Option('--account <id>', 'settings file (default: the audited account)');
const jsonOption = (): Option => new Option('--json', 'the result as JSON');

const checkCommand = (): Command =>
  new Command('check')
    .summary('settings, addresses, models, quota, and who reaches the endpoint, in one table')
    .description(
      'Reads the settings and the tables of this repository only: no credential is used, no cloud is reached.',
    )
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExit code 0: nothing stops a deploy; rows that are open say what is left to do. 1: something does.',
    )
    .action(({ account, json = false }: AccountOptions) => {
      const check = checkHybrid(settingsOf(account), {
        today: new Date().toISOString().slice(0, 10),
        subscription: process.env.ARM_SUBSCRIPTION_ID,
      });
      process.stdout.write(json ? `${JSON.stringify(check, null, 2)}\n` : `${renderCheck(check)}\n`);
      process.exitCode = isDeployable(check) ? 0 : 1;
    });

const federationCommand = (): Command =>
  new Command('federation')
    .summary('outbound federation of the AWS account: look, or switch it on or off')
    .description(
      'AWS signs tokens for roles once an account has outbound federation, which CloudFormation has no resource for. ' +
        'Without an option it is only looked at. Each way can be taken twice, and back.',
    )
    .addOption(accountOption())
    .addOption(new Option('--enable', 'switch it on').conflicts('disable'))
    .addOption(new Option('--disable', 'switch it off for every role of the account, those of others too'))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExit code 0: on, or switched as asked. 2: off, and nothing was asked. 1: refused, or AWS could not be reached.',
    )
    .action(async ({ account, enable = false, disable = false, json = false }: FederationOptions) => {
      const settings = settingsOf(account);
      await announce(settings);
      const iam = new IAMClient(clientOptions(settings));
      const state = await (enable ? enableFederation : disable ? disableFederation : federation)(iam);
      process.stdout.write(
        json
          ? `${JSON.stringify(state, null, 2)}\n`
          : state.enabled
            ? `Outbound federation is on. Set hybrid.identity.issuer in settings/${settings.account}.ts to\n${state.issuer}\n`
            : 'Outbound federation is off: no role of the account gets a token for Azure.\n',
      );
      process.exitCode = state.enabled || disable ? 0 : 2;
    });

const tunnelsCommand = (): Command =>
  new Command('tunnels')
    .summary('addresses that AWS gave the four tunnels to Azure')
    .description(
      'CloudFormation does not return them; they go into azure.connectivity.link.tunnelAddresses. Reads only.',
    )
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExit code 0: all four stand. 1: one does not yet, or AWS could not be reached.')
    .action(async ({ account, json = false }: AccountOptions) => {
      const settings = settingsOf(account);
      await announce(settings);
      const found = await standingTunnels(new EC2Client(clientOptions(settings)));
      const addresses = found.map(({ outsideAddress }) => outsideAddress);
      process.stdout.write(
        json
          ? `${JSON.stringify(found, null, 2)}\n`
          : [
              ...found.map(({ name, outsideAddress, status }) => `${name}  ${outsideAddress}  ${status}`),
              `tunnelAddresses: [${addresses.map((address) => `'${address}'`).join(', ')}],`,
              '',
            ].join('\n'),
      );
    });

/** Says which account it is, and goes no further with any other than that of the settings. */
const announce = (settings: AccountSettings): Promise<void> =>
  assertAccount({ sts: new STSClient(clientOptions(settings)) }, settings, terminalProgress().note);
