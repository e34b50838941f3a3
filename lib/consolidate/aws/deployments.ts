import { type Deployment, DescribeServicesCommand, type Service, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { ConsolidationStop } from '../errors';
import type { Evidence } from '../state';
import type { ConsolidationClients } from './clients';
import { type Look, type Patience, untilDone } from './patience';

export interface ServiceName {
  readonly cluster: string;
  readonly name: string;
}

/**
 * Deploys services anew, so that their tasks read the secret as it is now, and waits until nothing of the old deployment
 * runs any more.
 *
 * @param since moment of the switch: a deployment that began later has read the new secret and is not repeated
 * @throws ConsolidationStop when a service is missing, or its deployment fails or is rolled back
 */
export async function redeployServices(
  ecs: ConsolidationClients['ecs'],
  services: readonly ServiceName[],
  since: Date,
  patience: Patience,
): Promise<Evidence> {
  // All begin at once: the old server refuses writes meanwhile.
  const deployments: Evidence = {};
  await Promise.all(
    services.map(async (name) => {
      deployments[`${name.cluster}/${name.name}`] = await redeploy(ecs, name, since, patience);
    }),
  );
  return { deployments };
}

async function redeploy(
  ecs: ConsolidationClients['ecs'],
  name: ServiceName,
  since: Date,
  patience: Patience,
): Promise<string> {
  const id = await begun(ecs, name, since);
  return untilDone(`deployment of ${name.cluster}/${name.name}`, patience, async (): Promise<Look<string>> => {
    const service = await describe(ecs, name);
    const ours = service.deployments?.find((deployment) => deployment.id === id);
    if (ours === undefined || ours.status !== 'PRIMARY' || ours.rolloutState === 'FAILED') {
      throw new ConsolidationStop(
        'entry-check',
        `The deployment ${id} of ${name.cluster}/${name.name} failed, got: ${ours?.rolloutStateReason ?? service.events?.[0]?.message ?? 'it was rolled back or replaced'}.`,
        'Mend what keeps the tasks from starting (`aws ecs describe-services` shows the events), then run again.',
      );
    }
    const reason = unsteady(service, ours);
    return reason === undefined ? { done: id } : { notYet: reason };
  });
}

/** The id of a deployment that began after the switch: one that is there, or a new one. */
async function begun(ecs: ConsolidationClients['ecs'], name: ServiceName, since: Date): Promise<string> {
  const primary = primaryOf(await describe(ecs, name));
  const started = primary?.createdAt?.getTime() ?? 0;
  if (primary?.id !== undefined && primary.rolloutState !== 'FAILED' && started > since.getTime()) return primary.id;
  const { service } = await ecs.send(
    new UpdateServiceCommand({ cluster: name.cluster, service: name.name, forceNewDeployment: true }),
  );
  const id = service && primaryOf(service)?.id;
  if (id === undefined) {
    throw new ConsolidationStop('entry-check', `ECS named no deployment of ${name.cluster}/${name.name}, got: none.`);
  }
  return id;
}

const primaryOf = ({ deployments = [] }: Service): Deployment | undefined =>
  deployments.find(({ status }) => status === 'PRIMARY');

/** Why tasks of an older deployment may still run. */
function unsteady({ deployments = [], desiredCount = 0, runningCount = 0 }: Service, ours: Deployment) {
  const others = deployments.length - 1;
  if (others > 0) return `${others} older deployment(s) still there`;
  if ((ours.runningCount ?? 0) < desiredCount || runningCount !== desiredCount) {
    return `${ours.runningCount ?? 0} of ${desiredCount} tasks run`;
  }
  if (ours.rolloutState === 'IN_PROGRESS') return 'rollout in progress';
  return undefined;
}

async function describe(ecs: ConsolidationClients['ecs'], { cluster, name }: ServiceName): Promise<Service> {
  const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [name] }));
  const service = services.find(({ status }) => status !== 'INACTIVE');
  if (service === undefined) {
    throw new ConsolidationStop(
      'bad-input',
      `There is no service of that name in cluster ${cluster}, got: ${name}.`,
      'Correct databases.consolidation.services in the settings file.',
    );
  }
  return service;
}
