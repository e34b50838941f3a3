import { DescribeClustersCommand, paginateListClusters, paginateListServices } from '@aws-sdk/client-ecs';
import { clusters, services } from '../../estate/compute';
import { collect, lastSegment } from '../clients';
import { labelColumn, readColumn, type Section } from '../model';

export const clustersSection: Section = {
  id: 'clusters',
  part: 'audit',
  nameHeading: 'name',
  columns: [labelColumn('purpose'), readColumn('status', 'status')],

  expected: () =>
    clusters.map((row) => ({
      kind: 'modelled',
      name: row.name,
      label: row.purpose,
      properties: {
        status: 'ACTIVE',
        containerInsights: 'enabled',
        capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
        services: services
          .filter((service) => service.cluster === row.name)
          .map((service) => service.name)
          .sort(),
      },
    })),

  async read({ ecs }, name) {
    const { clusters: [cluster] = [] } = await ecs.send(
      new DescribeClustersCommand({ clusters: [name], include: ['SETTINGS'] }),
    );
    // A deleted cluster stays visible for a while.
    if (cluster === undefined || cluster.status === 'INACTIVE') return undefined;
    const serviceArns = await collect(
      paginateListServices({ client: ecs }, { cluster: name }),
      (page) => page.serviceArns,
    );
    return {
      status: cluster.status ?? null,
      containerInsights: cluster.settings?.find((setting) => setting.name === 'containerInsights')?.value ?? null,
      capacityProviders: [...(cluster.capacityProviders ?? [])].sort(),
      services: serviceArns.map(lastSegment).sort(),
    };
  },

  async list({ ecs }) {
    const arns = await collect(paginateListClusters({ client: ecs }, {}), (page) => page.clusterArns);
    return arns.map(lastSegment);
  },
};
