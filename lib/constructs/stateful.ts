import { CfnDeletionPolicy, type CfnResource } from 'aws-cdk-lib';

/**
 * The logical id of a resource that holds state, from its kind and its physical name.
 *
 * Pinned, because CloudFormation reads a new logical id as "delete the old resource, create a new one": moving a
 * construct in the tree must never do that to a database.
 */
export function pinnedLogicalId(kind: string, physicalName: string): string {
  const words = physicalName.split(/[^A-Za-z0-9]+/).filter((word) => word.length > 0);
  return kind + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/**
 * Keeps a resource that holds state when its stack or its row goes.
 *
 * `RetainExceptOnCreate` and not `Retain`: a first create that rolls back must not leave an orphan whose name blocks
 * the next try.
 */
export function retainState(resource: CfnResource, kind: string, physicalName: string): void {
  resource.overrideLogicalId(pinnedLogicalId(kind, physicalName));
  resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
  resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
}
