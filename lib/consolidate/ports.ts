import type { Finding } from './findings';
import type { PhaseId, Side } from './phases';
import type { Evidence, RunState, StrategyId } from './state';

/** A state with the number of its version; the first write makes version 1. */
export interface VersionedState {
  readonly state: RunState;
  readonly version: number;
}

/** Somebody else wrote in between. The caller reads again and sees whether it still holds the lease. */
export class StateConflictError extends Error {
  override readonly name = 'StateConflictError';
}

/**
 * Where the run's state lives. One item per pair of instances. Lease and epoch are part of the state, so that one
 * conditional write is all that a store must be able to do.
 */
export interface StateStore {
  /** What a person is told: a path, or table and key. */
  readonly description: string;
  /**
   * Consistent read.
   * @throws Error when what is there is no state of this schema, naming the place and the field.
   */
  read(): Promise<VersionedState | undefined>;
  /**
   * Durable once it resolves.
   * @param expected version that the caller read; 0 when it saw none.
   * @returns the version written: `expected + 1`.
   * @throws StateConflictError when the version there is another one.
   */
  write(state: RunState, expected: number): Promise<number>;
}

/** What RDS says of an instance. */
export interface InstanceFacts {
  readonly identifier: string;
  readonly account: string;
  readonly region: string;
  /** `available`, `modifying`, `rebooting`… */
  readonly status: string;
  readonly engineVersion: string;
  readonly encrypted: boolean;
  readonly kmsKeyId?: string;
  readonly host: string;
  readonly port: number;
  readonly publiclyAccessible: boolean;
  readonly deletionProtection: boolean;
  readonly parameterGroup: string;
  /** `in-sync`, `applying`, `pending-reboot`… */
  readonly parameterApplyStatus: string;
  /** Names of PendingModifiedValues. */
  readonly pendingChanges: readonly string[];
  readonly backupRetentionDays: number;
  readonly allocatedBytes: number;
  /** Undefined when no metric is there yet. */
  readonly freeBytes?: number;
  readonly vpcId?: string;
  readonly securityGroupIds: readonly string[];
}

export interface SnapshotFacts {
  readonly identifier: string;
  readonly instance: string;
  readonly kind: 'manual' | 'automated';
  /** `available`, `creating`… */
  readonly status: string;
  readonly encrypted: boolean;
  readonly createdAt?: string;
}

/** Parameters that logical replication needs on both instances, by their PostgreSQL names. */
export interface ReplicationParameters {
  readonly maxReplicationSlots: number;
  readonly maxWalSenders: number;
  readonly maxLogicalReplicationWorkers: number;
  readonly maxWorkerProcesses: number;
  /** MiB that a slot may hold back before the server gives it up; -1 for no bound. */
  readonly maxSlotWalKeepSizeMb: number;
}

/**
 * What is done to the instances themselves. Every action may be called again: it looks first, does what is missing, and
 * resolves when the service says that it is complete (status, pending values, parameter apply status), not before.
 */
export interface InstanceActions {
  describe(side: Side): Promise<InstanceFacts>;
  /**
   * Attaches a parameter group of its own with logical replication on and these values.
   * @returns whether a reboot is now pending.
   */
  ensureReplicationParameters(
    side: Side,
    parameters: ReplicationParameters,
  ): Promise<{ readonly rebootNeeded: boolean }>;
  /** Reboots when one is pending, and waits until the instance is available with its parameters in sync. */
  reboot(side: Side): Promise<void>;
  /** Lets each instance reach the other's port. */
  ensureNetworkPath(): Promise<Evidence>;
  /** Alarms on replication lag, slot size, free storage and heartbeat age exist. */
  ensureAlarms(): Promise<Evidence>;
  /** A manual snapshot of this name; resolves when it is available. */
  ensureSnapshot(side: Side, identifier: string): Promise<SnapshotFacts>;
  describeSnapshot(identifier: string): Promise<SnapshotFacts | undefined>;
  /** Deletion protection on. */
  protect(side: Side): Promise<void>;
}

/** Whether one client of the database can use both servers. */
export interface ClientReach {
  /** Function, service or user at an address. */
  readonly client: string;
  /** `no` blocks a run; `unknown` waits until somebody has looked and says so. */
  readonly reachesTarget: 'yes' | 'no' | 'unknown';
  readonly reason: string;
}

