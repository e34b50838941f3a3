import { EC2Client } from '@aws-sdk/client-ec2';
import {
  DisableOutboundWebIdentityFederationCommand,
  EnableOutboundWebIdentityFederationCommand,
  GetOutboundWebIdentityFederationInfoCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { estateProgram } from '../../../lib/cli/program';

const issuer = 'https://00000000-1111-2222-3333-444444444444.tokens.sts.global.api.aws';
const [iam, sts, ec2] = [mockClient(IAMClient), mockClient(STSClient), mockClient(EC2Client)];

beforeEach(() => {
  for (const client of [iam, sts, ec2]) client.reset();
  sts.on(GetCallerIdentityCommand).resolves({ Account: '317805897534' });
});
afterEach(() => {
  process.exitCode = undefined;
  jest.restoreAllMocks();
});
afterAll(() => {
  for (const client of [iam, sts, ec2]) client.restore();
});

/** Runs `estate hybrid …` and gives what it wrote and its exit code. */
async function hybrid(...args: readonly string[]) {
  const said = { out: '', error: '' };
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said.out += String(text);
    return true;
  });
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.error += String(text);
    return true;
  });
  await estateProgram().parseAsync(['hybrid', ...args], { from: 'user' });
  return { ...said, exitCode: process.exitCode };
}

describe('check', () => {
  test('as committed, it stops at the retired models', async () => {
    const { out, exitCode } = await hybrid('check');
    expect(out).toContain('that stop a deploy');
    expect(out).toContain('gpt-4o 2024-11-20');
    expect(exitCode).toBe(1);
  });

  test('--json gives a script the rows', async () => {
    const { out } = await hybrid('check', '--json');
    expect(JSON.parse(out)).toMatchObject({ account: '317805897534', publicAccess: 'identity', linkStage: 'none' });
    expect(JSON.parse(out).rows).toContainEqual(
      expect.objectContaining({ topic: 'caller', what: expect.stringContaining('ai-summarizer'), verdict: 'open' }),
    );
  });

  test('it asks no cloud', async () => {
    await hybrid('check');
    expect(sts.calls()).toHaveLength(0);
  });

  test('an account without settings is refused by name', async () => {
    await expect(hybrid('check', '--account', '111122223333')).rejects.toThrow(
      'No settings file for account, got: 111122223333',
    );
  });
});

describe('federation', () => {
  test('looks, says which account, and changes nothing', async () => {
    iam
      .on(GetOutboundWebIdentityFederationInfoCommand)
      .rejects(Object.assign(new Error(), { name: 'FeatureDisabledException' }));
    const { out, error, exitCode } = await hybrid('federation');
    expect(error).toContain('Account 317805897534, region us-east-1');
    expect(out).toContain('is off');
    expect(exitCode).toBe(2);
    expect(iam.calls()).toHaveLength(1);
  });

  test('switches on and prints the issuer', async () => {
    iam.on(EnableOutboundWebIdentityFederationCommand).resolves({ IssuerIdentifier: issuer });
    const { out, exitCode } = await hybrid('federation', '--enable');
    expect(out).toContain(issuer);
    expect(exitCode).toBe(0);
  });

  test('switches off when told to', async () => {
    iam.on(DisableOutboundWebIdentityFederationCommand).resolves({});
    expect(await hybrid('federation', '--disable', '--json')).toMatchObject({ exitCode: 0 });
  });

  test.each([['federation', '--enable'], ['federation', '--disable'], ['tunnels']])(
    'touches no account but that of the settings: %s %s',
    async (...args) => {
      sts.on(GetCallerIdentityCommand).resolves({ Account: '111122223333' });
      await expect(hybrid(...args)).rejects.toThrow('got: 111122223333, expected: 317805897534');
      expect([...iam.calls(), ...ec2.calls()]).toHaveLength(0);
    },
  );
});
