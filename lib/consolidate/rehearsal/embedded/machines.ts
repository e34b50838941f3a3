import { execFile } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { paginateDescribeDBParameters, type RDSClient } from '@aws-sdk/client-rds';
import type { RehearsalServer } from '../server';
import { serverName } from '../world-file';

/** What stands behind one emulated instance. */
export interface Machine {
  readonly host: string;
  readonly port: number;
  /** `running` still has the parameters that it was made with; `restarted` has those of its group. */
  readonly state: 'running' | 'restarting' | 'restarted';
  /** Key of the encrypted snapshot that it was made from. */
  readonly kmsKeyId?: string;
}

/** The servers of this machine that stand behind the instances of the embedded RDS, by the identifiers that RDS has. */
export interface Machines {
  look(instance: string): Promise<Machine | null>;
  /** Begins a restart with the values of a parameter group; {@link look} tells when it is over. */
  restart(instance: string, parameterGroup: string): Promise<void>;
  /** Takes the files of one moment. */
  snapshot(instance: string, snapshot: string): Promise<void>;
  /** The same files under another name and a key. */
  copySnapshot(from: string, to: string, kmsKeyId: string): Promise<void>;
  /** Where a copy comes from, and its key; null for a snapshot that was taken. */
  originOf(snapshot: string): Promise<{ readonly from: string; readonly kmsKeyId: string } | null>;
  /** Another server from the files of a snapshot. */
  restore(snapshot: string, instance: string, parameterGroup: string): Promise<void>;
  /** What the server has logged. */
  log(instance: string): Promise<string>;
}

export interface LocalMachinesOptions {
  /** Folder in which snapshots lie. */
  readonly directory: string;
  readonly rds: RDSClient;
  readonly servers: Readonly<Record<string, RehearsalServer>>;
  /** A server on the given files, not yet started. */
  readonly serverFrom: (data: string, instance: string) => Promise<RehearsalServer>;
}

interface Held {
  readonly server: RehearsalServer;
  state: Machine['state'];
  readonly kmsKeyId?: string;
}

/** Parameters of RDS that have another name in PostgreSQL. */
const renamed: Readonly<Record<string, (value: string) => string>> = {
  'rds.logical_replication': (value) => `wal_level = ${value === '1' ? 'logical' : 'replica'}`,
};

/** Real servers behind emulated instances: what RDS would do to an instance is done to a server. */
export function localMachines(options: LocalMachinesOptions): Machines & { stop(): Promise<void> } {
  const { directory, rds, servers, serverFrom } = options;
  const held = new Map<string, Held>(
    Object.entries(servers).map(([instance, server]) => [instance, { server, state: 'running' }]),
  );
  const copies = new Map<string, { from: string; kmsKeyId: string }>();
  const folderOf = (snapshot: string) => join(directory, `snapshot-${snapshot}`);
  const get = (instance: string): Held => {
    const found = held.get(instance);
    if (!found) throw new Error(`No server stands for that instance, got: ${instance}.`);
    return found;
  };
  const configure = async (server: RehearsalServer, parameterGroup: string) =>
    server.configure(await parameterLines(rds, parameterGroup));

  return {
    async look(instance) {
      const found = held.get(instance);
      if (!found) return null;
      const { server, state, kmsKeyId } = found;
      return { host: serverName, port: server.port, state, ...(kmsKeyId && { kmsKeyId }) };
    },
    async restart(instance, parameterGroup) {
      const machine = get(instance);
      if (machine.state === 'restarting') return;
      machine.state = 'restarting';
      void (async () => {
        await machine.server.stop('SIGINT');
        await configure(machine.server, parameterGroup);
        await machine.server.start();
        machine.state = 'restarted';
      })().catch((error: unknown) => console.error(error));
    },
    async snapshot(instance, snapshot) {
      const folder = folderOf(snapshot);
      if (existsSync(folder)) return;
      const { server } = get(instance);
      const partial = `${folder}.partial`;
      rmSync(partial, { recursive: true, force: true });
      // As a volume's snapshot is: no process writes while the files are taken, and none knows of it.
      await server.frozen(async () => void (await promisify(execFile)('cp', ['-a', server.data, partial])));
      renameSync(partial, folder);
    },
    async copySnapshot(from, to, kmsKeyId) {
      if (!existsSync(folderOf(from))) throw new Error(`No snapshot of that name, got: ${from}.`);
      copies.set(to, { from, kmsKeyId });
    },
    originOf: async (snapshot) => copies.get(snapshot) ?? null,
    async restore(snapshot, instance, parameterGroup) {
      if (held.has(instance)) return;
      const origin = copies.get(snapshot);
      const server = await serverFrom(folderOf(origin?.from ?? snapshot), instance);
      await configure(server, parameterGroup);
      await server.start();
      held.set(instance, { server, state: 'restarted', ...(origin && { kmsKeyId: origin.kmsKeyId }) });
    },
    log: async (instance) => readFileSync(get(instance).server.log, 'utf8'),
    async stop() {
      for (const [instance, { server }] of held) if (!(instance in servers)) await server.stop();
    },
  };
}

async function parameterLines(rds: RDSClient, group: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const { Parameters = [] } of paginateDescribeDBParameters(
    { client: rds },
    { DBParameterGroupName: group, Source: 'user' },
  )) {
    for (const { ParameterName: name = '', ParameterValue: value } of Parameters) {
      if (value !== undefined) lines.push(renamed[name]?.(value) ?? `${name} = ${value}`);
    }
  }
  return lines;
}
