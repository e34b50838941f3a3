import { DescribeServicesCommand, paginateListClusters } from '@aws-sdk/client-ecs';
import { services, tasks } from '../../estate/compute';
import { securityGroups } from '../../estate/network';
import { type AuditClients, collect, lastSegment, orAbsent } from '../clients';
import { securityGroupNames, subnetsIn, taskFamily } from '../lookups';
import { labelColumn, readColumn, type Section } from '../model';

export const servicesSection: Section = {
  id: 'services',
  part: 'support',
  nameHeading: 'name',
  columns: [labelColumn('usage'), readColumn('status', 'status')],

  expected: (settings) =>
    services.map((row) => ({
      kind: 'modelled',
      name: row.name,
      label: `on ${row.cluster}`,
      properties: {
        status: 'ACTIVE',
        cluster: row.cluster,
        desiredCount: settings.compute.scraperDesiredCount,
        taskDefinition: tasks.find((task) => task.key === row.task)?.name ?? null,
        launchType: 'FARGATE',
        publicAddress: 'ENABLED',
        subnets: subnetsIn(row.zones, settings),
        securityGroups: [securityGroups.scraper.name],
        rollsBackFailedDeployments: settings.posture === 'hardened',
      },
    })),

  async read(clients, name) {
    const found = await findService(clients, name);
    if (found === undefined) return undefined;
    const network = found.networkConfiguration?.awsvpcConfiguration;
    return {
      status: found.status ?? null,
      cluster: lastSegment(found.clusterArn ?? ''),
      desiredCount: found.desiredCount ?? null,
      taskDefinition: taskFamily(found.taskDefinition ?? ''),
      launchType: found.launchType ?? null,
      publicAddress: network?.assignPublicIp ?? null,
      subnets: [...(network?.subnets ?? [])].sort(),
      securityGroups: await securityGroupNames(clients, network?.securityGroups ?? []),
      rollsBackFailedDeployments: found.deploymentConfiguration?.deploymentCircuitBreaker?.rollback ?? false,
    };
  },
};

/** A service's name is unique in its cluster only: the first cluster that has it. */
async function findService({ ecs }: AuditClients, name: string) {
  const clusterArns = await collect(paginateListClusters({ client: ecs }, {}), (page) => page.clusterArns);
  for (const cluster of clusterArns) {
    const answer = await orAbsent(
      ecs.send(new DescribeServicesCommand({ cluster, services: [name] })),
      'ServiceNotFoundException',
      'ClusterNotFoundException',
    );
    const service = answer?.services?.find((candidate) => candidate.status !== 'INACTIVE');
    if (service !== undefined) return service;
  }
  return undefined;
}
