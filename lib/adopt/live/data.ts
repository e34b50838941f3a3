import {
  paginateListApplications,
  paginateListConfigurationProfiles,
  paginateListDeploymentStrategies,
  paginateListEnvironments,
} from '@aws-sdk/client-appconfig';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { DescribeCacheClustersCommand, DescribeCacheSubnetGroupsCommand } from '@aws-sdk/client-elasticache';
import { DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { collect, orAbsent } from '../../audit/clients';
import { compact } from '../json';
import { nameIn, pick, type Reader } from './reader';

export const table: Reader = async ({ dynamo }, wanted) => {
  const name = nameIn(wanted, 'TableName');
  if (name === undefined) return undefined;
  const answer = await orAbsent(
    dynamo.send(new DescribeTableCommand({ TableName: name })),
    'ResourceNotFoundException',
  );
  const found = answer?.Table;
  if (found === undefined) return undefined;
  const [backups, expiry] = await Promise.all([
    dynamo.send(new DescribeContinuousBackupsCommand({ TableName: name })),
    dynamo.send(new DescribeTimeToLiveCommand({ TableName: name })),
  ]);
  const recovery = backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
  const { AttributeName, TimeToLiveStatus = 'DISABLED' } = expiry.TimeToLiveDescription ?? {};
  const indexes = found.GlobalSecondaryIndexes?.map((index) => pick(index, ['IndexName', 'KeySchema', 'Projection']));
  return {
    identifier: { TableName: name },
    ref: name,
    attributes: { Arn: found.TableArn ?? '' },
    createdAt: found.CreationDateTime,
    properties: compact({
      TableName: name,
      AttributeDefinitions: found.AttributeDefinitions,
      KeySchema: found.KeySchema,
      BillingMode: found.BillingModeSummary?.BillingMode ?? 'PROVISIONED',
      DeletionProtectionEnabled: found.DeletionProtectionEnabled ?? false,
      GlobalSecondaryIndexes: indexes,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: recovery === 'ENABLED' },
      TimeToLiveSpecification: TimeToLiveStatus.startsWith('ENABL') ? { AttributeName, Enabled: true } : undefined,
    }),
  };
};

export const databaseInstance: Reader = async ({ rds }, wanted) => {
  const name = nameIn(wanted, 'DBInstanceIdentifier');
  if (name === undefined) return undefined;
  const answer = await orAbsent(
    rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name })),
    'DBInstanceNotFoundFault',
    'DBInstanceNotFound',
  );
  const [found] = answer?.DBInstances ?? [];
  if (found === undefined) return undefined;
  return {
    identifier: { DBInstanceIdentifier: name },
    ref: name,
    attributes: {
      'Endpoint.Address': found.Endpoint?.Address ?? '',
      'Endpoint.Port': String(found.Endpoint?.Port ?? ''),
      DBInstanceArn: found.DBInstanceArn ?? '',
    },
    createdAt: found.InstanceCreateTime,
    properties: {
      ...pick(found, [
        'AutoMinorVersionUpgrade',
        'AvailabilityZone',
        'BackupRetentionPeriod',
        'CACertificateIdentifier',
        'CopyTagsToSnapshot',
        'DBInstanceClass',
        'DBInstanceIdentifier',
        'DBName',
        'DeletionProtection',
        'Engine',
        'EngineVersion',
        'KmsKeyId',
        'MasterUsername',
        'MonitoringInterval',
        'MultiAZ',
        'PerformanceInsightsRetentionPeriod',
        'PreferredBackupWindow',
        'PreferredMaintenanceWindow',
        'PubliclyAccessible',
        'StorageEncrypted',
        'StorageType',
      ]),
      ...compact({
        AllocatedStorage: found.AllocatedStorage,
        DBParameterGroupName: found.DBParameterGroups?.[0]?.DBParameterGroupName,
        DBSubnetGroupName: found.DBSubnetGroup?.DBSubnetGroupName,
        EnableCloudwatchLogsExports: found.EnabledCloudwatchLogsExports,
        EnableIAMDatabaseAuthentication: found.IAMDatabaseAuthenticationEnabled,
        EnablePerformanceInsights: found.PerformanceInsightsEnabled,
        Port: found.Endpoint?.Port,
        VPCSecurityGroups: found.VpcSecurityGroups?.map((group) => group.VpcSecurityGroupId),
      }),
    },
  };
};

