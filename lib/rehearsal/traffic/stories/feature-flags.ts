import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  CreateDeploymentStrategyCommand,
  CreateHostedConfigurationVersionCommand,
  GetDeploymentCommand,
  ListDeploymentsCommand,
  StartDeploymentCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-appconfig';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { environment as names } from '../../../estate/environment';
import { functionRow, invoke, runSchedule } from '../functions';
import { until } from '../patience';
import type { Scene, Story } from '../scene';

const cleanup = functionRow('huntaze-flag-cleanup');

export const featureFlags: Story = {
  title: 'Reads are answered from memory, and the flag clean-up turns its flag off once',
  async tell(scene, fact) {
    for (const [userId, expected] of [
      ['user-1', 200],
      ['nobody', 404],
    ] as const) {
      const { statusCode } = (await invoke(scene, 'huntaze-mock-read', { userId })) as { readonly statusCode: number };
      assert.equal(statusCode, expected);
      fact(`huntaze-mock-read, ${userId}: ${statusCode}`);
    }

    const profile = await setFlag(scene, true);
    const first = await runCleanup(scene);
    assert.equal(first.outcome, 'turned off');
    const after = await deploymentNumbers(scene, profile);
    fact(`${cleanup.name}: ${first.outcome}, deployment ${first.deploymentNumber}`);

    const second = await runCleanup(scene);
    assert.notEqual(second.outcome, 'turned off');
    assert.deepEqual(await deploymentNumbers(scene, profile), after, 'the second run made another deployment');
    fact(`second run: ${second.outcome}, no other deployment`);

    // As it was found, also for whoever tells it again.
    await setFlag(scene, false);
  },
};

async function runCleanup(scene: Scene) {
  const { body } = (await runSchedule(scene, cleanup.name)) as { readonly body: string };
  return JSON.parse(body) as { readonly outcome?: string; readonly deploymentNumber?: number };
}

type Profile = Awaited<ReturnType<typeof profileOf>>;

/** Ids that only the deployed function knows. */
async function profileOf({ lambda }: Scene) {
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: cleanup.name }));
  const id = (variable: string) => Environment?.Variables?.[variable];
  return {
    ApplicationId: id(names.flagCleanup.applicationId),
    EnvironmentId: id(names.flagCleanup.environmentId),
    ConfigurationProfileId: id(names.flagCleanup.profileId),
  };
}

/** Deploys a version with the flag on or off, at once and not by the estate's strategy of ten minutes. */
async function setFlag(scene: Scene, enabled: boolean): Promise<Profile> {
  const { appConfig } = scene;
  const profile = await profileOf(scene);
  await stopDeployments(scene, profile);
  const { VersionNumber } = await appConfig.send(
    new CreateHostedConfigurationVersionCommand({
      ...profile,
      ContentType: 'application/json',
      Content: Buffer.from(
        JSON.stringify({
          version: '1',
          flags: { prismaAdapter: { name: 'prismaAdapter' } },
          values: { prismaAdapter: { enabled } },
        }),
      ),
    }),
  );
  const { Id } = await appConfig.send(
    new CreateDeploymentStrategyCommand({
      Name: `rehearsal-${randomUUID()}`,
      DeploymentDurationInMinutes: 0,
      GrowthFactor: 100,
      FinalBakeTimeInMinutes: 0,
      ReplicateTo: 'NONE',
    }),
  );
  const { DeploymentNumber } = await appConfig.send(
    new StartDeploymentCommand({
      ...profile,
      DeploymentStrategyId: Id,
      ConfigurationVersion: String(VersionNumber),
    }),
  );
  await until(`the flag is ${enabled ? 'on' : 'off'}`, async () => {
    const { State } = await appConfig.send(new GetDeploymentCommand({ ...profile, DeploymentNumber }));
    return State === 'COMPLETE';
  });
  return profile;
}

/** The clean-up's own deployment takes ten minutes, and an environment takes one at a time. */
async function stopDeployments({ appConfig }: Scene, { ApplicationId, EnvironmentId }: Profile): Promise<void> {
  const { Items = [] } = await appConfig.send(new ListDeploymentsCommand({ ApplicationId, EnvironmentId }));
  for (const { DeploymentNumber, State } of Items) {
    if (State !== 'DEPLOYING' && State !== 'BAKING') continue;
    await appConfig.send(new StopDeploymentCommand({ ApplicationId, EnvironmentId, DeploymentNumber }));
  }
}

async function deploymentNumbers({ appConfig }: Scene, { ApplicationId, EnvironmentId }: Profile) {
  const { Items = [] } = await appConfig.send(new ListDeploymentsCommand({ ApplicationId, EnvironmentId }));
  return Items.map(({ DeploymentNumber }) => DeploymentNumber);
}
