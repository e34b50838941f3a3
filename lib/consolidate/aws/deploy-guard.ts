import { GetStackPolicyCommand, SetStackPolicyCommand } from '@aws-sdk/client-cloudformation';
import { dataStackName, forbiddingPolicy, forbidsDeploys, protectingPolicy } from '../../estate/stack-policy';
import { ConsolidationStop } from '../errors';
import type { ConsolidationClients } from './clients';

/** Makes CloudFormation refuse deploys of the data stack, or admit them again. */
export interface DeployGuard {
  forbid(): Promise<void>;
  /** Back to the policy that protects the instances. */
  admit(): Promise<void>;
  state(): Promise<'forbidden' | 'admitted'>;
}

/** The guard through the stack policy of the data stack. */
export function stackPolicyGuard(
  cloudFormation: ConsolidationClients['cloudFormation'],
  stackName: string = dataStackName,
): DeployGuard {
  const set = async (policy: object, wanted: 'forbidden' | 'admitted'): Promise<void> => {
    await cloudFormation.send(
      new SetStackPolicyCommand({ StackName: stackName, StackPolicyBody: JSON.stringify(policy) }),
    );
    const seen = await state();
    if (seen !== wanted) {
      throw new ConsolidationStop(
        'entry-check',
        `The stack policy of ${stackName} was set and does not hold, got: deploys ${seen}.`,
      );
    }
  };
  const state = async (): Promise<'forbidden' | 'admitted'> => {
    const { StackPolicyBody } = await cloudFormation.send(new GetStackPolicyCommand({ StackName: stackName }));
    return forbidsDeploys(StackPolicyBody) ? 'forbidden' : 'admitted';
  };
  return {
    forbid: () => set(forbiddingPolicy, 'forbidden'),
    admit: () => set(protectingPolicy, 'admitted'),
    state,
  };
}
