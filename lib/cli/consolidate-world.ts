import { Option } from 'commander';
import { type ConsolidationClients, consolidationClients } from '../consolidate/aws/clients';
import { awsWorld } from '../consolidate/aws/world';
import type { Strategy, World } from '../consolidate/ports';
import { embeddedWorld } from '../consolidate/rehearsal/embedded/world';
import { hasAws, readWorldFile, rehearsalWorld } from '../consolidate/rehearsal/world-file';
import { accountStrategies } from '../consolidate/strategies/aws';
import { logicalReplication } from '../consolidate/strategies/logical-replication';
import type { EngineSettings } from '../consolidate/walk/context';
import type { AccountSettings } from '../estate/settings';
import { clientOptions, settingsOf } from './account';

export interface WorldOptions {
  readonly account?: string;
  readonly certificates?: string;
  readonly rehearsal?: string;
}

/** Options of every command that reaches servers. */
export const worldOptions = (): Option[] => [
  new Option('--account <id>', 'settings file (default: the audited account); the credentials must be of this account'),
  new Option('--certificates <file>', "PEM of RDS's certificate authorities (default: where the task's image has it)"),
  new Option('--rehearsal <file>', 'world.json of a rehearsal that runs, instead of an account'),
];

export interface OpenedWorld {
  readonly world: World;
  readonly strategies: readonly Strategy[];
  readonly settings: Partial<EngineSettings>;
}

/**
 * @throws ConsolidationStop `wrong-account` before anything else is asked of an account
 */
export async function openWorld({ account, certificates, rehearsal }: WorldOptions): Promise<OpenedWorld> {
  if (rehearsal !== undefined) {
    const file = readWorldFile(rehearsal);
    const { world, strategies } = hasAws(file)
      ? await embeddedWorld(file)
      : { world: rehearsalWorld(file), strategies: [] };
    return { world, strategies: [logicalReplication, ...strategies], settings: file.settings };
  }
  const { settings, clients } = accountOf(account);
  const options = { settings, clients, ...(certificates !== undefined && { certificatesFile: certificates }) };
  return {
    world: await awsWorld(options),
    strategies: [logicalReplication, ...accountStrategies(options)],
    settings: {},
  };
}

export function accountOf(account?: string): { settings: AccountSettings; clients: ConsolidationClients } {
  const settings = settingsOf(account);
  return { settings, clients: consolidationClients(clientOptions(settings)) };
}
