import { consolidationClients } from '../../aws/clients';
import type { Patience } from '../../aws/patience';
import { type AwsWorldOptions, awsWorld } from '../../aws/world';
import type { Strategy, World } from '../../ports';
import { accountStrategies } from '../../strategies/aws';
import { callMethod } from '../control-channel';
import { databaseName, masterUser } from '../schema';
import { serverName, type WorldFile } from '../world-file';
import { embeddedSettings } from './account';
import type { Machines } from './machines';
import { embeddedOptions } from './options';
import { rehearsedRds } from './rds';

/** The embedded services are quick; what takes time are the servers behind them. */
const patience: Patience = { everyMs: 100, limitMs: 120_000 };

/** As the embedded account has them. */
export const rehearsedSettings = () => embeddedSettings({ masterUsername: masterUser, databaseName });

/** The world of a rehearsal beside an embedded AWS: what an account is given, and servers of this machine behind it. */
export async function embeddedWorld(
  file: WorldFile & { readonly awsUrl: string },
): Promise<{ readonly world: World; readonly strategies: readonly Strategy[] }> {
  const options: AwsWorldOptions = {
    settings: rehearsedSettings(),
    clients: {
      ...consolidationClients(embeddedOptions(file)),
      rds: rehearsedRds(embeddedOptions(file), remoteMachines(file.controlUrl)),
    },
    certificatesFile: file.authorityFile,
    certificatesOnInstance: file.authorityFile,
    patience,
  };
  const world = await awsWorld(options);
  return {
    world: {
      ...world,
      // Over the paths, which a fault can cut.
      replicationAddress: async (side) => ({
        host: serverName,
        port: file.servers[side].replicationPort,
        sslRootCert: file.authorityFile,
      }),
    },
    strategies: accountStrategies(options),
  };
}

const remoteMachines = (url: string): Machines => ({
  look: (instance) => callMethod(url, 'look', instance),
  restart: (instance, group) => callMethod(url, 'restart', instance, group),
  snapshot: (instance, snapshot) => callMethod(url, 'snapshot', instance, snapshot),
  copySnapshot: (from, to, key) => callMethod(url, 'copySnapshot', from, to, key),
  originOf: (snapshot) => callMethod(url, 'originOf', snapshot),
  restore: (snapshot, instance, group) => callMethod(url, 'restore', snapshot, instance, group),
  log: (instance) => callMethod(url, 'log', instance),
});
