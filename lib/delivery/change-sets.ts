import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Change,
  type CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetCommandOutput,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import type { AssemblyStack } from './assembly';

/** One change of a change set, as a reviewer sees it. */
export interface PlannedChange {
  readonly logicalId: string;
  readonly type: string;
  readonly action: string;
  /** `True`, `False` or `Conditional`, for a modification. */
  readonly replacement?: string;
}

export interface PreparedChangeSet {
  readonly arn: string;
  readonly changes: readonly PlannedChange[];
}

export interface Patience {
  /** Milliseconds between two looks. @default two seconds */
  readonly pollMs?: number;
  /** Milliseconds until waiting is given up. @default one hour */
  readonly timeoutMs?: number;
}

/** Whether CloudFormation answered that it has no stack of that name. */
export const saysThereIsNone = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message);

/** A stack, or undefined when there is none. One that was only reviewed so far has no resources and counts as none. */
export async function findStack(client: CloudFormationClient, stackName: string): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    return Stacks[0];
  } catch (error) {
    if (saysThereIsNone(error)) return undefined;
    throw error;
  }
}

const isNew = (stack: Stack | undefined): boolean =>
  stack === undefined || stack.StackStatus === 'REVIEW_IN_PROGRESS' || stack.StackStatus === 'DELETE_COMPLETE';

/**
 * Makes a change set of a stack and reads it.
 *
 * @param templateUrl where the template's very bytes lie
 * @returns undefined when the stack needs no change
 * @throws when the stack is in a state that takes none, and with CloudFormation's reason when it refuses
 */
export async function prepareChangeSet(
  client: CloudFormationClient,
  stack: AssemblyStack,
  { name, templateUrl }: { readonly name: string; readonly templateUrl: string },
  patience: Patience = {},
): Promise<PreparedChangeSet | undefined> {
  const live = await findStack(client, stack.stackName);
  const create = isNew(live);
  const status = live?.StackStatus ?? '';
  if (!create && (/_IN_PROGRESS$/.test(status) || /^(ROLLBACK|DELETE)_|_FAILED$/.test(status))) {
    throw new Error(
      `Stack ${stack.stackName} takes no change, got: ${status}. Wait for what runs on it, or mend it first (npx cdk rollback, or delete a stack whose creation failed).`,
    );
  }
  // A set of an earlier try, for the same bytes, would be in the way.
  await deleteChangeSet(client, stack.stackName, name);
  await client.send(
    new CreateChangeSetCommand({
      StackName: stack.stackName,
      ChangeSetName: name,
      ChangeSetType: create ? 'CREATE' : 'UPDATE',
      TemplateURL: templateUrl,
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
      Tags: Object.entries(stack.tags).map(([Key, Value]) => ({ Key, Value })),
      ...(stack.executionRoleArn !== undefined && { RoleARN: stack.executionRoleArn }),
      // A first creation that fails goes away whole, so that the next try starts from nothing.
      ...(create && { OnStackFailure: 'DELETE' as const }),
    }),
  );
  const described = await waitForChangeSet(client, stack.stackName, name, patience);
  if (described.Status === 'CREATE_COMPLETE') {
    return { arn: described.ChangeSetId ?? '', changes: await changesOf(client, stack.stackName, name, described) };
  }
  const reason = described.StatusReason ?? '(no reason)';
  await deleteChangeSet(client, stack.stackName, name);
  if (/didn't contain changes|No updates are to be performed/i.test(reason)) return undefined;
  throw new Error(`CloudFormation refuses the change set of ${stack.stackName}: ${reason}`);
}

async function waitForChangeSet(
  client: CloudFormationClient,
  StackName: string,
  ChangeSetName: string,
  { pollMs = 2_000, timeoutMs = 10 * 60_000 }: Patience,
): Promise<DescribeChangeSetCommandOutput> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const described = await client.send(new DescribeChangeSetCommand({ StackName, ChangeSetName }));
    if (described.Status === 'CREATE_COMPLETE' || described.Status === 'FAILED') return described;
    if (Date.now() > deadline)
      throw new Error(`The change set of ${StackName} is still ${described.Status}. Try again.`);
    await sleep(pollMs);
  }
}

