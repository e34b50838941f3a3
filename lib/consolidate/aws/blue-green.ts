import {
  type BlueGreenDeployment,
  CreateBlueGreenDeploymentCommand,
  DeleteBlueGreenDeploymentCommand,
  DescribeBlueGreenDeploymentsCommand,
  DescribeDBInstancesCommand,
  SwitchoverBlueGreenDeploymentCommand,
} from '@aws-sdk/client-rds';
import { ConsolidationStop } from '../errors';
import type { ConsolidationClients } from './clients';
import { orAbsent, serviceError } from './errors';
import { instanceFacts, unsettled } from './instance-facts';
import { type Look, type Patience, patienceOfAws, untilDone } from './patience';

/** A blue/green deployment that encrypts: RDS copies the instance, follows it, and swaps the names. */
export interface BlueGreen {
  /** Makes it, or finds it again by its name; resolves when the green instance is settled, encrypted and may take over. */
  ensure(name: string, source: string): Promise<GreenFacts>;
  /** Swaps the names; resolves when the name of the source belongs to the encrypted instance. */
  switchOver(name: string, source: string): Promise<SwitchedFacts>;
  /** Forgets the deployment; both instances stay. */
  forget(name: string): Promise<void>;
}

export interface GreenFacts {
  readonly deployment: string;
  readonly green: string;
  readonly kmsKeyId: string;
}

export interface SwitchedFacts {
  /** Has the source's name now. */
  readonly serves: string;
  /** Identifier of what was the source. */
  readonly old: string;
}

export interface BlueGreenOptions {
  readonly rds: ConsolidationClients['rds'];
  /** ARN or id of the key for the green instance. */
  readonly keyId: string;
  /** Parameter group of the green instance. */
  readonly parameterGroup: string;
  /** Seconds in which RDS must have swapped the names, or leaves everything as it was. @default 300 */
  readonly switchoverSeconds?: number;
  /** @default patienceOfAws */
  readonly patience?: Patience;
}

const failed = ['INVALID_CONFIGURATION', 'SWITCHOVER_FAILED', 'DELETING'];
const keyOf = (arn = ''): string => arn.slice(arn.lastIndexOf('/') + 1);
const identifierOf = (arn = ''): string => arn.slice(arn.lastIndexOf(':') + 1);

const greenFacts = (deployment: BlueGreenDeployment, keyId: string): GreenFacts => ({
  deployment: deployment.BlueGreenDeploymentIdentifier ?? '',
  green: identifierOf(deployment.Target),
  kmsKeyId: keyOf(keyId),
});

