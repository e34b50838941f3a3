import { consolidationPair, ownParameterGroup } from '../../estate/consolidation';
import type { AccountSettings } from '../../estate/settings';
import { rdsInstanceMaker } from '../aws/another-instance';
import { rdsBlueGreen } from '../aws/blue-green';
import { stackPolicyGuard } from '../aws/deploy-guard';
import type { AwsWorldOptions } from '../aws/world';
import { awsWorld } from '../aws/world';
import type { Strategy } from '../ports';
import type { AnotherInstance } from './another';
import { blueGreen } from './blue-green';
import { seeded } from './seeded';
import { snapshotCopy } from './snapshot-copy';

/** The strategies that make or rename an instance, in an account. */
export function accountStrategies(options: AwsWorldOptions): readonly Strategy[] {
  const { settings, clients, patience } = options;
  const keyId = keyArn(settings);
  const guard = stackPolicyGuard(clients.cloudFormation);
  const patient = patience && { patience };
  const another: AnotherInstance = {
    maker: rdsInstanceMaker({ rds: clients.rds, keyId, ...patient }),
    guard,
    worldWith: (target) => awsWorld({ ...options, pair: { ...consolidationPair, target } }),
  };
  return [
    snapshotCopy(another),
    seeded(another),
    blueGreen({
      guard,
      blueGreen: rdsBlueGreen({
        rds: clients.rds,
        keyId,
        parameterGroup: ownParameterGroup(consolidationPair.target, settings.databases.engineVersion).name,
        ...patient,
      }),
    }),
  ];
}

/** The key that the encrypted instance has: whatever takes its place keeps it. */
const keyArn = ({ account, region, databases }: AccountSettings): string =>
  `arn:aws:kms:${region}:${account}:key/${databases.encryptedInstanceKeyId}`;
