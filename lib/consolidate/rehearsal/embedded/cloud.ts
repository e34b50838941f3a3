import { consolidationPair } from '../../../estate/consolidation';
import { databaseSecret } from '../../../estate/support';
import { startEmulator } from '../../../rehearsal/emulator';
import { consolidationClients } from '../../aws/clients';
import { SecretSwitch } from '../../aws/endpoint-switch';
import { type Side, sides } from '../../phases';
import { serveMethods } from '../control-channel';
import { applicationUser, databaseName } from '../schema';
import type { RehearsalServer } from '../server';
import type { StageCloud } from '../stage';
import { serverName } from '../world-file';
import { seedAccount } from './account';
import { localMachines } from './machines';
import { rehearsedSettings } from './world';

export interface EmbeddedCloudOptions {
  readonly projectRoot: string;
  /** Folder of the world. */
  readonly directory: string;
  readonly servers: Readonly<Record<Side, RehearsalServer>>;
  /** A server on the given files, not yet started. */
  readonly serverFrom: (data: string, name: string) => Promise<RehearsalServer>;
  readonly passwords: { readonly master: string; readonly application: string };
}

/** Bytes that the metric of both instances says are free: most of their 20 GiB. */
const freeBytes = 15 * 2 ** 30;

/** An embedded AWS whose two instances are the two servers. */
export async function startEmbeddedCloud(options: EmbeddedCloudOptions): Promise<StageCloud> {
  const { projectRoot, directory, servers, serverFrom, passwords } = options;
  const settings = rehearsedSettings();
  const { account, region } = settings;
  const emulator = await startEmulator({ account, region, directory, projectRoot });
  try {
    const address = async (side: Side) => ({ host: serverName, port: servers[side].port });
    await seedAccount(emulator.clientOptions(), settings, {
      applicationSecret: `postgresql://${applicationUser}:${passwords.application}@${serverName}:${servers.source.port}/${databaseName}`,
      masterPassword: passwords.master,
      freeBytes,
    });
    const clients = consolidationClients(emulator.clientOptions());
    const machines = localMachines({
      ...{ directory, serverFrom, rds: clients.rds },
      servers: Object.fromEntries(sides.map((side) => [consolidationPair[side], servers[side]])),
    });
    const control = await serveMethods(machines);
    const secret = new SecretSwitch({
      ...{ clients, secret: databaseSecret, servers: address, services: [] },
      reach: async () => [],
    });
    return {
      worldFile: { controlUrl: control.url, awsUrl: emulator.endpoint },
      secret: { awsUrl: emulator.endpoint, account, region, name: databaseSecret },
      serving: () => secret.current(),
      async stop() {
        await control.stop();
        await machines.stop();
        await emulator.stop();
      },
    };
  } catch (error) {
    await emulator.stop();
    throw error;
  }
}
