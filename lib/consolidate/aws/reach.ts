import { DescribeSecurityGroupsCommand, type SecurityGroup } from '@aws-sdk/client-ec2';
import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { tasks } from '../../estate/compute';
import { modelledFunctions } from '../../estate/functions';
import { securityGroups } from '../../estate/network';
import { databaseSecret } from '../../estate/support';
import type { ClientReach, InstanceFacts } from '../ports';
import type { ConsolidationClients } from './clients';
import type { ServiceName } from './deployments';
import { admitsGroups, admitsInternet } from './rules';

export interface ReachInput {
  readonly clients: Pick<ConsolidationClients, 'ec2' | 'ecs'>;
  readonly source: InstanceFacts;
  readonly target: InstanceFacts;
  /** Services that read the secret. */
  readonly services: readonly ServiceName[];
}

/**
 * Everything that the inventory, the settings and the security groups know to use the database, and whether it can use
 * the target as well. Who is connected, and from where, PostgreSQL itself tells the survey.
 */
export async function clientReach(input: ReachInput): Promise<ClientReach[]> {
  const { clients, source, target } = input;
  const ids = [...new Set([...source.securityGroupIds, ...target.securityGroupIds])];
  const [{ SecurityGroups: ofInstances = [] }, { SecurityGroups: ofFunctions = [] }] = await Promise.all([
    clients.ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: ids })),
    clients.ec2.send(
      new DescribeSecurityGroupsCommand({
        Filters: [{ Name: 'group-name', Values: [securityGroups.functions.name] }],
      }),
    ),
  ]);
  const groupsOf = ({ securityGroupIds }: InstanceFacts): SecurityGroup[] =>
    ofInstances.filter(({ GroupId: id }) => id !== undefined && securityGroupIds.includes(id));
  return [
    ...functionReach(groupsOf(target), ofFunctions, target),
    ...(await serviceReach(input, groupsOf(target))),
    ...otherSecrets(),
    ...outside(groupsOf(source), source, target),
  ];
}

function functionReach(
  groups: readonly SecurityGroup[],
  ofFunctions: readonly SecurityGroup[],
  target: InstanceFacts,
): ClientReach[] {
  const ids = ofFunctions.flatMap(({ GroupId: id }) => (id ? [id] : []));
  const admitted = admitsGroups(groups, ids, target.port);
  return modelledFunctions
    .filter(({ permissions }) => permissions.some((row) => row.on === 'secret' && row.name === databaseSecret))
    .map(({ name, vpc }) => {
      const reaches = vpc !== undefined && admitted;
      return {
        client: `function ${name}`,
        reachesTarget: reaches ? 'yes' : 'no',
        reason: reaches
          ? `in the VPC, and the target admits ${securityGroups.functions.name}; reads the secret at each connect`
          : vpc === undefined
            ? 'outside the VPC, where the target has no address'
            : `no group of the target admits ${securityGroups.functions.name}`,
      };
    });
}

async function serviceReach(
  { clients, services, target }: ReachInput,
  groups: readonly SecurityGroup[],
): Promise<ClientReach[]> {
  return Promise.all(
    services.map(async ({ cluster, name }): Promise<ClientReach> => {
      const { services: [service] = [] } = await clients.ecs.send(
        new DescribeServicesCommand({ cluster, services: [name] }),
      );
      const client = `service ${cluster}/${name}`;
      const network = service?.networkConfiguration?.awsvpcConfiguration;
      if (network === undefined) {
        return {
          client,
          reachesTarget: 'unknown',
          reason: 'there is no such service, or it has no network of its own',
        };
      }
      const reaches = admitsGroups(groups, network.securityGroups ?? [], target.port);
      return {
        client,
        reachesTarget: reaches ? 'yes' : 'no',
        reason: reaches
          ? 'the target admits a group of its tasks; reads the secret when a task starts'
          : 'no group of the target admits a group of its tasks',
      };
    }),
  );
}

/** Tasks whose database URL stands in a secret of another owner, which the switch does not write. */
const otherSecrets = (): ClientReach[] =>
  tasks.flatMap(({ name, variables }) =>
    Object.entries(variables).flatMap(([variable, source]): ClientReach[] =>
      variable === 'DATABASE_URL' && source.from === 'secret' && source.secret !== databaseSecret
        ? [
            {
              client: `task ${name}`,
              reachesTarget: 'unknown',
              reason: `reads ${source.secret}, which another owner keeps and the switch does not write`,
            },
          ]
        : [],
    ),
  );

/** The audit cannot say who uses the public address; closing it says that nobody does. */
const outside = (groups: readonly SecurityGroup[], source: InstanceFacts, target: InstanceFacts): ClientReach[] =>
  source.publiclyAccessible && !target.publiclyAccessible && admitsInternet(groups, source.port)
    ? [
        {
          client: 'whoever is outside the VPC',
          reachesTarget: 'no',
          reason: `${source.identifier} is open to the internet and ${target.identifier} is not: set databases.closePublicAccess once nobody outside needs it`,
        },
      ]
    : [];
