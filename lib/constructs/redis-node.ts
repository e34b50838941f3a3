import { CfnCacheCluster, CfnSubnetGroup } from 'aws-cdk-lib/aws-elasticache';
import { Construct } from 'constructs';
import type { CacheRow } from '../estate/databases';
import { retainState } from './stateful';

export interface RedisNodeProps {
  readonly row: CacheRow;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
}

/**
 * The Redis node, equal in both postures: encryption cannot be switched on in place on a cluster of this kind. Its
 * remedy, a replication group beside it, is in the acknowledged findings.
 */
export class RedisNode extends Construct {
  /** Host name of the node. */
  readonly host: string;

  constructor(scope: Construct, id: string, { row, subnetIds, securityGroupId }: RedisNodeProps) {
    super(scope, id);
    const subnets = new CfnSubnetGroup(this, 'Subnets', {
      cacheSubnetGroupName: row.subnetGroup,
      description: 'Huntaze cache',
      subnetIds: [...subnetIds],
    });
    retainState(subnets, 'CacheSubnetGroup', row.subnetGroup);
    const resource = new CfnCacheCluster(this, 'Resource', {
      clusterName: row.name,
      engine: 'redis',
      engineVersion: row.engineVersion,
      cacheNodeType: row.nodeType,
      numCacheNodes: row.nodes,
      preferredAvailabilityZone: row.availabilityZone,
      port: row.port,
      cacheSubnetGroupName: row.subnetGroup,
      cacheParameterGroupName: row.parameterGroup,
      vpcSecurityGroupIds: [securityGroupId],
      snapshotRetentionLimit: row.snapshotRetentionDays,
      snapshotWindow: row.snapshotWindow,
      preferredMaintenanceWindow: row.maintenanceWindow,
      autoMinorVersionUpgrade: true,
      transitEncryptionEnabled: false,
    });
    resource.addResourceDependency(subnets);
    retainState(resource, 'Cache', row.name);
    this.host = resource.attrRedisEndpointAddress;
  }
}
