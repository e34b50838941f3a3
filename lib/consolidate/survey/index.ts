import { replicationParameters as deployed } from '../../estate/consolidation';
import type { Databases } from '../database/sessions';
import type { Finding } from '../findings';
import type { ReplicationParameters, World } from '../ports';
import { contentsRules } from './contents-rules';
import { type Observed, observe } from './observe';
import type { SurveyInput, SurveyRule } from './rule';
import { serverRules } from './server-rules';

export const surveyRules: readonly SurveyRule[] = [...serverRules, ...contentsRules];

/** What the templates set, so that a run asks for what was deployed. */
export const replicationParameters: ReplicationParameters = {
  maxReplicationSlots: deployed.max_replication_slots,
  maxWalSenders: deployed.max_wal_senders,
  maxLogicalReplicationWorkers: deployed.max_logical_replication_workers,
  maxWorkerProcesses: deployed.max_worker_processes,
  maxSlotWalKeepSizeMb: deployed.max_slot_wal_keep_size,
};

export interface SurveyResult {
  readonly findings: readonly Finding[];
  readonly source: Observed;
  readonly target: Observed;
}

export async function survey(databases: Databases, world: World): Promise<SurveyResult> {
  const [source, target, sourceInstance, targetInstance, clients] = await Promise.all([
    databases.read('source', observe),
    databases.read('target', observe),
    world.instances.describe('source'),
    world.instances.describe('target'),
    world.endpoint.clients(),
  ]);
  return {
    findings: findingsOf({
      source,
      target,
      instances: { source: sourceInstance, target: targetInstance },
      clients,
      parameters: replicationParameters,
      applicationRoles: world.applicationRoles,
    }),
    source,
    target,
  };
}

const weight = { blocks: 0, decision: 1, handled: 2 } as const;

/** What blocks comes first. */
export const findingsOf = (input: SurveyInput): Finding[] =>
  surveyRules.flatMap((rule) => rule.find(input)).sort((a, b) => weight[a.gravity] - weight[b.gravity]);