/** The SDK has no waiter for these. */
export function rdsBlueGreen(options: BlueGreenOptions): BlueGreen {
  const { rds, keyId, parameterGroup, switchoverSeconds = 300, patience = patienceOfAws } = options;

  const find = async (name: string): Promise<BlueGreenDeployment | undefined> => {
    const { BlueGreenDeployments: found = [] } = await rds.send(
      new DescribeBlueGreenDeploymentsCommand({ Filters: [{ Name: 'blue-green-deployment-name', Values: [name] }] }),
    );
    return found.find(({ Status: status }) => status !== 'DELETING');
  };
  const instance = async (identifier: string) => {
    const answer = await orAbsent(
      rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier })),
      'DBInstanceNotFound',
      'DBInstanceNotFoundFault',
    );
    const [found] = answer?.DBInstances ?? [];
    return found && { facts: instanceFacts(found), arn: found.DBInstanceArn ?? '' };
  };
  const assertUsable = (
    name: string,
    { Status: status = '', StatusDetails: details, Tasks = [] }: BlueGreenDeployment,
  ) => {
    const broken = Tasks.filter(({ Status }) => Status === 'FAILED').map(({ Name }) => Name);
    if (!failed.includes(status) && broken.length === 0) return;
    throw new ConsolidationStop(
      'entry-check',
      `The blue/green deployment ${name} cannot go on, got: ${[status, details, ...broken].filter(Boolean).join('; ')}.`,
      'The source serves as before. Delete the deployment, mend what RDS names, then run again.',
    );
  };

  return {
    async ensure(name, source) {
      if ((await find(name)) === undefined) {
        const blue = await instance(source);
        if (blue === undefined) {
          throw new ConsolidationStop('bad-input', `There is no DB instance of that name, got: ${source}.`);
        }
        await rds
          .send(
            new CreateBlueGreenDeploymentCommand({
              BlueGreenDeploymentName: name,
              Source: blue.arn,
              TargetDBParameterGroupName: parameterGroup,
              TargetResourceConfigurations: [{ SourceArn: blue.arn, TargetKmsKeyId: keyId }],
            }),
          )
          .catch((error: unknown) => {
            if (!serviceError(error, 'BlueGreenDeploymentAlreadyExistsFault')) throw error;
          });
      }
      return untilDone(`blue/green deployment ${name}`, patience, async (): Promise<Look<GreenFacts>> => {
        const deployment = await find(name);
        if (deployment === undefined) return { notYet: 'not listed yet' };
        assertUsable(name, deployment);
        // Asked to switch by a run that died: there is no green instance to look at any more.
        if (deployment.Status?.startsWith('SWITCHOVER_')) return { done: greenFacts(deployment, keyId) };
        if (deployment.Status !== 'AVAILABLE') return { notYet: `status ${deployment.Status?.toLowerCase()}` };
        const green = await instance(identifierOf(deployment.Target));
        if (green === undefined) return { notYet: 'the green instance is not listed yet' };
        const reason = unsettled(green.facts);
        if (reason !== undefined) return { notYet: `green: ${reason}` };
        // What the deployment is for; RDS's own page of limitations denied it until the parameter came.
        if (!green.facts.encrypted || keyOf(green.facts.kmsKeyId) !== keyOf(keyId)) {
          throw new ConsolidationStop(
            'not-encrypted',
            `The green instance ${green.facts.identifier} must be encrypted with key ${keyOf(keyId)}, got: ${green.facts.encrypted ? keyOf(green.facts.kmsKeyId) : 'not encrypted'}.`,
            'This account or region does not encrypt by blue/green deployments. Delete it and take another strategy: the source serves as before.',
          );
        }
        return { done: greenFacts(deployment, keyId) };
      });
    },

    async switchOver(name, source) {
      let asked = false;
      return untilDone(`switchover of ${name}`, patience, async (): Promise<Look<SwitchedFacts>> => {
        const deployment = await find(name);
        if (deployment === undefined) {
          throw new ConsolidationStop('entry-check', `There is no blue/green deployment of that name, got: ${name}.`);
        }
        assertUsable(name, deployment);
        if (deployment.Status === 'SWITCHOVER_COMPLETED') return completed(deployment, source);
        if (deployment.Status === 'AVAILABLE' && !asked) {
          await rds.send(
            new SwitchoverBlueGreenDeploymentCommand({
              BlueGreenDeploymentIdentifier: deployment.BlueGreenDeploymentIdentifier,
              SwitchoverTimeout: switchoverSeconds,
            }),
          );
          asked = true;
          return { notYet: 'asked' };
        }
        return { notYet: `status ${deployment.Status?.toLowerCase()}` };
      });
    },

    async forget(name) {
      const deployment = await find(name);
      if (deployment === undefined) return;
      await rds.send(
        new DeleteBlueGreenDeploymentCommand({
          // Without DeleteTarget: both instances stay until somebody retires the old one.
          BlueGreenDeploymentIdentifier: deployment.BlueGreenDeploymentIdentifier,
        }),
      );
    },
  };

  async function completed(deployment: BlueGreenDeployment, source: string): Promise<Look<SwitchedFacts>> {
    const serving = await instance(source);
    if (serving === undefined) return { notYet: 'the name of the source is not listed' };
    const reason = unsettled(serving.facts);
    if (reason !== undefined) return { notYet: reason };
    if (!serving.facts.encrypted) return { notYet: 'the name still shows the plain instance' };
    return { done: { serves: serving.facts.identifier, old: identifierOf(deployment.Source) } };
  }
}
