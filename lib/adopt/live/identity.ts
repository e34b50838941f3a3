import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import {
  type AliasListEntry,
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  paginateListAliases,
} from '@aws-sdk/client-kms';
import { collect, orAbsent } from '../../audit/clients';
import { referencesIn } from '../expressions';
import { compact } from '../json';
import type { LookUpClients } from './clients';
import { nameIn, pick, type Reader, type Wanted } from './reader';

export const role: Reader = async ({ iam }, wanted) => {
  const name = nameIn(wanted, 'RoleName');
  if (name === undefined) return undefined;
  const found = (await orAbsent(iam.send(new GetRoleCommand({ RoleName: name })), 'NoSuchEntityException'))?.Role;
  if (found === undefined) return undefined;
  return {
    identifier: { RoleName: name },
    ref: name,
    attributes: { Arn: found.Arn ?? '', RoleId: found.RoleId ?? '' },
    createdAt: found.CreateDate,
    properties: compact({
      RoleName: name,
      Path: found.Path,
      Description: found.Description,
      MaxSessionDuration: found.MaxSessionDuration,
      AssumeRolePolicyDocument: JSON.parse(decodeURIComponent(found.AssumeRolePolicyDocument ?? '{}')),
    }),
  };
};

export const logGroup: Reader = async ({ logs }, wanted) => {
  const name = nameIn(wanted, 'LogGroupName');
  if (name === undefined) return undefined;
  // The name itself sorts before whatever it is a prefix of.
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name, limit: 1 }));
  const found = logGroups.find((group) => group.logGroupName === name);
  if (found === undefined) return undefined;
  return {
    identifier: { LogGroupName: name },
    ref: name,
    attributes: { Arn: `${(found.arn ?? '').replace(/:\*$/, '')}:*` },
    createdAt: found.creationTime === undefined ? undefined : new Date(found.creationTime),
    properties: pick(found, { logGroupName: 'LogGroupName', retentionInDays: 'RetentionInDays', kmsKeyId: 'KmsKeyId' }),
  };
};

export const keyAlias: Reader = async (clients, wanted) => {
  const name = nameIn(wanted, 'AliasName');
  const found = name === undefined ? undefined : await findAlias(clients, name);
  if (name === undefined || found === undefined) return undefined;
  return {
    identifier: { AliasName: name },
    ref: name,
    createdAt: found.CreationDate,
    properties: compact({
      AliasName: name,
      TargetKeyId: `arn:aws:kms:${wanted.region}:${wanted.account}:key/${found.TargetKeyId}`,
    }),
  };
};

/** A key has no name of its own: it is the one behind the alias that the same template gives it. */
export const key: Reader = async (clients, wanted) => {
  const alias = aliasOf(wanted);
  const keyId = alias === undefined ? undefined : (await findAlias(clients, alias))?.TargetKeyId;
  if (keyId === undefined) return undefined;
  const [described, policy, rotation] = await Promise.all([
    clients.kms.send(new DescribeKeyCommand({ KeyId: keyId })),
    clients.kms.send(new GetKeyPolicyCommand({ KeyId: keyId, PolicyName: 'default' })),
    clients.kms.send(new GetKeyRotationStatusCommand({ KeyId: keyId })),
  ]);
  const metadata = described.KeyMetadata;
  return {
    identifier: { KeyId: keyId },
    ref: keyId,
    attributes: { Arn: metadata?.Arn ?? '', KeyId: keyId },
    createdAt: metadata?.CreationDate,
    properties: compact({
      Description: metadata?.Description,
      Enabled: metadata?.Enabled,
      KeySpec: metadata?.KeySpec,
      KeyUsage: metadata?.KeyUsage,
      EnableKeyRotation: rotation.KeyRotationEnabled,
      KeyPolicy: JSON.parse(policy.Policy ?? '{}'),
    }),
  };
};

function aliasOf({ template, logicalId }: Wanted): string | undefined {
  const alias = Object.values(template.Resources).find(
    ({ Type, Properties: properties = {} }) =>
      Type === 'AWS::KMS::Alias' && referencesIn(properties.TargetKeyId ?? '').includes(logicalId),
  );
  const name = alias?.Properties?.AliasName;
  return typeof name === 'string' ? name : undefined;
}

async function findAlias({ kms }: LookUpClients, name: string): Promise<AliasListEntry | undefined> {
  const aliases = await collect(paginateListAliases({ client: kms }, {}), (page) => page.Aliases);
  return aliases.find((alias) => alias.AliasName === name);
}
