import { GetStackPolicyCommand, SetStackPolicyCommand } from '@aws-sdk/client-cloudformation';
import { pinnedDatabaseIds } from '../../estate/consolidation';
import { ConsolidationStop } from '../errors';
import type { ConsolidationClients } from './clients';

/** Stack that holds both instances. */
export const dataStackName = 'huntaze-estate-data';

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Principal: '*';
  readonly Resource: string | readonly string[];
}

const everythingElse: Statement = { Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' };
const databases: readonly string[] = pinnedDatabaseIds.map((id) => `LogicalResourceId/${id}`);

/**
 * What CloudFormation may do to the two instances while a consolidation is prepared or under way: change them in place.
 * An update that would replace or delete one is refused by CloudFormation itself, before anything happens.
 */
export const protectingPolicy = {
  Statement: [
    everythingElse,
    { Effect: 'Deny', Action: ['Update:Replace', 'Update:Delete'], Principal: '*', Resource: databases },
  ] satisfies Statement[],
} as const;

/** Nothing of the stack may be updated: what CloudFormation believes of the instances is not true. */
export const forbiddingPolicy = {
  Statement: [{ Effect: 'Deny', Action: 'Update:*', Principal: '*', Resource: '*' }] satisfies Statement[],
} as const;

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
    return StackPolicyBody !== undefined && sameJson(StackPolicyBody, forbiddingPolicy) ? 'forbidden' : 'admitted';
  };
  return {
    forbid: () => set(forbiddingPolicy, 'forbidden'),
    admit: () => set(protectingPolicy, 'admitted'),
    state,
  };
}

const sameJson = (text: string, value: object): boolean => {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(value);
  } catch {
    return false;
  }
};
