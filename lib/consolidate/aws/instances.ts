import { DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import {
  CreateDBSnapshotCommand,
  type DBInstance,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  paginateDescribeDBParameters,
  RebootDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { ownParameterGroup } from '../../estate/consolidation';
import { ConsolidationStop } from '../errors';
import { otherSide, type Side, sides } from '../phases';
import type { InstanceActions, InstanceFacts, ReplicationParameters, SnapshotFacts } from '../ports';
import type { Evidence } from '../state';
import type { ConsolidationClients } from './clients';
import { orAbsent, serviceError } from './errors';
import { instanceFacts, snapshotFacts, standstillOf, unsettled } from './instance-facts';
import { type Look, type Patience, patienceOfAws, untilDone } from './patience';
import { admitsGroups } from './rules';

/** Minutes of metrics in which the last free storage is looked for. */
const metricMinutes = 30;

export interface RdsInstancesOptions {
  readonly clients: Pick<ConsolidationClients, 'rds' | 'ec2' | 'cloudWatch'>;
  /** Instance identifier of each side. */
  readonly identifiers: Readonly<Record<Side, string>>;
  /** Alarms that must exist before a leg starts. */
  readonly alarms: readonly string[];
  /** @default patienceOfAws */
  readonly patience?: Patience;
}

/**
 * What is done to the two instances through RDS.
 *
 * Parameter groups, rules and alarms belong to the stacks: a change of them behind CloudFormation's back would be undone,
 * or undo the next deploy. Those actions look whether the deploy of the phase has happened, and say which one is missing.
 * Performance Insights, backups and keys are left alone: no call here names them.
 */
export class RdsInstances implements InstanceActions {
  private readonly patience: Patience;

  constructor(private readonly options: RdsInstancesOptions) {
    this.patience = options.patience ?? patienceOfAws;
  }

  async describe(side: Side): Promise<InstanceFacts> {
    const facts = await this.look(side);
    const freeBytes = await this.freeStorage(facts.identifier);
    return freeBytes === undefined ? facts : { ...facts, freeBytes };
  }

  async ensureReplicationParameters(
    side: Side,
    parameters: ReplicationParameters,
  ): Promise<{ readonly rebootNeeded: boolean }> {
    const facts = await this.look(side);
    const wanted = ownParameterGroup(facts.identifier, facts.engineVersion).name;
    if (facts.parameterGroup !== wanted) {
      throw new ConsolidationStop(
        'entry-check',
        `${facts.identifier} must use the parameter group ${wanted}, got: ${facts.parameterGroup}.`,
        'Set databases.consolidation.phase to prepare and deploy the data stack in a quiet hour: CloudFormation restarts the instance. Then run again.',
      );
    }
    const wrong = differences(await this.parameterValues(wanted), parameters);
    if (wrong.length > 0) {
      throw new ConsolidationStop(
        'entry-check',
        `Parameter group ${wanted} has other values than the run needs, got: ${wrong.join(', ')}.`,
        'Deploy the data stack of this checkout with databases.consolidation.phase set to prepare, then run again.',
      );
    }
    const settled = await this.untilFacts(side, `parameters of ${facts.identifier}`, (seen) =>
      seen.parameterApplyStatus === 'applying' ? 'parameters applying' : undefined,
    );
    return { rebootNeeded: settled.parameterApplyStatus === 'pending-reboot' };
  }

  async reboot(side: Side): Promise<void> {
    const facts = await this.look(side);
    if (facts.parameterApplyStatus === 'pending-reboot') {
      if (facts.pendingChanges.length > 0) {
        throw new ConsolidationStop(
          'entry-check',
          `${facts.identifier} has changes that wait for its maintenance window, got: ${facts.pendingChanges.join(', ')}.`,
          'Apply or cancel them first: a restart during the run must not bring more than the parameters. Then run again.',
        );
      }
      await this.startReboot(side, facts.identifier);
    }
    await this.untilFacts(side, `restart of ${facts.identifier}`, unsettled);
  }

  async ensureNetworkPath(): Promise<Evidence> {
    const facts = { source: await this.look('source'), target: await this.look('target') };
    const ids = [...new Set(sides.flatMap((side) => facts[side].securityGroupIds))];
    const { SecurityGroups: groups = [] } = await this.options.clients.ec2.send(
      new DescribeSecurityGroupsCommand({ GroupIds: ids }),
    );
    const paths = sides.map((side) => {
      const own = groups.filter(({ GroupId: id }) => id !== undefined && facts[side].securityGroupIds.includes(id));
      const peers = facts[otherSide(side)].securityGroupIds;
      const group = own.find((candidate) => admitsGroups([candidate], peers, facts[side].port));
      return { side, group: group?.GroupId };
    });
    const closed = paths.filter(({ group }) => group === undefined).map(({ side }) => facts[side].identifier);
    if (closed.length > 0) {
      throw new ConsolidationStop(
        'entry-check',
        `No security group lets the other instance reach: ${closed.join(', ')}.`,
        'Set databases.consolidation.phase to prepare and deploy the network stack, then run again.',
      );
    }
    return Object.fromEntries(paths.map(({ side, group }) => [side, group ?? null]));
  }

  async ensureAlarms(): Promise<Evidence> {
    const { alarms, clients } = this.options;
    const { MetricAlarms: found = [] } = await clients.cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [...alarms], MaxRecords: 100 }),
    );
    const live = new Map(found.map((alarm) => [alarm.AlarmName, alarm]));
    const missing = alarms.filter((name) => !live.has(name));
    const silent = alarms.filter((name) => live.get(name)?.ActionsEnabled === false);
    if (missing.length > 0 || silent.length > 0) {
      throw new ConsolidationStop(
        'entry-check',
        [
          ...(missing.length > 0 ? [`Alarms are missing: ${missing.join(', ')}.`] : []),
          ...(silent.length > 0 ? [`Alarms are switched off: ${silent.join(', ')}.`] : []),
        ].join(' '),
        'Set databases.consolidation.phase to prepare and deploy the monitoring stack, or switch the actions on; then run again.',
      );
    }
    return { alarms: alarms.length };
  }

  async ensureSnapshot(side: Side, identifier: string): Promise<SnapshotFacts> {
    const instance = this.options.identifiers[side];
    const existing = await this.describeSnapshot(identifier);
    if (existing === undefined) await this.startSnapshot(side, instance, identifier);
    else if (existing.instance !== instance || existing.kind !== 'manual') {
      throw new ConsolidationStop(
        'entry-check',
        `Snapshot ${identifier} must be a manual one of ${instance}, got: a ${existing.kind} one of ${existing.instance}.`,
        'Delete or rename nothing: find out who made it. The run makes snapshots of its own names only.',
      );
    }
    return this.untilSnapshot(identifier);
  }

  async describeSnapshot(identifier: string): Promise<SnapshotFacts | undefined> {
    const answer = await orAbsent(
      this.options.clients.rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: identifier })),
      'DBSnapshotNotFound',
      'DBSnapshotNotFoundFault',
    );
    const [snapshot] = answer?.DBSnapshots ?? [];
    return snapshot && snapshotFacts(snapshot);
  }

  async protect(side: Side): Promise<void> {
    const { identifier, deletionProtection } = await this.look(side);
    if (!deletionProtection) {
      await this.options.clients.rds.send(
        // Protection applies at once whatever this says; `true` would apply every other change that waits as well.
        new ModifyDBInstanceCommand({
          DBInstanceIdentifier: identifier,
          DeletionProtection: true,
          ApplyImmediately: false,
        }),
      );
    }
    await this.untilFacts(side, `protection of ${identifier}`, (seen) =>
      seen.deletionProtection ? undefined : 'deletion protection off',
    );
  }

  /** @throws ConsolidationStop `bad-input` when there is no such instance */
  private async look(side: Side): Promise<InstanceFacts> {
    const identifier = this.options.identifiers[side];
    const answer = await orAbsent(
      this.options.clients.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier })),
      'DBInstanceNotFound',
      'DBInstanceNotFoundFault',
    );
    const instance: DBInstance | undefined = answer?.DBInstances?.[0];
    if (instance === undefined) {
      throw new ConsolidationStop('bad-input', `There is no DB instance of that name (${side}), got: ${identifier}.`);
    }
    return instanceFacts(instance);
  }

  /** Waits until nothing is amiss in two looks in a row: right after a change was accepted the old facts still show. */
  private async untilFacts(
    side: Side,
    what: string,
    amiss: (facts: InstanceFacts) => string | undefined,
  ): Promise<InstanceFacts> {
    let calm = 0;
    return untilDone(what, this.patience, async (): Promise<Look<InstanceFacts>> => {
      const facts = await this.look(side);
      const remedy = standstillOf(facts.status);
      if (remedy !== undefined) {
        throw new ConsolidationStop(
          'entry-check',
          `${facts.identifier} does not become available by itself, got: status ${facts.status}.`,
          `${remedy}; then run again.`,
        );
      }
      const reason = amiss(facts);
      calm = reason === undefined ? calm + 1 : 0;
      return calm >= 2 ? { done: facts } : { notYet: reason ?? 'looking again' };
    });
  }

  /** A reboot that somebody else started, or a change under way, is waited for; then it is asked for again if needed. */
  private async startReboot(side: Side, identifier: string): Promise<void> {
    await untilDone(`restart of ${identifier}`, this.patience, async (): Promise<Look<true>> => {
      const facts = await this.look(side);
      if (facts.parameterApplyStatus !== 'pending-reboot') return { done: true };
      if (facts.status !== 'available') return { notYet: `status ${facts.status}` };
      try {
        await this.options.clients.rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: identifier }));
        return { done: true };
      } catch (error) {
        if (!serviceError(error, 'InvalidDBInstanceState', 'InvalidDBInstanceStateFault')) throw error;
        return { notYet: 'another change is under way' };
      }
    });
  }

  private async startSnapshot(side: Side, instance: string, identifier: string): Promise<void> {
    await untilDone(`snapshot ${identifier}`, this.patience, async (): Promise<Look<true>> => {
      const { status } = await this.look(side);
      if (status !== 'available') return { notYet: `${instance} has status ${status}` };
      try {
        await this.options.clients.rds.send(
          new CreateDBSnapshotCommand({ DBInstanceIdentifier: instance, DBSnapshotIdentifier: identifier }),
        );
        return { done: true };
      } catch (error) {
        // An earlier try came through, and its answer was lost.
        if (serviceError(error, 'DBSnapshotAlreadyExists', 'DBSnapshotAlreadyExistsFault')) return { done: true };
        if (!serviceError(error, 'InvalidDBInstanceState', 'InvalidDBInstanceStateFault')) throw error;
        return { notYet: 'another change is under way' };
      }
    });
  }

  private untilSnapshot(identifier: string): Promise<SnapshotFacts> {
    return untilDone(`snapshot ${identifier}`, this.patience, async (): Promise<Look<SnapshotFacts>> => {
      const facts = await this.describeSnapshot(identifier);
      if (facts === undefined) return { notYet: 'not listed yet' };
      if (facts.status === 'failed') {
        throw new ConsolidationStop(
          'snapshot-missing',
          `Snapshot ${identifier} failed.`,
          'Delete the failed snapshot, then run again: it is taken anew.',
        );
      }
      return facts.status === 'available' ? { done: facts } : { notYet: `status ${facts.status}` };
    });
  }

  private async parameterValues(group: string): Promise<Map<string, string>> {
    const values = new Map<string, string>();
    const pages = paginateDescribeDBParameters(
      { client: this.options.clients.rds },
      { DBParameterGroupName: group, Source: 'user' },
    );
    for await (const { Parameters = [] } of pages) {
      for (const { ParameterName: name, ParameterValue: value } of Parameters) {
        if (name !== undefined && value !== undefined) values.set(name, value);
      }
    }
    return values;
  }

  private async freeStorage(identifier: string): Promise<number | undefined> {
    const end = new Date();
    const { MetricDataResults: [result] = [] } = await this.options.clients.cloudWatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(end.getTime() - metricMinutes * 60_000),
        EndTime: end,
        ScanBy: 'TimestampDescending',
        MetricDataQueries: [
          {
            Id: 'free',
            MetricStat: {
              Metric: {
                Namespace: 'AWS/RDS',
                MetricName: 'FreeStorageSpace',
                Dimensions: [{ Name: 'DBInstanceIdentifier', Value: identifier }],
              },
              Period: 60,
              Stat: 'Minimum',
            },
          },
        ],
      }),
    );
    return result?.Values?.[0];
  }
}

/** Parameters by their PostgreSQL names; more than wanted is as good, but a slot's bound, if one is wanted, is meant as it is. */
function differences(found: ReadonlyMap<string, string>, wanted: ReplicationParameters): string[] {
  const atLeast: Readonly<Record<string, number>> = {
    'rds.logical_replication': 1,
    max_replication_slots: wanted.maxReplicationSlots,
    max_wal_senders: wanted.maxWalSenders,
    max_logical_replication_workers: wanted.maxLogicalReplicationWorkers,
    max_worker_processes: wanted.maxWorkerProcesses,
  };
  const slot = found.get('max_slot_wal_keep_size');
  return [
    ...Object.entries(atLeast)
      .filter(([name, value]) => !(Number(found.get(name)) >= value))
      .map(([name, value]) => `${name} = ${found.get(name) ?? 'not set'} (at least ${value})`),
    ...(wanted.maxSlotWalKeepSizeMb === -1 || Number(slot) === wanted.maxSlotWalKeepSizeMb
      ? []
      : [`max_slot_wal_keep_size = ${slot ?? 'not set'} (${wanted.maxSlotWalKeepSizeMb})`]),
  ];
}
