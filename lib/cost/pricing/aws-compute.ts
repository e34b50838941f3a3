import { at } from '../../review/json';
import type { Resource } from '../../review/model';
import { exact, formatCount } from '../money';
import type { Bill, Pricer } from './pricing';
import { millions } from './pricing';
import { runsPerMonth, schedulesOf } from './schedule';
import { decimal, list, referenced, text } from './values';

const gibi = '1024';
const defaultMemoryMegabytes = '128';
const includedEphemeralMegabytes = '512';
const includedEphemeralGigabytes = '20';

/** Fargate bills what a task asks for while it runs; a service keeps as many running as it desires. */
export const ecsService: Pricer = (bill, service) => {
  const { stack } = bill.surroundings;
  const desired = decimal(service.properties.DesiredCount, stack);
  if (desired === undefined && service.properties.DesiredCount !== undefined) {
    bill.note('the desired count is not in the template: one task is assumed');
  }
  const tasks = exact(desired ?? '1');
  if (tasks.eq(0)) {
    bill.note('desired count 0: no task runs, nothing is billed');
    return;
  }
  const task = referenced(service.properties.TaskDefinition, stack);
  if (task === undefined) {
    bill.unpriced('a service whose task definition is not in its template');
    return;
  }
  if (text(service.properties.LaunchType, stack) === 'EC2') {
    bill.note('runs on instances of the cluster, which are billed there');
    return;
  }
  const size = taskSize(bill, task);
  if (size === undefined) return;
  if (
    list(service.properties.CapacityProviderStrategy).some((item) => at(item, 'CapacityProvider') === 'FARGATE_SPOT')
  ) {
    bill.note('Fargate Spot is cheaper and its price moves: the on-demand price is shown');
  }
  bill.hourly(`fargate.vcpu.${size.chip}`, tasks.times(size.cpu), `${tasks} x ${size.cpu} vCPU`);
  bill.hourly(`fargate.memory.${size.chip}`, tasks.times(size.memory), `${tasks} x ${size.memory} GB`);
  const ephemeral = decimal(at(task.properties, 'EphemeralStorage', 'SizeInGiB'), stack);
  if (ephemeral !== undefined && exact(ephemeral).gt(includedEphemeralGigabytes)) {
    const beyond = exact(ephemeral).minus(includedEphemeralGigabytes);
    bill.hourly('fargate.ephemeral', tasks.times(beyond), `${tasks} x ${beyond} GB`);
  }
  if (at(service.properties, 'NetworkConfiguration', 'AwsvpcConfiguration', 'AssignPublicIp') === 'ENABLED') {
    bill.hourly('ipv4.public', tasks, `${tasks} public addresses`);
  }
};

/** A task that no service of its stack keeps running costs what the assumptions say that it runs. */
export const taskDefinition: Pricer = (bill, task) => {
  const { stack } = bill.surroundings;
  const kept = [...stack.resources.values()].some(
    ({ type, properties }) =>
      type === 'AWS::ECS::Service' && referenced(properties.TaskDefinition, stack)?.address === task.address,
  );
  if (kept) {
    bill.note('billed with the service that runs it');
    return;
  }
  const hours = bill.assumption('task.hours');
  if (hours.eq(0)) return;
  const size = taskSize(bill, task);
  if (size === undefined) return;
  bill.used(`fargate.vcpu.${size.chip}`, hours.times(size.cpu), `${size.cpu} vCPU x ${hours} hours`);
  bill.used(`fargate.memory.${size.chip}`, hours.times(size.memory), `${size.memory} GB x ${hours} hours`);
};

function taskSize(bill: Bill, task: Resource) {
  const { stack } = bill.surroundings;
  const cpu = decimal(task.properties.Cpu, stack);
  const memory = decimal(task.properties.Memory, stack);
  if (cpu === undefined || memory === undefined) {
    bill.unpriced('a Fargate task without CPU or memory in its template');
    return undefined;
  }
  const chip = at(task.properties, 'RuntimePlatform', 'CpuArchitecture') === 'ARM64' ? 'arm' : 'x86';
  return { chip, cpu: exact(cpu).div(gibi), memory: exact(memory).div(gibi) };
}

