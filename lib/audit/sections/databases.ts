import { DescribeDBInstancesCommand, paginateDescribeDBInstances } from '@aws-sdk/client-rds';
import { parameterGroupOf } from '../../estate/consolidation';
import { databases } from '../../estate/databases';
import { securityGroups } from '../../estate/network';
import { effectiveDatabase } from '../../estate/posture';
import { collect, lastSegment, orAbsent } from '../clients';
import { securityGroupNames } from '../lookups';
import { readColumn, type Section, toJson } from '../model';

export const databasesSection: Section = {
  id: 'databases',
  part: 'audit',
  nameHeading: 'name',
  columns: [readColumn('status', 'status'), readColumn('endpoint', 'endpoint')],

  expected: ({ posture, databases: decided }) =>
    databases.map((row) => ({
      kind: 'modelled',
      name: row.name,
      label: row.role,
      properties: {
        status: 'available',
        endpoint: row.endpoint,
        port: securityGroups.database.port,
        engine: 'postgres',
        engineVersion: decided.engineVersion,
        instanceClass: row.instanceClass,
        allocatedStorage: row.allocatedStorage,
        storageType: row.storageType,
        availabilityZone: row.availabilityZone,
        multiAz: false,
        encrypted: row.encrypted,
        kmsKey: row.encrypted ? decided.encryptedInstanceKeyId : null,
        masterUsername: decided.masterUsername,
        databaseName: decided.databaseName,
        backupRetentionDays: row.backupRetentionDays,
        backupWindow: row.backupWindow,
        maintenanceWindow: row.maintenanceWindow,
        parameterGroups: [parameterGroupOf(row, decided)],
        subnetGroup: row.subnetGroup,
        securityGroups: [securityGroups.database.name],
        certificateAuthority: row.certificateAuthority,
        performanceInsightsDays: row.performanceInsightsDays,
        logExports: [...row.logExports].sort(),
        ...(toJson(effectiveDatabase(row, posture, decided.closePublicAccess, decided.consolidation.phase)) as Record<
          string,
          boolean
        >),
      },
    })),

  async read(clients, name) {
    const answer = await orAbsent(
      clients.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name })),
      'DBInstanceNotFound',
      'DBInstanceNotFoundFault',
    );
    const instance = answer?.DBInstances?.[0];
    if (instance === undefined) return undefined;
    return {
      status: instance.DBInstanceStatus ?? null,
      endpoint: instance.Endpoint?.Address ?? null,
      port: instance.Endpoint?.Port ?? null,
      engine: instance.Engine ?? null,
      engineVersion: instance.EngineVersion ?? null,
      instanceClass: instance.DBInstanceClass ?? null,
      allocatedStorage: instance.AllocatedStorage ?? null,
      storageType: instance.StorageType ?? null,
      availabilityZone: instance.AvailabilityZone ?? null,
      multiAz: instance.MultiAZ ?? null,
      encrypted: instance.StorageEncrypted ?? null,
      kmsKey: instance.KmsKeyId ? lastSegment(instance.KmsKeyId) : null,
      masterUsername: instance.MasterUsername ?? null,
      databaseName: instance.DBName ?? null,
      backupRetentionDays: instance.BackupRetentionPeriod ?? null,
      backupWindow: instance.PreferredBackupWindow ?? null,
      maintenanceWindow: instance.PreferredMaintenanceWindow ?? null,
      parameterGroups: (instance.DBParameterGroups ?? []).map((group) => group.DBParameterGroupName ?? ''),
      subnetGroup: instance.DBSubnetGroup?.DBSubnetGroupName ?? null,
      securityGroups: await securityGroupNames(
        clients,
        (instance.VpcSecurityGroups ?? []).map((group) => group.VpcSecurityGroupId ?? ''),
      ),
      certificateAuthority: instance.CACertificateIdentifier ?? null,
      performanceInsightsDays: instance.PerformanceInsightsEnabled
        ? (instance.PerformanceInsightsRetentionPeriod ?? null)
        : null,
      logExports: [...(instance.EnabledCloudwatchLogsExports ?? [])].sort(),
      publiclyAccessible: instance.PubliclyAccessible ?? null,
      deletionProtection: instance.DeletionProtection ?? null,
      copyTagsToSnapshot: instance.CopyTagsToSnapshot ?? null,
    };
  },

  async list({ rds }) {
    const instances = await collect(paginateDescribeDBInstances({ client: rds }, {}), (page) => page.DBInstances);
    return instances.map((instance) => instance.DBInstanceIdentifier ?? '');
  },
};
