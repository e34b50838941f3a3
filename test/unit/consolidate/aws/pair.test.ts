import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { assertAccount, assertPair } from '../../../../lib/consolidate/aws/pair';
import type { Side } from '../../../../lib/consolidate/phases';
import type { InstanceFacts } from '../../../../lib/consolidate/ports';

const account = '317805897534';
const facts = (identifier: string, change: Partial<InstanceFacts> = {}): InstanceFacts => ({
  identifier,
  account,
  region: 'us-east-1',
  status: 'available',
  engineVersion: '17.4',
  encrypted: identifier === 'encrypted',
  host: `${identifier}.example`,
  port: 5432,
  publiclyAccessible: false,
  deletionProtection: true,
  parameterGroup: 'group',
  parameterApplyStatus: 'in-sync',
  pendingChanges: [],
  backupRetentionDays: 7,
  allocatedBytes: 1,
  securityGroupIds: [],
  ...change,
});
const pair = (
  source: Partial<InstanceFacts> = {},
  target: Partial<InstanceFacts> = {},
): Record<Side, InstanceFacts> => ({
  source: facts('plain', source),
  target: facts('encrypted', target),
});

describe('the account', () => {
  const sts = mockClient(STSClient);
  beforeEach(() => sts.reset());

  test('that the settings name', async () => {
    sts.on(GetCallerIdentityCommand).resolves({ Account: account });
    await expect(assertAccount(new STSClient({ region: 'us-east-1' }), account)).resolves.toBeUndefined();
  });

  test.each([
    ['another', { Account: '111111111111' }, '111111111111'],
    ['none', {}, 'no account'],
  ])('%s is refused', async (_, answer, got) => {
    sts.on(GetCallerIdentityCommand).resolves(answer);
    await expect(assertAccount(new STSClient({ region: 'us-east-1' }), account)).rejects.toMatchObject({
      code: 'wrong-account',
      message: `The credentials must belong to account ${account}, got: ${got}.`,
    });
  });
});

describe('a pair', () => {
  test.each<[string, Record<Side, InstanceFacts>]>([
    ['as the audit has it', pair()],
    ['of different minor versions', pair({ engineVersion: '17.4' }, { engineVersion: '17.9' })],
    ['whose source is encrypted too', pair({ encrypted: true })],
    ['under backup', pair({ status: 'backing-up' })],
  ])('%s', (_, given) => {
    expect(() => assertPair(given, account)).not.toThrow();
  });

  test.each<[string, Record<Side, InstanceFacts>, string, string]>([
    ['in another account', pair({ account: '1' }), 'wrong-account', `plain must be in account ${account}, got: 1.`],
    [
      'of one instance',
      { source: facts('encrypted'), target: facts('encrypted') },
      'bad-input',
      'Source and target must differ, got: encrypted twice.',
    ],
    [
      'that is swapped',
      { source: facts('encrypted'), target: facts('plain') },
      'swapped',
      'Source and target are swapped: encrypted is encrypted and plain is not.',
    ],
    [
      'whose target is not encrypted',
      pair({}, { encrypted: false }),
      'not-encrypted',
      'The target must be encrypted, got: encrypted, which is not.',
    ],
    [
      'of different major versions',
      pair({ engineVersion: '16.8' }),
      'bad-input',
      'Both instances must run the same major version of PostgreSQL, got: plain 16.8, encrypted 17.4.',
    ],
    [
      'that is too old',
      pair({ engineVersion: '15.7' }, { engineVersion: '15.7' }),
      'bad-input',
      'PostgreSQL 16 or later is needed on both, got: plain 15.7, encrypted 15.7.',
    ],
    [
      'that stands still',
      pair({}, { status: 'storage-full' }),
      'entry-check',
      'encrypted must be available, got: status storage-full.',
    ],
    [
      'without backups',
      pair({ backupRetentionDays: 0 }),
      'entry-check',
      'plain must have automated backups, got: 0 days.',
    ],
  ])('%s is refused', (_, given, code, message) => {
    expect(() => assertPair(given, account)).toThrow(expect.objectContaining({ code, message }));
  });
});
