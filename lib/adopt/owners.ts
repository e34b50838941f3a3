import { clusters, repositories, services, tasks } from '../estate/compute';
import { cache, databases } from '../estate/databases';
import { distribution } from '../estate/edge';
import { type OwnerId, owners } from '../estate/evidence';
import { functions, modelledFunctions } from '../estate/functions';
import { queues, standaloneDeadLetterQueues } from '../estate/messaging';
import { workerVpc } from '../estate/network';
import { buckets, foreignBuckets } from '../estate/storage';
import { appConfig, rules, secrets, summarizerSchedule, tables } from '../estate/support';

/** How an owner lets a resource go without touching it. */
export type ReleaseMethod = 'retain' | 'orphan' | 'delete' | 'none';

export interface Release {
  readonly owner: string;
  /** What the inventory knows of the owner. */
  readonly kind: string;
  /** Whether a document names the owner, or it is inferred. */
  readonly certain: boolean;
  readonly method: ReleaseMethod;
  readonly how: string;
}

/** Owner by physical name: rows first, then what comes with a row and carries a name of its own. */
const ownerByName: ReadonlyMap<string, OwnerId> = new Map([
  ...[...clusters, ...repositories, ...services, ...tasks, ...databases, cache, distribution].map(
    (row) => [row.name, row.owner] as const,
  ),
  ...[...functions, ...buckets, ...foreignBuckets, ...tables, ...rules, ...secrets, ...queues].map(
    (row) => [row.name, row.owner] as const,
  ),
  ...queues.map((row) => [row.deadLetterQueue.name, row.owner] as const),
  ...standaloneDeadLetterQueues.map((row) => [row.name, row.owner] as const),
  ...modelledFunctions.flatMap((row) => [
    [`/aws/lambda/${row.name}`, row.owner] as const,
    [row.role, row.owner] as const,
  ]),
  ...tasks.flatMap((row) => [
    [row.logGroup.name, row.owner] as const,
    [row.executionRole, row.owner] as const,
    [row.taskRole, row.owner] as const,
  ]),
  [cache.subnetGroup, cache.owner] as const,
  ...[appConfig.name, appConfig.environment, appConfig.profile, appConfig.strategy.name].map(
    (name) => [name, appConfig.owner] as const,
  ),
  [summarizerSchedule.name, summarizerSchedule.owner] as const,
  [summarizerSchedule.role, summarizerSchedule.owner] as const,
  [workerVpc.cidr, workerVpc.owner] as const,
]);

/** The owner that the inventory has for a physical name; `undefined` where it has none. */
export const inventoryOwner = (name: string): OwnerId | undefined => ownerByName.get(name);

/** What must happen at an owner before CloudFormation takes a resource in. */
export function releaseOf(owner: OwnerId): Release {
  const { kind, certain } = owners[owner];
  return { owner, kind, certain, ...releaseHow(kind) };
}

/** The same for a stack that the look-up found by name: CloudFormation itself said so. */
export const releaseOfStack = (stackName: string): Release => ({
  owner: stackName,
  kind: 'CloudFormation stack (seen live)',
  certain: true,
  ...releaseHow('CloudFormation stack'),
});

function releaseHow(kind: string): Pick<Release, 'method' | 'how'> {
  if (kind.startsWith('CloudFormation stack (CDK bootstrap')) {
    return {
      method: 'retain',
      how: `Leave it there as long as anybody deploys with this bootstrap: the deployment of this very stack needs it.`,
    };
  }
  if (kind.startsWith('CloudFormation stack')) {
    return {
      method: 'retain',
      how: `Give it DeletionPolicy and UpdateReplacePolicy Retain, deploy; then take it out of the template (and what refers to it), deploy again. A CDK app may use \`cdk orphan\`. Never delete the stack before every one of its resources has Retain.`,
    };
  }
  if (kind.startsWith('Terraform')) {
    return {
      method: 'orphan',
      how: `Run \`terraform state rm <address>\`, or write a removed block with lifecycle { destroy = false }, and take it out of the code in the same change.`,
    };
  }
  return { method: 'none', how: 'Nobody holds it: nothing to release.' };
}
