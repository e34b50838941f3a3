import { pinnedDatabaseIds } from './consolidation';

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

/** Whether a stack's policy, as CloudFormation gives it, forbids every update. */
export function forbidsDeploys(policy: string | undefined): boolean {
  try {
    return policy !== undefined && JSON.stringify(JSON.parse(policy)) === JSON.stringify(forbiddingPolicy);
  } catch {
    return false;
  }
}
