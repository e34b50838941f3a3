import { z } from 'zod';
import { findingSchema } from './findings';
import { backPhaseIds, flaggedPhases, phaseIds, sides } from './phases';

export const strategyIds = ['logical-replication', 'snapshot-copy', 'seeded-replication', 'blue-green'] as const;
export type StrategyId = (typeof strategyIds)[number];

const moment = z.iso.datetime();

/** What a phase left behind as proof. Small: it goes into one item of at most 400 KB with everything else. */
export const evidenceSchema = z.record(z.string(), z.json());
export type Evidence = z.infer<typeof evidenceSchema>;

const phaseRecordSchema = z.strictObject({
  startedAt: moment,
  finishedAt: moment.optional(),
  /** Times that the action ran: more than one says that the tool was stopped in between. */
  attempts: z.int().min(1),
  evidence: evidenceSchema.optional(),
});

const leaseSchema = z.strictObject({
  /** Who holds it: host and process, for a person to read. */
  holder: z.string().min(1),
  expiresAt: moment,
});

/** What a run remembers. The databases hold the facts; where the two disagree, the databases are right. */
export const runStateSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** `c-` and a date and time with random letters behind: what the explicit flags must repeat. */
  runId: z.string().regex(/^c-\d{8}-\d{6}-[a-z0-9]{4}$/),
  strategy: z.enum(strategyIds),
  account: z.string().min(1),
  region: z.string().min(1),
  /** Instance identifier and database by side: a run belongs to one pair. */
  instances: z.record(z.enum(sides), z.strictObject({ identifier: z.string().min(1), database: z.string().min(1) })),
  /** Rises with every lease taken; both databases refuse a runner with an older one. */
  epoch: z.int().min(0),
  lease: leaseSchema.optional(),
  /** `rolled-back` and `retired` are ends; another run may then begin. */
  status: z.enum(['active', 'rolling-back', 'rolled-back', 'retired']),
  phases: z.partialRecord(z.enum([...phaseIds, ...backPhaseIds]), phaseRecordSchema),
  findings: z.array(findingSchema),
  /** Ids of the findings that somebody accepted, with the moment. */
  accepted: z.record(z.string(), moment),
  /** Flags given for this run, with the moment. */
  confirmed: z.partialRecord(z.enum(flaggedPhases), moment),
  /** Why nobody may deploy the data stack now: a strategy made or renamed an instance that CloudFormation believes in. */
  deploysForbidden: z.string().optional(),
  createdAt: moment,
  updatedAt: moment,
});
export type RunState = z.infer<typeof runStateSchema>;
