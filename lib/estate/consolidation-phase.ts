import { z } from 'zod';

/**
 * How far the infrastructure is prepared for the consolidation. Data of the settings file: a step is one deploy, and no
 * step replaces or removes a database.
 *
 * - `off`: nothing but what outlives a run (the state table, the log group, the image repository) and a task without
 *   rights.
 * - `survey`: the runner's task may reach both instances and read what the survey needs.
 * - `prepare`: own parameter groups with logical replication; the two instances may reach one another; alarms.
 * - `replicate`: a silent heartbeat raises an alarm, because a run is under way.
 * - `soak`: the encrypted instance serves and the reverse leg runs; the same infrastructure in the other direction.
 * - `retain`: the legs are gone: logical replication, the rule between the two and the alarms go; both instances stay.
 */
export const consolidationPhases = ['off', 'survey', 'prepare', 'replicate', 'soak', 'retain'] as const;
export type ConsolidationPhase = (typeof consolidationPhases)[number];

/** Ways from two instances to one. The runner's role gets the rights of one strategy only. */
export const consolidationStrategies = [
  'logical-replication',
  'snapshot-copy',
  'seeded-replication',
  'blue-green',
] as const;

export const consolidationSettingsSchema = z
  .strictObject({
    phase: z.enum(consolidationPhases),
    strategy: z.enum(consolidationStrategies).default('logical-replication'),
    /**
     * Services of ECS that use the database and read the secret when they start: the switch deploys them anew. Empty:
     * the audit says that the main application runs on ECS, and no listing shows such a service.
     */
    services: z.array(z.strictObject({ cluster: z.string().min(1), name: z.string().min(1) })).default([]),
  })
  .default({ phase: 'off', strategy: 'logical-replication', services: [] });

export type ConsolidationSettings = z.infer<typeof consolidationSettingsSchema>;

/** What a phase means for the templates. */
export interface PhaseEffects {
  /** The runner may reach the databases and act on them. */
  readonly runner: boolean;
  /** Both instances use parameter groups of their own. Once they do they keep them: each change restarts an instance. */
  readonly parameterGroups: boolean;
  /** `rds.logical_replication`, a static parameter. */
  readonly logicalReplication: boolean;
  /** The database security group admits itself, so that each instance reaches the other. */
  readonly betweenInstances: boolean;
  /** Alarms on replication lag, slot size, storage. */
  readonly alarms: boolean;
  /** A heartbeat that is not reported at all raises the alarm as well. */
  readonly heartbeatExpected: boolean;
}

const nothing: PhaseEffects = {
  runner: false,
  parameterGroups: false,
  logicalReplication: false,
  betweenInstances: false,
  alarms: false,
  heartbeatExpected: false,
};
const prepared: PhaseEffects = {
  runner: true,
  parameterGroups: true,
  logicalReplication: true,
  betweenInstances: true,
  alarms: true,
  heartbeatExpected: false,
};

const effects: Readonly<Record<ConsolidationPhase, PhaseEffects>> = {
  off: nothing,
  survey: { ...nothing, runner: true },
  prepare: prepared,
  replicate: { ...prepared, heartbeatExpected: true },
  soak: { ...prepared, heartbeatExpected: true },
  retain: { ...nothing, runner: true, parameterGroups: true },
};

export const effectsOf = ({ phase }: Pick<ConsolidationSettings, 'phase'>): PhaseEffects => effects[phase];
