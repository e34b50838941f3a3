import {
  AppConfigClient,
  CreateHostedConfigurationVersionCommand,
  type CreateHostedConfigurationVersionCommandInput,
  type DeploymentState,
  GetDeploymentCommand,
  GetHostedConfigurationVersionCommand,
  ListDeploymentsCommand,
  ListHostedConfigurationVersionsCommand,
  StartDeploymentCommand,
  type StartDeploymentCommandInput,
} from '@aws-sdk/client-appconfig';
import { mockClient } from 'aws-sdk-client-mock';
import { handler } from '../../../../lambda/huntaze-flag-cleanup/handler';
import { captureOutput, contextWith } from '../support/invocation';

const realEnvironment = process.env;
const mock = mockClient(AppConfigClient);
let output: ReturnType<typeof captureOutput>;

interface Version {
  readonly content: string;
  readonly label?: string;
}
interface FakeDeployment {
  readonly profile: string;
  readonly version: number;
  state: DeploymentState;
  readonly strategy?: string;
}
/** An environment of AppConfig: versions of the profile and deployments, number = position + 1. */
let versions: Version[];
let deployments: FakeDeployment[];
/** Runs just before a deployment starts, as another caller would. */
let beforeStart: () => void;

beforeEach(() => {
  process.env = {
    ...realEnvironment,
    APP_ID: 'app',
    ENV_ID: 'env',
    FEATURES_PROFILE_ID: 'profile',
    NODE_ENV: 'production',
    STRATEGY_ID: 'strategy-1',
  };
  versions = [];
  deployments = [];
  beforeStart = () => undefined;
  output = captureOutput();
  mock.reset();
  mock.on(ListDeploymentsCommand).callsFake(({ NextToken }: { NextToken?: string }) => {
    const newestFirst = deployments
      .map(({ state }, index) => ({ DeploymentNumber: index + 1, State: state }))
      .reverse();
    const start = Number(NextToken ?? 0);
    return {
      Items: newestFirst.slice(start, start + 2),
      NextToken: start + 2 < newestFirst.length ? String(start + 2) : undefined,
    };
  });
  mock.on(GetDeploymentCommand).callsFake(({ DeploymentNumber }: { DeploymentNumber: number }) => {
    const found = deployments[DeploymentNumber - 1];
    return { ConfigurationProfileId: found?.profile, ConfigurationVersion: String(found?.version) };
  });
  mock.on(GetHostedConfigurationVersionCommand).callsFake(({ VersionNumber }: { VersionNumber: number }) => ({
    Content: Buffer.from(versions[VersionNumber - 1]?.content ?? ''),
  }));
  mock.on(ListHostedConfigurationVersionsCommand).callsFake(({ VersionLabel }: { VersionLabel: string }) => ({
    Items: versions
      .map(({ label }, index) => ({ VersionNumber: index + 1, VersionLabel: label }))
      .filter((version) => version.VersionLabel === VersionLabel),
  }));
  mock
    .on(CreateHostedConfigurationVersionCommand)
    .callsFake(({ VersionLabel, Content }: CreateHostedConfigurationVersionCommandInput) => {
      if (versions.some(({ label }) => label === VersionLabel)) throw conflict();
      versions.push({ content: Buffer.from(Content as Uint8Array).toString(), label: VersionLabel });
      return { VersionNumber: versions.length };
    });
  mock.on(StartDeploymentCommand).callsFake((input: StartDeploymentCommandInput) => {
    beforeStart();
    if (deployments.some(({ state }) => state === 'DEPLOYING')) throw conflict();
    if (input.LatestDeploymentNumber !== deployments.length) throw conflict();
    deployments.push({
      profile: input.ConfigurationProfileId ?? '',
      version: Number(input.ConfigurationVersion),
      state: 'DEPLOYING',
      strategy: input.DeploymentStrategyId,
    });
    return { DeploymentNumber: deployments.length };
  });
});
afterEach(() => {
  output.restore();
  process.env = realEnvironment;
});

const conflict = () => Object.assign(new Error('conflict'), { name: 'ConflictException' });
const content = (enabled: boolean) =>
  JSON.stringify({
    version: '1',
    flags: { prismaAdapter: { name: 'prismaAdapter' }, other: { name: 'other' } },
    values: { prismaAdapter: { enabled }, other: { enabled: true } },
  });
function deployed(enabled: boolean, state: DeploymentState = 'COMPLETE', profile = 'profile'): void {
  versions.push({ content: content(enabled) });
  deployments.push({ profile, version: versions.length, state });
}
async function run() {
  const { statusCode, body } = await handler({ id: 'event-1' }, contextWith());
  return [statusCode, JSON.parse(body)];
}
const untouched = () => {
  const [versionCount, deploymentCount] = [versions.length, deployments.length];
  return () => expect([versions.length, deployments.length]).toEqual([versionCount, deploymentCount]);
};

