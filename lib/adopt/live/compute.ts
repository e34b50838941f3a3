import { DescribeRepositoriesCommand } from '@aws-sdk/client-ecr';
import { DescribeClustersCommand, DescribeServicesCommand } from '@aws-sdk/client-ecs';
import {
  DescribeRuleCommand,
  type DescribeRuleCommandOutput,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge';
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { lastSegment, orAbsent } from '../../audit/clients';
import { eventBusNames } from '../../audit/lookups';
import { compact, type Json } from '../json';
import type { LookUpClients } from './clients';
import { type Found, nameIn, pick, type Reader, respell, type Wanted } from './reader';

export const repository: Reader = async ({ ecr }, wanted) => {
  const name = nameIn(wanted, 'RepositoryName');
  if (name === undefined) return undefined;
  const answer = await orAbsent(
    ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [name] })),
    'RepositoryNotFoundException',
  );
  const [found] = answer?.repositories ?? [];
  if (found === undefined) return undefined;
  return {
    identifier: { RepositoryName: name },
    ref: name,
    attributes: { Arn: found.repositoryArn ?? '', RepositoryUri: found.repositoryUri ?? '' },
    createdAt: found.createdAt,
    properties: compact({
      RepositoryName: name,
      ImageTagMutability: found.imageTagMutability,
      ImageScanningConfiguration: { ScanOnPush: found.imageScanningConfiguration?.scanOnPush ?? false },
      EncryptionConfiguration: found.encryptionConfiguration && {
        EncryptionType: found.encryptionConfiguration.encryptionType,
        KmsKey: found.encryptionConfiguration.kmsKey,
      },
    }),
  };
};

export const cluster: Reader = async ({ ecs }, wanted) => {
  const name = nameIn(wanted, 'ClusterName');
  if (name === undefined) return undefined;
  const { clusters = [] } = await ecs.send(new DescribeClustersCommand({ clusters: [name], include: ['SETTINGS'] }));
  const found = clusters.find((candidate) => candidate.status !== 'INACTIVE');
  if (found === undefined) return undefined;
  return {
    identifier: { ClusterName: name },
    ref: name,
    attributes: { Arn: found.clusterArn ?? '' },
    properties: compact({
      ClusterName: name,
      CapacityProviders: found.capacityProviders,
      ClusterSettings: found.settings?.map((setting) => ({ Name: setting.name, Value: setting.value })),
    }),
  };
};

export const service: Reader = async ({ ecs }, wanted) => {
  const name = nameIn(wanted, 'ServiceName');
  const home = nameIn(wanted, 'Cluster');
  if (name === undefined || home === undefined) return undefined;
  const answer = await orAbsent(
    ecs.send(new DescribeServicesCommand({ cluster: home, services: [name] })),
    'ServiceNotFoundException',
    'ClusterNotFoundException',
  );
  const found = answer?.services?.find((candidate) => candidate.status !== 'INACTIVE');
  if (found?.serviceArn === undefined) return undefined;
  const network = found.networkConfiguration?.awsvpcConfiguration;
  const deployment = found.deploymentConfiguration;
  const breaker = deployment?.deploymentCircuitBreaker;
  return {
    identifier: { ServiceArn: found.serviceArn, Cluster: home },
    ref: found.serviceArn,
    attributes: { ServiceArn: found.serviceArn, Name: name },
    createdAt: found.createdAt,
    properties: compact({
      ServiceName: name,
      Cluster: lastSegment(found.clusterArn ?? ''),
      DesiredCount: found.desiredCount,
      LaunchType: found.launchType,
      PlatformVersion: found.platformVersion,
      TaskDefinition: found.taskDefinition,
      DeploymentConfiguration: deployment && {
        MaximumPercent: deployment.maximumPercent,
        MinimumHealthyPercent: deployment.minimumHealthyPercent,
        DeploymentCircuitBreaker: breaker && { Enable: breaker.enable, Rollback: breaker.rollback },
      },
      NetworkConfiguration: network && {
        AwsvpcConfiguration: {
          AssignPublicIp: network.assignPublicIp,
          SecurityGroups: network.securityGroups,
          Subnets: network.subnets,
        },
      },
    }),
  };
};

export const rule: Reader = async (clients, wanted) => {
  const Name = nameIn(wanted, 'Name');
  if (Name === undefined) return undefined;
  for (const EventBusName of await busesFor(clients, wanted)) {
    const found = await orAbsent(
      clients.events.send(new DescribeRuleCommand({ Name, EventBusName })),
      'ResourceNotFoundException',
    );
    if (found?.Arn !== undefined) return ruleOn(clients, EventBusName, found);
  }
  return undefined;
};

/** A bus whose name only the account knows is any but the default one. */
async function busesFor(clients: LookUpClients, wanted: Wanted): Promise<readonly string[]> {
  if (wanted.properties.EventBusName === undefined) return ['default'];
  const known = nameIn(wanted, 'EventBusName');
  return known === undefined ? (await eventBusNames(clients)).filter((name) => name !== 'default') : [known];
}

async function ruleOn(
  { events }: LookUpClients,
  EventBusName: string,
  found: DescribeRuleCommandOutput,
): Promise<Found> {
  const { Name = '', Arn = '' } = found;
  const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: Name, EventBusName }));
  return {
    identifier: { Arn },
    ref: EventBusName === 'default' ? Name : `${EventBusName}|${Name}`,
    attributes: { Arn },
    properties: compact({
      Name,
      Description: found.Description,
      EventBusName: EventBusName === 'default' ? undefined : EventBusName,
      EventPattern: found.EventPattern ? JSON.parse(found.EventPattern) : undefined,
      ScheduleExpression: found.ScheduleExpression || undefined,
      State: found.State,
      Targets: Targets === undefined ? undefined : respell(compact({ Targets }).Targets ?? [], ruleSpelling),
    }),
  };
}

export const schedule: Reader = async ({ scheduler }, wanted) => {
  const Name = nameIn(wanted, 'Name');
  if (Name === undefined) return undefined;
  const found = await orAbsent(scheduler.send(new GetScheduleCommand({ Name })), 'ResourceNotFoundException');
  if (found === undefined) return undefined;
  return {
    identifier: { Name },
    ref: Name,
    attributes: { Arn: found.Arn ?? '' },
    createdAt: found.CreationDate,
    properties: respell(
      pick(found, [
        'Name',
        'Description',
        'State',
        'ScheduleExpression',
        'ScheduleExpressionTimezone',
        'FlexibleTimeWindow',
        'Target',
      ]) as Json,
      scheduleSpelling,
    ) as Readonly<Record<string, Json>>,
  };
};

const ruleSpelling = { awsvpcConfiguration: 'AwsVpcConfiguration' };
const scheduleSpelling = { awsvpcConfiguration: 'AwsvpcConfiguration' };
