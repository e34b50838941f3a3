import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CloudFormationClient,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  DetectStackDriftCommand,
} from '@aws-sdk/client-cloudformation';
import { collect, orAbsent } from '../audit/clients';

const pollEveryMs = 2_000;
/** Milliseconds; a stack of a hundred resources takes minutes at most. */
const longestDetection = 30 * 60_000;

/** A property that CloudFormation says lives otherwise than the template has it. */
export interface Drift {
  readonly logicalId: string;
  /** Path of the property, or `-` for a resource that is gone. */
  readonly property: string;
  readonly template: string;
  readonly live: string;
}

/**
 * Lets CloudFormation compare a stack with what lives. It changes no resource.
 *
 * @returns `undefined` when CloudFormation detects no drift in the state that the stack is in: the user guide names four states,
 *   and that of a finished import is not among them
 * @throws when the detection fails or does not end
 */
export async function detectDrift(client: CloudFormationClient, StackName: string): Promise<Drift[] | undefined> {
  const started = await orAbsent(client.send(new DetectStackDriftCommand({ StackName })), 'ValidationError');
  if (started === undefined) return undefined;
  const { StackDriftDetectionId } = started;
  const deadline = Date.now() + longestDetection;
  for (;;) {
    const status = await client.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }));
    if (status.DetectionStatus === 'DETECTION_COMPLETE') break;
    if (status.DetectionStatus === 'DETECTION_FAILED') {
      throw new Error(`Drift of ${StackName} could not be detected, got: ${status.DetectionStatusReason}.`);
    }
    if (Date.now() > deadline)
      throw new Error(`Drift detection of ${StackName} does not end. Look at it in the console.`);
    await sleep(pollEveryMs);
  }
  const drifts = await collect(driftPages(client, StackName), (page) => page.StackResourceDrifts);
  return drifts.flatMap((drift): Drift[] => {
    const logicalId = drift.LogicalResourceId ?? '';
    if (drift.StackResourceDriftStatus === 'DELETED') {
      return [{ logicalId, property: '-', template: 'there', live: 'gone' }];
    }
    return (drift.PropertyDifferences ?? []).map(({ PropertyPath, ExpectedValue, ActualValue }) => ({
      logicalId,
      property: PropertyPath ?? '',
      template: ExpectedValue ?? '',
      live: ActualValue ?? '',
    }));
  });
}

/** The SDK has no paginator for drifts. */
async function* driftPages(client: CloudFormationClient, StackName: string) {
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new DescribeStackResourceDriftsCommand({
        StackName,
        StackResourceDriftStatusFilters: ['MODIFIED', 'DELETED'],
        NextToken,
      }),
    );
    yield page;
    NextToken = page.NextToken;
  } while (NextToken);
}

/** Resources that a stack of the account holds, by logical id; `undefined` when there is no such stack. */
export async function heldResources(
  client: CloudFormationClient,
  StackName: string,
): Promise<ReadonlyMap<string, string> | undefined> {
  const answer = await orAbsent(client.send(new DescribeStacksCommand({ StackName })), 'ValidationError');
  const [stack] = answer?.Stacks ?? [];
  // A change set that was never executed leaves a stack that holds nothing.
  if (stack === undefined || stack.StackStatus === 'REVIEW_IN_PROGRESS' || stack.StackStatus === 'DELETE_COMPLETE') {
    return undefined;
  }
  const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName }));
  return new Map(StackResources.map((one) => [one.LogicalResourceId ?? '', one.PhysicalResourceId ?? '']));
}
