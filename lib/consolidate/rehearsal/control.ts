import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { consolidationPair } from '../../estate/consolidation';
import type { Side } from '../phases';
import type {
  ClientReach,
  EndpointSwitch,
  InstanceActions,
  InstanceFacts,
  ReplicationParameters,
  SnapshotFacts,
} from '../ports';
import { leastBytes } from '../trouble';
import { freeBytes } from './disk';
import type { RehearsalServer } from './server';
import { serverName } from './world-file';

export interface ControlOptions {
  readonly account: string;
  readonly region: string;
  readonly servers: Readonly<Record<Side, RehearsalServer>>;
  /** The secret that applications read. */
  readonly secretFile: string;
}

export interface Secret {
  readonly side: Side;
  readonly host: string;
  readonly port: number;
}

export const readSecret = (file: string): Secret => JSON.parse(readFileSync(file, 'utf8')) as Secret;

/** What stands for RDS, ECS and Secrets Manager: it does to real servers what those would. */
export type RehearsedCloud = InstanceActions &
  EndpointSwitch & {
    /** For faults: answers of {@link InstanceActions.describe} that are not the rehearsal's own. */
    readonly overrides: Partial<Record<Side, Partial<InstanceFacts>>>;
    readonly otherClients: ClientReach[];
  };

export function rehearsedCloud({ account, region, servers, secretFile }: ControlOptions): RehearsedCloud {
  const snapshots = new Map<string, SnapshotFacts>();
  const groups: Record<Side, { name: string; pending: boolean }> = {
    source: { name: 'default.postgres17', pending: false },
    target: { name: 'default.postgres17', pending: false },
  };
  const protectedSides = new Set<Side>();
  const overrides: RehearsedCloud['overrides'] = {};
  const otherClients: ClientReach[] = [];
  const point = (side: Side) => {
    const secret: Secret = { side, host: serverName, port: servers[side].port };
    // Readers see the old secret or the new one, never half of one.
    writeFileSync(`${secretFile}.next`, JSON.stringify(secret), { mode: 0o600 });
    renameSync(`${secretFile}.next`, secretFile);
  };
  point('source');

  return {
    overrides,
    otherClients,
    async describe(side) {
      const group = groups[side];
      return {
        identifier: consolidationPair[side],
        account,
        region,
        status: statusOf(servers[side]),
        engineVersion: '17.4',
        encrypted: side === 'target',
        host: serverName,
        port: servers[side].port,
        publiclyAccessible: side === 'source',
        deletionProtection: protectedSides.has(side),
        parameterGroup: group.name,
        parameterApplyStatus: group.pending ? 'pending-reboot' : 'in-sync',
        pendingChanges: [],
        backupRetentionDays: 7,
        allocatedBytes: 20 * 2 ** 30,
        freeBytes: roomOf(servers[side]),
        securityGroupIds: [],
        ...overrides[side],
      };
    },
    async ensureReplicationParameters(side, parameters) {
      const group = groups[side];
      if (group.name.startsWith('default')) {
        servers[side].configure(replicationLines(parameters));
        groups[side] = { name: `${consolidationPair[side]}-replication`, pending: true };
      }
      return { rebootNeeded: groups[side].pending };
    },
    async reboot(side) {
      if (!groups[side].pending) return;
      await servers[side].stop('SIGINT');
      await servers[side].start();
      groups[side].pending = false;
    },
    ensureNetworkPath: async () => ({ rules: 'loopback' }),
    ensureAlarms: async () => ({ alarms: 0 }),
    async ensureSnapshot(side, identifier) {
      if (!snapshots.has(identifier)) {
        const base = {
          identifier,
          instance: consolidationPair[side],
          kind: 'manual',
          encrypted: side === 'target',
        } as const;
        snapshots.set(identifier, { ...base, status: 'creating' });
        await sleep(200);
        snapshots.set(identifier, { ...base, status: 'available', createdAt: new Date().toISOString() });
      }
      return snapshots.get(identifier) as SnapshotFacts;
    },
    describeSnapshot: async (identifier) => snapshots.get(identifier),
    async protect(side) {
      protectedSides.add(side);
    },
    current: async () => readSecret(secretFile).side,
    clients: async () => [
      { client: 'service huntaze-app', reachesTarget: 'yes', reason: 'same machine' },
      ...otherClients,
    ],
    async point(side) {
      if (readSecret(secretFile).side !== side) point(side);
      return { secret: 'rehearsal', side };
    },
    redeploy: async () => ({ services: 0 }),
  };
}

const roomOf = ({ data }: RehearsalServer): number =>
  Math.min(...[data, join(data, 'pg_wal')].map((path) => freeBytes(path)));

/** As RDS names it. */
const statusOf = (server: RehearsalServer): string =>
  server.alive ? 'available' : roomOf(server) < leastBytes ? 'storage-full' : 'rebooting';

const replicationLines = (parameters: ReplicationParameters): string[] => [
  'wal_level = logical',
  `max_replication_slots = ${parameters.maxReplicationSlots}`,
  `max_wal_senders = ${parameters.maxWalSenders}`,
  `max_logical_replication_workers = ${parameters.maxLogicalReplicationWorkers}`,
  `max_worker_processes = ${parameters.maxWorkerProcesses}`,
  `max_slot_wal_keep_size = ${parameters.maxSlotWalKeepSizeMb}`,
];
