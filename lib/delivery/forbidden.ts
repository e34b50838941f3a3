import { type CloudFormationClient, GetStackPolicyCommand } from '@aws-sdk/client-cloudformation';
import { forbidsDeploys } from '../estate/stack-policy';
import { saysThereIsNone } from './change-sets';
import type { DeployPlan } from './plan';
import { RefusedError } from './target';

/**
 * Whether a consolidation forbids deploys of a stack that the plan changes. CloudFormation refuses the update itself, but
 * only when the stacks before it have been deployed.
 *
 * @throws RefusedError naming the stacks; nothing was changed
 */
export async function assertDeploysAdmitted(
  cloudFormation: CloudFormationClient,
  { stacks }: Pick<DeployPlan, 'stacks'>,
): Promise<void> {
  const forbidden: string[] = [];
  for (const { stackName, kind } of stacks) {
    if (kind !== 'unchanged' && forbidsDeploys(await policyOf(cloudFormation, stackName))) forbidden.push(stackName);
  }
  if (forbidden.length === 0) return;
  throw new RefusedError(
    `Deploys are forbidden by the policy of the stack, got: ${forbidden.join(', ')}. A consolidation made or renamed an instance that the template does not know: \`npx estate consolidate status\` says why, and docs/consolidation-infrastructure.md, "When deploys are forbidden", how to come back. Nothing was changed.`,
  );
}

async function policyOf(cloudFormation: CloudFormationClient, StackName: string): Promise<string | undefined> {
  try {
    return (await cloudFormation.send(new GetStackPolicyCommand({ StackName }))).StackPolicyBody;
  } catch (error) {
    // A stack that is yet to be created has no policy.
    if (saysThereIsNone(error)) return undefined;
    throw error;
  }
}
