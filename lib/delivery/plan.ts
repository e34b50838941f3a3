import { z } from 'zod';
import type { PlannedChange } from './change-sets';
import { commitSchema, hashSchema } from './schemas';

const changeSchema = z.strictObject({
  logicalId: z.string(),
  type: z.string(),
  action: z.string(),
  replacement: z.string().optional(),
});

/** One stack of a plan. */
const plannedStackSchema = z.strictObject({
  stackName: z.string(),
  templateHash: hashSchema,
  /**
   * `change-set`: one is prepared. `unchanged`: none is needed. `deferred`: the template reads a parameter that another
   * stack of the plan publishes first, so that CloudFormation cannot make the change set yet.
   */
  kind: z.enum(['change-set', 'unchanged', 'deferred']),
  changeSetArn: z.string().nullable(),
  /** Parameters that do not exist yet. */
  waitsFor: z.array(z.string()),
  changes: z.array(changeSchema),
});
export type PlannedStack = z.infer<typeof plannedStackSchema>;

/** What somebody approves: exactly these bytes, to exactly this account, with exactly these changes. */
export const planSchema = z.strictObject({
  schemaVersion: z.literal(1),
  account: z.string().regex(/^\d{12}$/),
  region: z.string(),
  commit: commitSchema,
  /** Hash of the archive with the assembly. */
  assembly: hashSchema,
  /** Assembly that the gate compared with; null before the first deploy. */
  gateBase: hashSchema.nullable(),
  stacks: z.array(plannedStackSchema),
});
export type DeployPlan = z.infer<typeof planSchema>;

/**
 * Changes of a fresh change set that nobody was shown and that could cost something: removals, and replacements that
 * happen or may happen. What is added or changed in place follows from the bytes that were approved.
 */
export const unapprovedChanges = (
  approved: readonly PlannedChange[],
  fresh: readonly PlannedChange[],
): readonly PlannedChange[] =>
  fresh.filter(
    (change) =>
      !isGentle(change) &&
      !approved.some(
        ({ logicalId, type, action, replacement }) =>
          logicalId === change.logicalId &&
          type === change.type &&
          action === change.action &&
          replacement === change.replacement,
      ),
  );

const isGentle = ({ action, replacement }: PlannedChange): boolean =>
  action === 'Add' || (action === 'Modify' && (replacement === 'False' || replacement === undefined));

const verbs: Readonly<Record<string, string>> = { Add: 'add', Remove: '**remove**', Import: 'import' };

const verb = ({ action, replacement }: PlannedChange): string => {
  if (action !== 'Modify') return verbs[action] ?? action;
  if (replacement === 'True') return '**replace**';
  return replacement === 'Conditional' ? '**may replace**' : 'update in place';
};

/** The plan for a person, as Markdown. */
export function renderPlan(plan: DeployPlan, planHash: string): string {
  const changing = plan.stacks.filter(({ kind }) => kind !== 'unchanged');
  const unchanged = plan.stacks.filter(({ kind }) => kind === 'unchanged');
  return [
    `## Deploy plan for account ${plan.account}, ${plan.region}`,
    '',
    `Commit \`${plan.commit}\`, assembly \`${plan.assembly}\`.`,
    plan.gateBase === null
      ? 'First deploy of this environment: there is nothing to compare with.'
      : `The gate is open against the deployed assembly \`${plan.gateBase.slice(0, 12)}\`.`,
    '',
    ...changing.flatMap(renderStack),
    ...(unchanged.length > 0 ? [`Unchanged: ${unchanged.map(({ stackName }) => stackName).join(', ')}.`, ''] : []),
    `Approving the environment approves plan \`${planHash}\`.`,
    '',
  ].join('\n');
}

function renderStack({ stackName, kind, waitsFor, changes }: PlannedStack): readonly string[] {
  const heading = `### ${stackName}`;
  if (kind === 'deferred') {
    return [
      heading,
      '',
      `Its change set comes later: it reads ${waitsFor.map((name) => `\`${name}\``).join(', ')}, which an earlier stack makes.`,
      'It is executed only if it removes and replaces nothing.',
      '',
    ];
  }
  return [
    heading,
    '',
    '| resource | type | change |',
    '|---|---|---|',
    ...changes.map((change) => `| ${change.logicalId} | ${change.type} | ${verb(change)} |`),
    '',
  ];
}