export const cacheCluster: Reader = async ({ elastiCache }, wanted) => {
  const name = nameIn(wanted, 'ClusterName');
  if (name === undefined) return undefined;
  const answer = await orAbsent(
    elastiCache.send(new DescribeCacheClustersCommand({ CacheClusterId: name, ShowCacheNodeInfo: true })),
    'CacheClusterNotFoundFault',
    'CacheClusterNotFound',
  );
  const [found] = answer?.CacheClusters ?? [];
  if (found === undefined) return undefined;
  const endpoint = found.CacheNodes?.[0]?.Endpoint;
  return {
    identifier: { ClusterName: name },
    ref: name,
    attributes: {
      'RedisEndpoint.Address': endpoint?.Address ?? '',
      'RedisEndpoint.Port': String(endpoint?.Port ?? ''),
    },
    createdAt: found.CacheClusterCreateTime,
    properties: {
      ClusterName: name,
      ...pick(found, [
        'AutoMinorVersionUpgrade',
        'CacheNodeType',
        'CacheSubnetGroupName',
        'Engine',
        'EngineVersion',
        'NumCacheNodes',
        'PreferredAvailabilityZone',
        'PreferredMaintenanceWindow',
        'SnapshotRetentionLimit',
        'SnapshotWindow',
        'TransitEncryptionEnabled',
      ]),
      ...compact({
        CacheParameterGroupName: found.CacheParameterGroup?.CacheParameterGroupName,
        Port: endpoint?.Port,
        VpcSecurityGroupIds: found.SecurityGroups?.map((group) => group.SecurityGroupId),
      }),
    },
  };
};

export const cacheSubnetGroup: Reader = async ({ elastiCache }, wanted) => {
  const name = nameIn(wanted, 'CacheSubnetGroupName');
  if (name === undefined) return undefined;
  const answer = await orAbsent(
    elastiCache.send(new DescribeCacheSubnetGroupsCommand({ CacheSubnetGroupName: name })),
    'CacheSubnetGroupNotFoundFault',
    'CacheSubnetGroupNotFound',
  );
  const [found] = answer?.CacheSubnetGroups ?? [];
  if (found === undefined) return undefined;
  return {
    identifier: { CacheSubnetGroupName: name },
    ref: name,
    properties: compact({
      CacheSubnetGroupName: name,
      Description: found.CacheSubnetGroupDescription,
      SubnetIds: found.Subnets?.map((subnet) => subnet.SubnetIdentifier),
    }),
  };
};

export const secret: Reader = async ({ secrets }, wanted) => {
  const name = nameIn(wanted, 'Name');
  if (name === undefined) return undefined;
  const found = await orAbsent(
    secrets.send(new DescribeSecretCommand({ SecretId: name })),
    'ResourceNotFoundException',
  );
  if (found?.ARN === undefined) return undefined;
  return {
    identifier: { Id: found.ARN },
    ref: found.ARN,
    attributes: { Id: found.ARN },
    createdAt: found.CreatedDate,
    properties: pick(found, ['Name', 'Description', 'KmsKeyId']),
  };
};

export const flagsApplication: Reader = async ({ appConfig }, wanted) => {
  const all = await collect(paginateListApplications({ client: appConfig }, {}), (page) => page.Items);
  const found = all.find((item) => item.Name === nameIn(wanted, 'Name'));
  if (found?.Id === undefined) return undefined;
  return {
    identifier: { ApplicationId: found.Id },
    ref: found.Id,
    attributes: { ApplicationId: found.Id },
    properties: pick(found, ['Name', 'Description']),
  };
};

export const flagsEnvironment: Reader = async ({ appConfig }, wanted) => {
  const ApplicationId = nameIn(wanted, 'ApplicationId');
  if (ApplicationId === undefined) return undefined;
  const all = await collect(paginateListEnvironments({ client: appConfig }, { ApplicationId }), (page) => page.Items);
  const found = all.find((item) => item.Name === nameIn(wanted, 'Name'));
  if (found?.Id === undefined) return undefined;
  return {
    identifier: { ApplicationId, EnvironmentId: found.Id },
    ref: found.Id,
    attributes: { EnvironmentId: found.Id },
    properties: pick(found, ['ApplicationId', 'Name', 'Description']),
  };
};

export const flagsProfile: Reader = async ({ appConfig }, wanted) => {
  const ApplicationId = nameIn(wanted, 'ApplicationId');
  if (ApplicationId === undefined) return undefined;
  const pages = paginateListConfigurationProfiles({ client: appConfig }, { ApplicationId });
  const found = (await collect(pages, (page) => page.Items)).find((item) => item.Name === nameIn(wanted, 'Name'));
  if (found?.Id === undefined) return undefined;
  return {
    identifier: { ApplicationId, ConfigurationProfileId: found.Id },
    ref: found.Id,
    attributes: { ConfigurationProfileId: found.Id },
    properties: pick(found, ['ApplicationId', 'Name', 'LocationUri', 'Type']),
  };
};

export const deploymentStrategy: Reader = async ({ appConfig }, wanted) => {
  const all = await collect(paginateListDeploymentStrategies({ client: appConfig }, {}), (page) => page.Items);
  const found = all.find((item) => item.Name === nameIn(wanted, 'Name'));
  if (found?.Id === undefined) return undefined;
  return {
    identifier: { Id: found.Id },
    ref: found.Id,
    attributes: { Id: found.Id },
    properties: pick(found, [
      'Name',
      'DeploymentDurationInMinutes',
      'GrowthFactor',
      'FinalBakeTimeInMinutes',
      'GrowthType',
      'ReplicateTo',
    ]),
  };
};
