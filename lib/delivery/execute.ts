import { isDeepStrictEqual } from 'node:util';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { AssemblyStack } from './assembly';
import {
  deleteChangeSet,
  executeChangeSet,
  findStack,
  type Patience,
  type PreparedChangeSet,
  prepareChangeSet,
  templateOf,
} from './change-sets';
import { type DeployPlan, type PlannedStack, unapprovedChanges } from './plan';
import { changeSetName } from './prepare';

export interface ExecuteOptions {
  /** Acts with the bootstrap's deploy role. */
  readonly cloudFormation: CloudFormationClient;
  readonly plan: DeployPlan;
  /** Stacks of the approved assembly. */
  readonly stacks: readonly AssemblyStack[];
  readonly note: (line: string) => void;
  readonly patience?: Patience;
}

export interface StackOutcome {
  readonly stackName: string;
  readonly outcome: 'deployed' | 'unchanged' | 'failed' | 'refused' | 'not started';
  /** Status in which CloudFormation left the stack, where it ran. */
  readonly status?: string;
  /** Why it failed or was refused. */
  readonly reasons: readonly string[];
}

export interface ExecutionReport {
  readonly succeeded: boolean;
  readonly stacks: readonly StackOutcome[];
}

/**
 * Executes an approved plan, stack by stack in the order of their dependencies, and stops at the first failure.
 *
 * CloudFormation rolls the stack back that failed, and a first creation goes away whole. Stacks before it keep what was
 * approved; those after it are not started, and their change sets are deleted.
 */
export async function executePlan(options: ExecuteOptions): Promise<ExecutionReport> {
  const { cloudFormation, plan, stacks, note } = options;
  const outcomes: StackOutcome[] = [];
  const republished = new Set<string>();
  let stopped = false;
  for (const stack of stacks) {
    const { stackName } = stack;
    const planned = plan.stacks.find((one) => one.stackName === stackName);
    if (planned === undefined || planned.templateHash !== stack.templateHash) {
      throw new Error(`The plan does not hold the template of ${stackName} that the assembly holds. Plan again.`);
    }
    if (stopped) {
      if (planned.changeSetArn !== null) await deleteChangeSet(cloudFormation, stackName, planned.changeSetArn);
      outcomes.push({ stackName, outcome: 'not started', reasons: [] });
      continue;
    }
    const outcome = await executeStack(options, stack, planned, republished);
    note(`${stackName}: ${outcome.outcome}${outcome.status === undefined ? '' : ` (${outcome.status})`}`);
    for (const reason of outcome.reasons) note(`  ${reason}`);
    outcomes.push(outcome);
    stopped = outcome.outcome === 'failed' || outcome.outcome === 'refused';
    if (outcome.outcome === 'deployed') for (const name of stack.publishes) republished.add(name);
  }
  return { succeeded: !stopped, stacks: outcomes };
}

async function executeStack(
  { cloudFormation, plan, patience }: ExecuteOptions,
  stack: AssemblyStack,
  planned: PlannedStack,
  republished: ReadonlySet<string>,
): Promise<StackOutcome> {
  const { stackName } = stack;
  // A change set holds the values that parameters had when it was made: one that reads what this run has published is
  // made again, from the bytes that were approved.
  const isStale = stack.reads.some((name) => republished.has(name));
  let set: PreparedChangeSet | undefined;
  if (planned.kind === 'deferred' || isStale) {
    if (planned.changeSetArn !== null) await deleteChangeSet(cloudFormation, stackName, planned.changeSetArn);
    if (stack.templateUrl === undefined)
      throw new Error(`The assembly does not say where the template of ${stackName} is published.`);
    const place = { name: changeSetName(plan.assembly), templateUrl: stack.templateUrl };
    set = await prepareChangeSet(cloudFormation, stack, place, patience);
    const unapproved = unapprovedChanges(planned.changes, set?.changes ?? []);
    if (set !== undefined && unapproved.length > 0) {
      await deleteChangeSet(cloudFormation, stackName, set.arn);
      const reasons = unapproved.map(
        ({ logicalId, type, action, replacement }) =>
          `${logicalId} ${type}: ${action}${replacement === undefined ? '' : `, replacement ${replacement}`}, which nobody approved. Plan again.`,
      );
      return { stackName, outcome: 'refused', reasons };
    }
  } else if (planned.kind === 'change-set' && planned.changeSetArn !== null) {
    set = { arn: planned.changeSetArn, changes: planned.changes };
  }
  if (set === undefined) return { stackName, outcome: 'unchanged', reasons: [] };

  const sent = await templateOf(cloudFormation, { stackName, changeSetArn: set.arn });
  if (!sameTemplate(sent, stack.template)) {
    return {
      stackName,
      outcome: 'refused',
      reasons: ['The change set holds another template than the approved one. Plan again.'],
    };
  }
  const { succeeded, status, reasons } = await executeChangeSet(cloudFormation, { stackName, arn: set.arn }, patience);
  return { stackName, outcome: succeeded ? 'deployed' : 'failed', status, reasons };
}

/**
 * Reads every stack back from CloudFormation.
 *
 * @returns what is not as the assembly has it; nothing when all is well
 */
export async function readStacksBack(
  cloudFormation: CloudFormationClient,
  stacks: readonly AssemblyStack[],
): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const { stackName, template } of stacks) {
    const status = (await findStack(cloudFormation, stackName))?.StackStatus ?? 'absent';
    if (!/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) wrong.push(`${stackName} is ${status}.`);
    else if (!sameTemplate(await templateOf(cloudFormation, { stackName }), template)) {
      wrong.push(`${stackName} has another template than the assembly.`);
    }
  }
  return wrong;
}

/** CloudFormation may give a template back with other white space, and with nothing else changed. */
const sameTemplate = (a: string, b: string): boolean => a === b || isDeepStrictEqual(JSON.parse(a), JSON.parse(b));
