import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConsolidationStop } from '../errors';
import { sides } from '../phases';
import type { ClientReach, EndpointSwitch, InstanceActions, InstanceFacts, SnapshotFacts, World } from '../ports';
import { fileStore } from '../store/file-store';
import { callMethod } from './control-channel';

const serverSchema = z.strictObject({
  port: z.int(),
  /** Port of the path that the other server replicates over. */
  replicationPort: z.int(),
  user: z.string(),
  password: z.string(),
  database: z.string(),
});

/** What another process needs to work in a rehearsal. Lies in the rehearsal's own folder, readable by its user alone. */
export const worldFileSchema = z.strictObject({
  account: z.string(),
  region: z.string(),
  stateDirectory: z.string(),
  authorityFile: z.string(),
  /** The rehearsal's control: instances and endpoint, or, beside an embedded AWS, what stands behind its instances. */
  controlUrl: z.url(),
  /** Where the embedded AWS listens. @default none: the control plays instances and endpoint */
  awsUrl: z.url().optional(),
  applicationRoles: z.array(z.string()),
  servers: z.record(z.enum(sides), serverSchema),
  /** Overrides of the engine's settings. */
  settings: z.record(z.string(), z.number()),
});
export type WorldFile = z.infer<typeof worldFileSchema>;

export const hasAws = (file: WorldFile): file is WorldFile & { readonly awsUrl: string } => file.awsUrl !== undefined;

/** @throws ConsolidationStop `bad-input` for a file that no rehearsal wrote */
export function readWorldFile(path: string): WorldFile {
  try {
    return worldFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new ConsolidationStop(
      'bad-input',
      `No world of a rehearsal, got: ${path} (${(error as Error).message.slice(0, 200)}).`,
    );
  }
}

/** Name in the servers' certificate. */
export const serverName = 'localhost';

/** The world of a rehearsal as the engine sees it. */
export function rehearsalWorld(file: WorldFile): World {
  const call = <T>(method: string, ...args: unknown[]) => callMethod<T>(file.controlUrl, method, ...args);
  const instances: InstanceActions = {
    describe: (side) => call<InstanceFacts>('describe', side),
    ensureReplicationParameters: (side, parameters) => call('ensureReplicationParameters', side, parameters),
    reboot: (side) => call('reboot', side),
    ensureNetworkPath: () => call('ensureNetworkPath'),
    ensureAlarms: () => call('ensureAlarms'),
    ensureSnapshot: (side, identifier) => call<SnapshotFacts>('ensureSnapshot', side, identifier),
    describeSnapshot: async (identifier) =>
      (await call<SnapshotFacts | null>('describeSnapshot', identifier)) ?? undefined,
    protect: (side) => call('protect', side),
  };
  const endpoint: EndpointSwitch = {
    current: () => call('current'),
    clients: () => call<ClientReach[]>('clients'),
    point: (side) => call('point', side),
    redeploy: () => call('redeploy'),
  };
  const ca = readFileSync(file.authorityFile, 'utf8');
  return {
    account: file.account,
    region: file.region,
    instances,
    endpoint,
    store: fileStore(file.stateDirectory),
    applicationRoles: file.applicationRoles,
    async database(side) {
      const { port, user, password, database } = file.servers[side];
      return { host: serverName, port, user, password, database, ca };
    },
    replicationAddress: async (side) => ({
      host: serverName,
      port: file.servers[side].replicationPort,
      sslRootCert: file.authorityFile,
    }),
  };
}
