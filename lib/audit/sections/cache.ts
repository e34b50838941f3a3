import {
  type CacheCluster,
  DescribeCacheClustersCommand,
  DescribeCacheSubnetGroupsCommand,
  paginateDescribeCacheClusters,
} from '@aws-sdk/client-elasticache';
import { cache } from '../../estate/databases';
import { securityGroups } from '../../estate/network';
import { type AuditClients, collect, orAbsent } from '../clients';
import { securityGroupNames, subnetsIn } from '../lookups';
import { readColumn, type Section } from '../model';

export const cacheSection: Section = {
  id: 'cache',
  part: 'audit',
  nameHeading: 'name',
  columns: [readColumn('type', 'nodeType'), readColumn('status', 'status')],

  expected: (settings) => [
    {
      kind: 'modelled',
      name: cache.name,
      label: '',
      properties: {
        status: 'available',
        engine: 'redis',
        engineVersion: cache.engineVersion,
        nodeType: cache.nodeType,
        nodes: cache.nodes,
        availabilityZone: cache.availabilityZone,
        port: cache.port,
        subnetGroup: cache.subnetGroup,
        subnets: subnetsIn(cache.subnetZones, settings),
        parameterGroup: cache.parameterGroup,
        securityGroups: [securityGroups.cache.name],
        snapshotRetentionDays: cache.snapshotRetentionDays,
        snapshotWindow: cache.snapshotWindow,
        maintenanceWindow: cache.maintenanceWindow,
        // Off as audited, in both postures: neither can be switched on in place.
        encryptionAtRest: false,
        encryptionInTransit: false,
      },
    },
  ],

  async read(clients, name) {
    const answer = await orAbsent(
      clients.elastiCache.send(new DescribeCacheClustersCommand({ CacheClusterId: name, ShowCacheNodeInfo: true })),
      'CacheClusterNotFound',
      'CacheClusterNotFoundFault',
    );
    const cluster = answer?.CacheClusters?.[0];
    if (cluster === undefined) return undefined;
    return {
      status: cluster.CacheClusterStatus ?? null,
      engine: cluster.Engine ?? null,
      engineVersion: minorVersion(cluster.EngineVersion),
      nodeType: cluster.CacheNodeType ?? null,
      nodes: cluster.NumCacheNodes ?? null,
      availabilityZone: cluster.PreferredAvailabilityZone ?? null,
      port: cluster.CacheNodes?.[0]?.Endpoint?.Port ?? null,
      subnetGroup: cluster.CacheSubnetGroupName ?? null,
      subnets: await subnetsOf(clients, cluster),
      parameterGroup: cluster.CacheParameterGroup?.CacheParameterGroupName ?? null,
      securityGroups: await securityGroupNames(
        clients,
        (cluster.SecurityGroups ?? []).map((group) => group.SecurityGroupId ?? ''),
      ),
      snapshotRetentionDays: cluster.SnapshotRetentionLimit ?? null,
      snapshotWindow: cluster.SnapshotWindow ?? null,
      maintenanceWindow: cluster.PreferredMaintenanceWindow ?? null,
      encryptionAtRest: cluster.AtRestEncryptionEnabled ?? null,
      encryptionInTransit: cluster.TransitEncryptionEnabled ?? null,
    };
  },

  async list({ elastiCache }) {
    const clusters = await collect(
      paginateDescribeCacheClusters({ client: elastiCache }, {}),
      (page) => page.CacheClusters,
    );
    return clusters.map((cluster) => cluster.CacheClusterId ?? '');
  },
};

/** ElastiCache answers with the patch level (7.1.0) and is asked for without (7.1). */
const minorVersion = (version: string | undefined): string | null =>
  version?.match(/^\d+\.\d+/)?.[0] ?? version ?? null;

async function subnetsOf({ elastiCache }: AuditClients, { CacheSubnetGroupName }: CacheCluster): Promise<string[]> {
  if (CacheSubnetGroupName === undefined) return [];
  const answer = await orAbsent(
    elastiCache.send(new DescribeCacheSubnetGroupsCommand({ CacheSubnetGroupName })),
    'CacheSubnetGroupNotFoundFault',
  );
  return (answer?.CacheSubnetGroups?.[0]?.Subnets ?? []).map((subnet) => subnet.SubnetIdentifier ?? '').sort();
}