test('a flag that is on is turned off by a new version, deployed with the configured strategy', async () => {
  deployed(true);
  expect(await run()).toEqual([200, { outcome: 'turned off', versionNumber: 2, deploymentNumber: 2 }]);
  expect(JSON.parse(versions[1]?.content ?? '')).toEqual(JSON.parse(content(false)));
  expect(deployments[1]).toMatchObject({ profile: 'profile', version: 2, strategy: 'strategy-1' });
});

test('a draft that was never deployed does not go out with it', async () => {
  deployed(true);
  versions.push({ content: JSON.stringify({ ...JSON.parse(content(true)), draft: true }) });
  await run();
  expect(JSON.parse(versions.at(-1)?.content ?? '')).toEqual(JSON.parse(content(false)));
});

test('the newest complete deployment counts, over pages, other profiles and what was rolled back', async () => {
  deployed(false);
  deployed(true);
  deployed(false, 'ROLLED_BACK');
  deployed(false, 'COMPLETE', 'other-profile');
  deployed(false, 'ROLLED_BACK');
  expect(await run()).toEqual([200, { outcome: 'turned off', versionNumber: 6, deploymentNumber: 6 }]);
});

describe('no version and no deployment when', () => {
  test('the flag is off', async () => {
    deployed(true);
    deployed(false);
    const check = untouched();
    expect(await run()).toEqual([200, { outcome: 'already off', versionNumber: 2, deploymentNumber: 2 }]);
    check();
  });

  test('nothing was ever deployed', async () => {
    versions.push({ content: content(true) });
    const check = untouched();
    expect(await run()).toEqual([200, { outcome: 'already off' }]);
    check();
  });

  test('it is being turned off', async () => {
    deployed(true);
    deployed(false, 'BAKING');
    const check = untouched();
    expect(await run()).toEqual([200, { outcome: 'under way', versionNumber: 2, deploymentNumber: 2 }]);
    check();
  });

  test.each([
    ['this profile that leaves it on', 'profile', true],
    ['another profile', 'other-profile', false],
  ])('a deployment of %s runs: 500, and counted', async (_, profile, enabled) => {
    deployed(true);
    deployed(enabled, 'DEPLOYING', profile);
    const check = untouched();
    expect(await run()).toEqual([500, { error: expect.stringMatching(/one deployment at a time, got number 2/) }]);
    check();
    expect(output.lines()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ level: 'ERROR', correlation_id: 'event-1', reason: 'DeploymentRunningError' }),
        expect.objectContaining({ CleanupFailures: 1 }),
      ]),
    );
  });
});

test('a second run does nothing more than the first', async () => {
  deployed(true);
  await run();
  expect(await run()).toEqual([200, { outcome: 'under way', versionNumber: 2, deploymentNumber: 2 }]);
  for (const deployment of deployments) deployment.state = 'COMPLETE';
  expect(await run()).toEqual([200, { outcome: 'already off', versionNumber: 2, deploymentNumber: 2 }]);
  expect(versions).toHaveLength(2);
});

test('a run that died between version and deployment is gone on with, not begun anew', async () => {
  deployed(true);
  mock.on(StartDeploymentCommand).rejectsOnce(new Error('died'));
  expect((await run())[0]).toBe(500);
  expect(versions).toHaveLength(2);
  // The mock's own answer comes back.
  mock.on(StartDeploymentCommand).callsFake((input: StartDeploymentCommandInput) => {
    deployments.push({ profile: 'profile', version: Number(input.ConfigurationVersion), state: 'DEPLOYING' });
    return { DeploymentNumber: deployments.length };
  });
  expect(await run()).toEqual([200, { outcome: 'turned off', versionNumber: 2, deploymentNumber: 2 }]);
  expect(versions).toHaveLength(2);
});

test('a run that was faster is found, not fought', async () => {
  deployed(true);
  beforeStart = () => {
    deployments.push({ profile: 'profile', version: versions.length, state: 'DEPLOYING' });
  };
  expect(await run()).toEqual([200, { outcome: 'under way', versionNumber: 2, deploymentNumber: 2 }]);
  expect(deployments).toHaveLength(2);
});

test('two runs at once make one version and one deployment', async () => {
  deployed(true);
  const answers = await Promise.all([run(), run()]);
  expect(answers.map(([status]) => status)).toEqual([200, 200]);
  expect([versions.length, deployments.length]).toEqual([2, 2]);
});

describe('500 when', () => {
  test.each([
    ['a variable is missing', () => delete process.env.STRATEGY_ID, /STRATEGY_ID/],
    ['AppConfig refuses', () => mock.on(ListDeploymentsCommand).rejects(new Error('not allowed')), /not allowed/],
    ['the deployed version holds no flags', () => versions.splice(0, 1, { content: 'text' }), /"flags" and "values"/],
  ])('%s', async (_, breakIt, message) => {
    deployed(true);
    breakIt();
    expect(await run()).toEqual([500, { error: expect.stringMatching(message) }]);
    expect(deployments).toHaveLength(1);
  });
});