async function changesOf(
  client: CloudFormationClient,
  StackName: string,
  ChangeSetName: string,
  first: DescribeChangeSetCommandOutput,
): Promise<readonly PlannedChange[]> {
  const changes: Change[] = [...(first.Changes ?? [])];
  for (let NextToken = first.NextToken; NextToken !== undefined; ) {
    const page = await client.send(new DescribeChangeSetCommand({ StackName, ChangeSetName, NextToken }));
    changes.push(...(page.Changes ?? []));
    NextToken = page.NextToken;
  }
  return changes
    .map(({ ResourceChange: change }) => ({
      logicalId: change?.LogicalResourceId ?? '',
      type: change?.ResourceType ?? '',
      action: change?.Action ?? '',
      replacement: change?.Action === 'Modify' ? change.Replacement : undefined,
    }))
    .sort((a, b) => (a.logicalId < b.logicalId ? -1 : 1));
}

/** Deletes a change set; one that does not exist is no error. */
export async function deleteChangeSet(client: CloudFormationClient, stackName: string, name: string): Promise<void> {
  await client.send(new DeleteChangeSetCommand({ StackName: stackName, ChangeSetName: name })).catch((error: Error) => {
    if (!/does not exist|ChangeSetNotFound/i.test(`${error.name} ${error.message}`)) throw error;
  });
}

export interface Execution {
  readonly succeeded: boolean;
  /** Status in which CloudFormation left the stack; `DELETE_COMPLETE` when a first creation went away again. */
  readonly status: string;
  /** What failed first, resource by resource. */
  readonly reasons: readonly string[];
}

/** Executes a change set and waits until CloudFormation is done, its own rollback included. */
export async function executeChangeSet(
  client: CloudFormationClient,
  { stackName, arn }: { readonly stackName: string; readonly arn: string },
  { pollMs = 2_000, timeoutMs = 60 * 60_000 }: Patience = {},
): Promise<Execution> {
  const before = await client.send(new DescribeChangeSetCommand({ ChangeSetName: arn }));
  const begun = new Date();
  await client.send(new ExecuteChangeSetCommand({ ChangeSetName: arn }));
  // By id: a stack whose creation failed can no longer be found by its name.
  const stackId = before.StackId ?? stackName;
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    await sleep(pollMs);
    const stack = await findStack(client, stackId);
    const status = stack?.StackStatus ?? 'DELETE_COMPLETE';
    if (!/_IN_PROGRESS$/.test(status)) {
      const succeeded = status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE';
      return { succeeded, status, reasons: succeeded ? [] : await failuresOf(client, stackId, begun) };
    }
    if (Date.now() > deadline) {
      throw new Error(`Stack ${stackName} is still ${status}. CloudFormation goes on by itself: look at its events.`);
    }
  }
}

/** Why resources failed, oldest first; that others were cancelled or rolled back explains nothing. */
async function failuresOf(client: CloudFormationClient, StackName: string, since: Date): Promise<readonly string[]> {
  const { StackEvents = [] } = await client
    .send(new DescribeStackEventsCommand({ StackName }))
    .catch(() => ({ StackEvents: [] }));
  // A second less: the clock of this machine is not CloudFormation's.
  const recent = StackEvents.filter(({ Timestamp }) => (Timestamp?.getTime() ?? 0) >= since.getTime() - 1_000);
  return recent
    .filter(({ ResourceStatus = '' }) => ResourceStatus.endsWith('_FAILED'))
    .filter(({ ResourceStatusReason = '' }) => !/cancelled/i.test(ResourceStatusReason))
    .map(({ LogicalResourceId, ResourceType, ResourceStatusReason }) =>
      [LogicalResourceId, ResourceType, ResourceStatusReason ?? '(no reason)'].join(' '),
    )
    .reverse();
}

/** The template of a stack, or of a change set, as it was sent. */
export async function templateOf(
  client: CloudFormationClient,
  place: { readonly stackName: string; readonly changeSetArn?: string },
): Promise<string> {
  const { TemplateBody = '' } = await client.send(
    new GetTemplateCommand({
      StackName: place.stackName,
      ...(place.changeSetArn !== undefined && { ChangeSetName: place.changeSetArn }),
      TemplateStage: 'Original',
    }),
  );
  return TemplateBody;
}