/** A cluster is free; Container Insights keeps custom metrics for it. */
export const ecsCluster: Pricer = (bill, cluster) => {
  const { stack } = bill.surroundings;
  const insights = list(cluster.properties.ClusterSettings).find((item) => at(item, 'Name') === 'containerInsights');
  const value = text(at(insights, 'Value'), stack) ?? 'disabled';
  if (value === 'disabled') {
    bill.note('Container Insights is off');
    return;
  }
  const running = [...stack.resources.values()].filter(
    ({ type, properties }) =>
      type === 'AWS::ECS::Service' &&
      decimal(properties.DesiredCount, stack) !== '0' &&
      (text(properties.Cluster, stack) === cluster.physicalName ||
        referenced(properties.Cluster, stack)?.address === cluster.address),
  ).length;
  const own = bill.assumption('insights.metrics');
  const each = running === 0 ? exact('0') : bill.assumption('insights.metricsPerService');
  bill.used(
    'cloudwatch.metric',
    own.plus(each.times(running)),
    `Container Insights (${value}), ${running} running ${running === 1 ? 'service' : 'services'}`,
  );
};

export const lambdaFunction: Pricer = (bill, fn) => {
  const { stack } = bill.surroundings;
  const edge = isEdgeFunction(bill, fn);
  const schedules = schedulesOf(fn, stack);
  const runs = schedules.map(({ expression }) => runsPerMonth(expression));
  const known = runs.filter((count) => count !== undefined);
  const scheduled = schedules.length > 0 && known.length === runs.length;
  const requests = scheduled
    ? known.reduce((total, count) => total.plus(count), exact('0'))
    : bill.assumption('function.requests');
  if (scheduled)
    bill.note(`started by ${schedules.map(({ rule, expression }) => `${rule}, ${expression}`).join('; ')}`);
  const memory = exact(decimal(fn.properties.MemorySize, stack) ?? defaultMemoryMegabytes).div(gibi);
  const milliseconds = bill.assumption(edge ? 'edge.milliseconds' : 'function.milliseconds');
  const seconds = requests.times(milliseconds).div('1000');
  const chip = list(fn.properties.Architectures).includes('arm64') ? 'arm' : 'x86';
  bill.used(edge ? 'edge.request' : 'lambda.request', millions(requests), `${formatCount(requests.round(0))} requests`);
  bill.used(
    edge ? 'edge.duration' : `lambda.duration.${chip}`,
    seconds.times(memory),
    `${formatCount(requests.round(0))} x ${milliseconds} ms x ${memory} GB`,
  );
  const ephemeral = decimal(at(fn.properties, 'EphemeralStorage', 'Size'), stack);
  if (ephemeral !== undefined && exact(ephemeral).gt(includedEphemeralMegabytes)) {
    const beyond = exact(ephemeral).minus(includedEphemeralMegabytes).div(gibi);
    bill.used('lambda.ephemeral', seconds.times(beyond), `${beyond} GB of temporary storage`);
  }
};

/** A function is at the edge when a distribution of its stack takes one of its versions. */
function isEdgeFunction({ surroundings: { stack } }: Bill, fn: Resource): boolean {
  const resources = [...stack.resources.values()];
  const versions = resources.filter(
    ({ type, properties }) =>
      type === 'AWS::Lambda::Version' && referenced(properties.FunctionName, stack)?.address === fn.address,
  );
  const used = JSON.stringify(
    resources.filter(({ type }) => type === 'AWS::CloudFront::Distribution').map(({ properties }) => properties),
  );
  return used.includes('LambdaFunctionARN') && versions.some(({ logicalId }) => used.includes(`"${logicalId}"`));
}

export const ecrRepository: Pricer = (bill) => {
  const gigabytes = bill.assumption('repository.gigabytes');
  bill.used('ecr.storage', gigabytes, `${gigabytes} GB of images`);
};

export const ec2Instance: Pricer = (bill, instance) => {
  const type = text(instance.properties.InstanceType, bill.surroundings.stack) ?? 'm1.small';
  bill.hourly(`ec2.${type}`, '1', type);
};

export const ebsVolume: Pricer = (bill, volume) => {
  const { stack } = bill.surroundings;
  const size = decimal(volume.properties.Size, stack);
  if (size === undefined) {
    bill.unpriced('a volume without a size in its template');
    return;
  }
  bill.fixed(`ebs.${text(volume.properties.VolumeType, stack) ?? 'gp2'}`, size, `${size} GB`);
};