/** How clients find the database. */
export interface EndpointSwitch {
  /** Where the secret that applications read points now. */
  current(): Promise<Side | 'elsewhere'>;
  /** Everything that is known to use the database. */
  clients(): Promise<readonly ClientReach[]>;
  /**
   * Writes the secret, when it does not point there yet. Only host and port change: user, password and database stay.
   */
  point(side: Side): Promise<Evidence>;
  /** Forces new deployments of the services that use the database, and waits until they are steady. */
  redeploy(): Promise<Evidence>;
}

/** How to open a connection to one server from where the tool runs. */
export interface DatabaseEndpoint {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** PEM of the authorities that sign the server's certificate. */
  readonly ca: string;
  /** Host name in the certificate. @default - host */
  readonly serverName?: string;
}

/** How the other server reaches this one for replication. */
export interface ReplicationAddress {
  readonly host: string;
  readonly port: number;
  /**
   * Path, on the server that connects, of the authorities' PEM. On RDS `/rdsdbdata/rds-metadata/ca-cert.pem`.
   */
  readonly sslRootCert: string;
}

/** Everything outside the engine, for one pair of instances. */
export interface World {
  readonly account: string;
  readonly region: string;
  readonly instances: InstanceActions;
  readonly endpoint: EndpointSwitch;
  readonly store: StateStore;
  /** Master credentials, read when they are needed and never kept in the state. */
  database(side: Side): Promise<DatabaseEndpoint>;
  replicationAddress(side: Side): Promise<ReplicationAddress>;
  /** Roles that applications log in with; their sessions are what must be gone from the old server. */
  readonly applicationRoles: readonly string[];
}

/** What a strategy can base its plan on. */
export interface PlanInput {
  readonly facts: Readonly<Record<Side, InstanceFacts>>;
  readonly findings: readonly Finding[];
  /** Bytes of the source database. */
  readonly sourceBytes: number;
  readonly tables: number;
  /** Estimated. */
  readonly rows: number;
  /** Whether what only the target has is quarantined, with equal hashes when read again. */
  readonly quarantined: boolean;
  readonly accepted: readonly string[];
}

export interface PlannedStep {
  readonly title: string;
  /** Whether writers wait, or are refused, while it runs. */
  readonly outage: boolean;
  /** Phase of the engine that does it; without one, the strategy does it itself. */
  readonly phase?: PhaseId;
}

export interface CostLine {
  readonly item: string;
  /** US dollars for the run, or a month where the item says so. */
  readonly dollars: number;
  /** Where the price comes from. */
  readonly source: string;
}

/** What `plan` prints for one strategy. */
export interface StrategyPlan {
  readonly strategy: StrategyId;
  readonly title: string;
  readonly steps: readonly PlannedStep[];
  /** Seconds that writers wait, from … to …, and what that rests on. */
  readonly outage: { readonly fromSeconds: number; readonly toSeconds: number; readonly basis: string };
  readonly risks: readonly Finding[];
  readonly cost: readonly CostLine[];
  /** What stands against it now; empty when it could run. */
  readonly objections: readonly string[];
  /** Whether going back loses writes made on the target. */
  readonly backLosesWrites: boolean;
}

export interface StrategyRun {
  readonly world: World;
  readonly state: RunState;
  /** Runs one named, idempotent step: told to the terminal, and kept in the state. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Stores why the data stack must not be deployed, or that it may again. */
  forbidDeploys(reason: string | undefined): Promise<void>;
}

/**
 * One way to end up with one encrypted instance.
 *
 * `logical-replication` walks the engine's phases. A strategy that makes another instance or swaps identifiers brings
 * its own `run`, and leaves `deploysForbidden` set until the instance is imported as found.
 */
export interface Strategy {
  readonly id: StrategyId;
  readonly title: string;
  /** Makes another instance or renames one, so that CloudFormation believes what is no longer true. */
  readonly replacesInstance: boolean;
  plan(input: PlanInput): StrategyPlan;
  /** Undefined: the engine's own phases do it. */
  run?(context: StrategyRun): Promise<Evidence>;
  /** @throws ConsolidationStop `no-way-back` when going back would lose writes */
  assertWayBack?(context: StrategyRun): Promise<void>;
  /** Takes back what `run` did, wherever it was stopped, and admits deploys. Undefined: the engine's own phases do it. */
  back?(context: StrategyRun): Promise<void>;
}
