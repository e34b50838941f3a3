import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AppConfigClient,
  CreateApplicationCommand,
  CreateConfigurationProfileCommand,
  CreateDeploymentStrategyCommand,
  CreateEnvironmentCommand,
  CreateHostedConfigurationVersionCommand,
  ListDeploymentsCommand,
  ListHostedConfigurationVersionsCommand,
  StartDeploymentCommand,
} from '@aws-sdk/client-appconfig';
import { AppConfigDataClient } from '@aws-sdk/client-appconfigdata';
import { FeatureFlags } from '../../../lambda/shared/flags/feature-flags';
import { type Emulator, startEmulator } from '../../../lib/rehearsal/emulator';
import { projectRoot } from '../../support/estate';
import { captureOutput, contextWith } from '../../unit/lambda/support/invocation';

type Handler = typeof import('../../../lambda/huntaze-flag-cleanup/handler').handler;

const realEnvironment = process.env;
let emulator: Emulator;
let client: AppConfigClient;
let output: ReturnType<typeof captureOutput>;
let ids: { application: string; environment: string; profile: string; instant: string; slow: string };

beforeAll(async () => {
  emulator = await startEmulator({
    account: '123456789012',
    region: 'us-east-1',
    directory: join(projectRoot, '.rehearsal', 'test'),
    projectRoot,
  });
}, 180_000);

beforeEach(async () => {
  output = captureOutput();
  client = new AppConfigClient(emulator.clientOptions());
  const application = (await client.send(new CreateApplicationCommand({ Name: 'huntaze-flags' }))).Id ?? '';
  const [environment, profile, instant, slow] = await Promise.all([
    client.send(new CreateEnvironmentCommand({ ApplicationId: application, Name: 'production' })),
    client.send(
      new CreateConfigurationProfileCommand({
        ApplicationId: application,
        Name: 'feature-flags',
        LocationUri: 'hosted',
        Type: 'AWS.AppConfig.FeatureFlags',
      }),
    ),
    strategy('instant', 0),
    strategy('slow', 5),
  ]);
  ids = {
    application,
    environment: environment.Id ?? '',
    profile: profile.Id ?? '',
    instant: instant.Id ?? '',
    slow: slow.Id ?? '',
  };
  process.env = {
    ...emulator.environment,
    APP_ID: ids.application,
    ENV_ID: ids.environment,
    FEATURES_PROFILE_ID: ids.profile,
    STRATEGY_ID: ids.instant,
  };
});

afterEach(() => {
  output.restore();
  process.env = realEnvironment;
});

afterAll(() => emulator.stop());

const strategy = (name: string, minutes: number) =>
  client.send(
    new CreateDeploymentStrategyCommand({
      Name: name,
      DeploymentDurationInMinutes: minutes,
      GrowthFactor: 100,
      FinalBakeTimeInMinutes: 0,
      ReplicateTo: 'NONE',
    }),
  );

async function deploy(enabled: boolean, strategyId = ids.instant): Promise<void> {
  const { VersionNumber } = await client.send(
    new CreateHostedConfigurationVersionCommand({
      ApplicationId: ids.application,
      ConfigurationProfileId: ids.profile,
      ContentType: 'application/json',
      Content: Buffer.from(
        JSON.stringify({
          version: '1',
          flags: { prismaAdapter: { name: 'prismaAdapter' }, other: { name: 'other' } },
          values: { prismaAdapter: { enabled }, other: { enabled: true } },
        }),
      ),
    }),
  );
  await client.send(
    new StartDeploymentCommand({
      ApplicationId: ids.application,
      EnvironmentId: ids.environment,
      ConfigurationProfileId: ids.profile,
      DeploymentStrategyId: strategyId,
      ConfigurationVersion: String(VersionNumber),
    }),
  );
}

async function run(): Promise<[number, Record<string, unknown>]> {
  jest.resetModules();
  const { handler } = jest.requireActual<{ handler: Handler }>('../../../lambda/huntaze-flag-cleanup/handler');
  const { statusCode, body } = await handler({ id: 'event' }, contextWith());
  return [statusCode, JSON.parse(body)];
}

async function counts(): Promise<[number, number]> {
  const { Items: versions = [] } = await client.send(
    new ListHostedConfigurationVersionsCommand({
      ApplicationId: ids.application,
      ConfigurationProfileId: ids.profile,
    }),
  );
  const { Items: deployments = [] } = await client.send(
    new ListDeploymentsCommand({ ApplicationId: ids.application, EnvironmentId: ids.environment }),
  );
  return [versions.length, deployments.length];
}

test('a reader sees the flag go off, and no other', async () => {
  await deploy(true);
  let now = Date.now();
  const reader = () =>
    new FeatureFlags(
      new AppConfigDataClient(emulator.clientOptions()),
      { applicationId: ids.application, environmentId: ids.environment, profileId: ids.profile },
      () => now,
    );
  const flags = reader();
  expect(await flags.isEnabled('prismaAdapter')).toBe(true);
  expect(await run()).toEqual([200, { outcome: 'turned off', versionNumber: 2, deploymentNumber: 2 }]);
  await sleep(100);
  expect(await flags.isEnabled('prismaAdapter')).toBe(true);
  now += 3_600_000;
  expect(await flags.isEnabled('prismaAdapter')).toBe(false);
});

test('the second run makes nothing', async () => {
  await deploy(true);
  await run();
  await sleep(100);
  expect(await run()).toEqual([200, { outcome: 'already off', versionNumber: 2, deploymentNumber: 2 }]);
  expect(await counts()).toEqual([2, 2]);
});

test('while the canary runs, a further run finds it', async () => {
  await deploy(true);
  process.env.STRATEGY_ID = ids.slow;
  expect((await run())[1]).toEqual({ outcome: 'turned off', versionNumber: 2, deploymentNumber: 2 });
  expect((await run())[1]).toEqual({ outcome: 'under way', versionNumber: 2, deploymentNumber: 2 });
  expect(await counts()).toEqual([2, 2]);
});

test('a deployment that turns it on is not cut into', async () => {
  await deploy(false);
  await deploy(true, ids.slow);
  expect(await run()).toEqual([500, { error: expect.stringContaining('one deployment at a time') }]);
  expect(await counts()).toEqual([2, 2]);
});

test('the strategy of the source, the literal 4, is none', async () => {
  await deploy(true);
  process.env.STRATEGY_ID = '4';
  expect((await run())[0]).toBe(500);
  // Mended, it goes on with the version that it made.
  process.env.STRATEGY_ID = ids.instant;
  expect(await run()).toEqual([200, { outcome: 'turned off', versionNumber: 2, deploymentNumber: 2 }]);
});
