import { type CfnRole, type IPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { pinnedLogicalId } from './stateful';

/**
 * A role with a physical name, and a logical id that follows from it: under a new logical id CloudFormation would
 * create the role again before it deletes the old one, and stumble over the name.
 */
export function namedRole(scope: Construct, id: string, roleName: string, assumedBy: IPrincipal): Role {
  const role = new Role(scope, id, { roleName, assumedBy });
  (role.node.defaultChild as CfnRole).overrideLogicalId(pinnedLogicalId('Role', roleName));
  return role;
}
