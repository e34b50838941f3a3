import { Stack } from 'aws-cdk-lib';
import { CfnDBInstance, CfnDBParameterGroup } from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { ownParameterGroup, parametersOf } from '../estate/consolidation';
import type { DatabaseRow } from '../estate/databases';
import { effectiveDatabase } from '../estate/posture';
import type { AccountSettings } from '../estate/settings';
import { pinnedLogicalId, retainState } from './stateful';

export interface PostgresInstanceProps {
  readonly row: DatabaseRow;
  readonly settings: Pick<AccountSettings, 'posture' | 'databases'>;
  readonly securityGroupId: string;
  /** Secret that holds the master password as its whole value. */
  readonly passwordSecret: string;
}

/**
 * One PostgreSQL instance, every property from its row.
 *
 * `StorageEncrypted`, `KmsKeyId`, `DBInstanceIdentifier` and `DBSubnetGroupName` never differ between postures: a
 * change of any of them replaces the instance by an empty one.
 */
export class PostgresInstance extends Construct {
  constructor(scope: Construct, id: string, { row, settings, securityGroupId, passwordSecret }: PostgresInstanceProps) {
    super(scope, id);
    const { account, region } = Stack.of(this);
    const { databases } = settings;
    const effective = effectiveDatabase(
      row,
      settings.posture,
      databases.closePublicAccess,
      databases.consolidation.phase,
    );
    const resource = new CfnDBInstance(this, 'Resource', {
      dbInstanceIdentifier: row.name,
      dbInstanceClass: row.instanceClass,
      engine: 'postgres',
      engineVersion: databases.engineVersion,
      allocatedStorage: String(row.allocatedStorage),
      storageType: row.storageType,
      storageEncrypted: row.encrypted,
      ...(row.encrypted && {
        kmsKeyId: `arn:aws:kms:${region}:${account}:key/${databases.encryptedInstanceKeyId}`,
      }),
      dbName: databases.databaseName,
      masterUsername: databases.masterUsername,
      masterUserPassword: `{{resolve:secretsmanager:${passwordSecret}:SecretString}}`,
      multiAz: false,
      availabilityZone: row.availabilityZone,
      dbSubnetGroupName: row.subnetGroup,
      vpcSecurityGroups: [securityGroupId],
      publiclyAccessible: effective.publiclyAccessible,
      port: '5432',
      dbParameterGroupName: this.ownParameters(row, databases) ?? row.parameterGroup,
      caCertificateIdentifier: row.certificateAuthority,
      autoMinorVersionUpgrade: true,
      backupRetentionPeriod: row.backupRetentionDays,
      preferredBackupWindow: row.backupWindow,
      preferredMaintenanceWindow: row.maintenanceWindow,
      enablePerformanceInsights: true,
      performanceInsightsRetentionPeriod: row.performanceInsightsDays,
      enableCloudwatchLogsExports: [...row.logExports],
      monitoringInterval: 0,
      enableIamDatabaseAuthentication: false,
      deletionProtection: effective.deletionProtection,
      copyTagsToSnapshot: effective.copyTagsToSnapshot,
      deleteAutomatedBackups: false,
    });
    retainState(resource, 'Database', row.name);
    // The linter's list of classes for 17.4 begins at r5; RDS ran both instances on db.t3.micro (listing of 19 December).
    resource.addMetadata('cfn-lint', { config: { ignore_checks: ['E3062'] } });
  }

  /**
   * The instance's own parameter group, in the phases of the consolidation that have one.
   *
   * The service specification says that a change of the group may replace the instance; CloudFormation's own page says
   * that it restarts it ("an update triggers a reboot"). `docs/consolidation-infrastructure.md` makes sure with a stack
   * policy, which CloudFormation refuses to break.
   */
  private ownParameters(row: DatabaseRow, databases: AccountSettings['databases']): string | undefined {
    const parameters = parametersOf(databases.consolidation);
    if (parameters === undefined) return undefined;
    const { name, family } = ownParameterGroup(row.name, databases.engineVersion);
    const group = new CfnDBParameterGroup(this, 'Parameters', {
      dbParameterGroupName: name,
      family,
      description: `Parameters of ${row.name}`,
      parameters,
    });
    group.overrideLogicalId(pinnedLogicalId('ParameterGroup', name));
    return group.ref;
  }
}
