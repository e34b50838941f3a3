import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { GetParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { changeSetPrefix } from '../estate/delivery';
import type { AssemblyStack } from './assembly';
import { type Patience, prepareChangeSet } from './change-sets';
import type { PlannedStack } from './plan';
import type { DeliveryStore } from './store';

export interface PrepareOptions {
  readonly cloudFormation: CloudFormationClient;
  readonly ssm: SSMClient;
  readonly store: DeliveryStore;
  readonly stacks: readonly AssemblyStack[];
  /** Hash of the archive that holds the stacks. */
  readonly assembly: string;
  readonly note: (line: string) => void;
  readonly patience?: Patience;
}

/** Name of a plan's change sets: the same bytes give the same name, so that a second try replaces the first. */
export const changeSetName = (assembly: string): string => `${changeSetPrefix}${assembly.slice(0, 12)}`;

/**
 * Prepares a change set for each stack that needs one and can have one.
 *
 * @throws when a template reads a parameter that neither the account has nor another stack makes, naming all of them,
 *   before any change set is made
 */
export async function prepareStacks(options: PrepareOptions): Promise<readonly PlannedStack[]> {
  const { cloudFormation, ssm, store, stacks, assembly, note, patience } = options;
  const missing = await missingParameters(ssm, stacks);
  const published = new Set(stacks.flatMap(({ publishes }) => publishes));
  const unknown = [...missing].filter((name) => !published.has(name)).sort();
  if (unknown.length > 0) {
    throw new Error(
      `The account has no SSM parameter of these names, got: ${unknown.join(', ')}. Set them (docs/bring-up.md, section 3).`,
    );
  }
  const planned: PlannedStack[] = [];
  for (const stack of stacks) {
    const { stackName, templateHash } = stack;
    const waitsFor = stack.reads.filter((name) => missing.has(name));
    const common = { stackName, templateHash, changeSetArn: null, waitsFor, changes: [] };
    if (waitsFor.length > 0) {
      note(`${stackName}: deferred, reads ${waitsFor.join(', ')}`);
      planned.push({ ...common, kind: 'deferred' });
      continue;
    }
    const templateUrl = await store.putTemplate(stack.template);
    const set = await prepareChangeSet(cloudFormation, stack, { name: changeSetName(assembly), templateUrl }, patience);
    note(set === undefined ? `${stackName}: unchanged` : `${stackName}: ${set.changes.length} changes prepared`);
    planned.push(
      set === undefined
        ? { ...common, kind: 'unchanged' }
        : { ...common, kind: 'change-set', changeSetArn: set.arn, changes: [...set.changes] },
    );
  }
  return planned;
}

/** Most names that GetParameters takes. */
const batchSize = 10;

async function missingParameters(ssm: SSMClient, stacks: readonly AssemblyStack[]): Promise<ReadonlySet<string>> {
  const names = [...new Set(stacks.flatMap(({ reads }) => reads))].sort();
  const batches = Array.from({ length: Math.ceil(names.length / batchSize) }, (_, index) =>
    names.slice(index * batchSize, (index + 1) * batchSize),
  );
  const missing = new Set<string>();
  for (const Names of batches) {
    const { InvalidParameters = [] } = await ssm.send(new GetParametersCommand({ Names }));
    for (const name of InvalidParameters) missing.add(name);
  }
  return missing;
}
