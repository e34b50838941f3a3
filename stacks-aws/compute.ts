import { CfnRepository } from 'aws-cdk-lib/aws-ecr';
import { CfnCluster, CfnService } from 'aws-cdk-lib/aws-ecs';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CompositePrincipal, PolicyStatement, type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { FargateTask } from '../lib/constructs/fargate-task';
import { namedRole } from '../lib/constructs/named-role';
import { pinnedLogicalId, retainState } from '../lib/constructs/stateful';
import { clusters, repositories, type ServiceRow, services, type TaskRow, tasks } from '../lib/estate/compute';
import { runnerPermissions } from '../lib/estate/consolidation';
import { hybridParameterValues } from '../lib/estate/hybrid';
import type { AccountSettings } from '../lib/estate/settings';
import { type RuleRow, rules, summarizerSchedule } from '../lib/estate/support';
import { defaultSubnetIds } from './default-vpc';
import { EstateStack } from './estate-stack';
import { securityGroupParameter } from './network';

/** Audit section 1: clusters, repositories, task definitions, the one service, and what starts the summarizer. */
export class ComputeStack extends EstateStack {
  private readonly tasks = new Map<string, FargateTask>();
  private readonly clusters = new Map<string, CfnCluster>();

  constructor(scope: Construct, id: string, props: { readonly settings: AccountSettings }) {
    super(scope, id, 'compute', { ...props, description: 'Huntaze estate: clusters, tasks, service' });
    for (const row of repositories) this.addRepository(row.name);
    for (const row of clusters) this.addCluster(row.name);
    for (const row of tasks) this.addTask(row);
    for (const row of services) this.addService(row);
    this.addSummarizerStarts();
  }

  private addRepository(name: string): void {
    const repository = new CfnRepository(this, `Repository-${name}`, {
      repositoryName: name,
      imageScanningConfiguration: { scanOnPush: this.settings.posture === 'hardened' },
      // The tasks run moving tags (latest, main): immutable ones would refuse the next push.
      imageTagMutability: 'MUTABLE',
    });
    retainState(repository, 'Repository', name);
  }

  private addCluster(name: string): void {
    const cluster = new CfnCluster(this, `Cluster-${name}`, {
      clusterName: name,
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      clusterSettings: [{ name: 'containerInsights', value: 'enabled' }],
    });
    retainState(cluster, 'Cluster', name);
    this.clusters.set(name, cluster);
  }

  private addTask(row: TaskRow): void {
    const repository = repositories.find(({ name }) => name === row.repository);
    if (repository === undefined) {
      throw new Error(
        `Task definition ${row.name} runs an image without a repository row, got: ${row.repository}. Add it to lib/estate/compute.ts.`,
      );
    }
    const permissions = row.key === 'consolidation' ? runnerPermissions(this.settings) : row.permissions;
    this.tasks.set(
      row.name,
      new FargateTask(this, row.name, {
        row: { ...row, permissions },
        repository,
        deployTime: this.deployTime,
        hybrid: hybridParameterValues(this.settings),
      }),
    );
  }

  private addService(row: ServiceRow): void {
    const task = tasks.find(({ key }) => key === row.task);
    const service = new CfnService(this, `Service-${row.name}`, {
      serviceName: row.name,
      cluster: row.cluster,
      taskDefinition: this.task(task?.name ?? row.task).definition.ref,
      launchType: 'FARGATE',
      platformVersion: 'LATEST',
      desiredCount: this.settings.compute.scraperDesiredCount,
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: defaultSubnetIds(this.settings, row.zones),
          securityGroups: [this.published('network', securityGroupParameter('scraper'))],
          assignPublicIp: 'ENABLED',
        },
      },
      deploymentConfiguration: {
        maximumPercent: 200,
        minimumHealthyPercent: 100,
        ...(this.settings.posture === 'hardened' && { deploymentCircuitBreaker: { enable: true, rollback: true } }),
      },
    });
    const cluster = this.clusters.get(row.cluster);
    if (cluster) service.addResourceDependency(cluster);
    retainState(service, 'Service', row.name);
  }

  /** The rule and the schedule that start ai-summarizer. */
  private addSummarizerStarts(): void {
    const task = this.task(summarizerSchedule.task);
    const role = this.startRole(task);
    const ruleRows = rules.filter((row) => 'task' in row.target);
    for (const row of ruleRows) this.addTaskRule(row, role);
    const schedule = new CfnSchedule(this, 'SummarizerSchedule', {
      name: summarizerSchedule.name,
      state: summarizerSchedule.state,
      scheduleExpression: summarizerSchedule.expression,
      scheduleExpressionTimezone: summarizerSchedule.timezone,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: this.clusterArn('ai-team'),
        roleArn: role.roleArn,
        deadLetterConfig: { arn: this.queueArn(summarizerSchedule.deadLetterQueue) },
        retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 900 },
        ecsParameters: {
          taskDefinitionArn: task.definition.ref,
          launchType: 'FARGATE',
          taskCount: 1,
          networkConfiguration: { awsvpcConfiguration: this.summarizerNetwork() },
        },
      },
    });
    schedule.overrideLogicalId(pinnedLogicalId('Schedule', summarizerSchedule.name));
  }

  private addTaskRule(row: RuleRow, role: Role): void {
    if (!('pattern' in row.trigger) || !('task' in row.target)) return;
    const task = this.task(row.target.task);
    const rule = new CfnRule(this, `Rule-${row.name}`, {
      name: row.name,
      state: row.state,
      eventPattern: row.trigger.pattern,
      targets: [
        {
          id: row.target.task,
          arn: this.clusterArn('ai-team'),
          roleArn: role.roleArn,
          ecsParameters: {
            taskDefinitionArn: task.definition.ref,
            launchType: 'FARGATE',
            taskCount: 1,
            networkConfiguration: { awsVpcConfiguration: this.summarizerNetwork() },
          },
          ...(row.deadLetterQueue && { deadLetterConfig: { arn: this.queueArn(row.deadLetterQueue) } }),
        },
      ],
    });
    rule.overrideLogicalId(pinnedLogicalId('Rule', row.name));
  }

  private startRole(task: FargateTask): Role {
    const ours = { conditions: { StringEquals: { 'aws:SourceAccount': this.account } } };
    const role = namedRole(
      this,
      'SummarizerStartRole',
      summarizerSchedule.role,
      new CompositePrincipal(
        new ServicePrincipal('events.amazonaws.com', ours),
        new ServicePrincipal('scheduler.amazonaws.com', ours),
      ),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['ecs:RunTask'],
        resources: [`arn:aws:ecs:${this.region}:${this.account}:task-definition/${summarizerSchedule.task}:*`],
        conditions: { ArnEquals: { 'ecs:cluster': this.clusterArn('ai-team') } },
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: task.roles.map((taskRole) => taskRole.roleArn),
        conditions: { StringLike: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['sqs:SendMessage'],
        resources: [this.queueArn(summarizerSchedule.deadLetterQueue)],
      }),
    );
    return role;
  }

  /** The scraper's group serves: it opens no port, and the summarizer listens on none. */
  private summarizerNetwork() {
    return {
      subnets: defaultSubnetIds(this.settings, ['us-east-1a', 'us-east-1b']),
      securityGroups: [this.published('network', securityGroupParameter('scraper'))],
      assignPublicIp: 'ENABLED',
    };
  }

  private task(family: string): FargateTask {
    const task = this.tasks.get(family);
    if (task === undefined) {
      throw new Error(`Task definition has no row, got: ${family}. Add it to lib/estate/compute.ts.`);
    }
    return task;
  }

  private readonly clusterArn = (name: string) => `arn:aws:ecs:${this.region}:${this.account}:cluster/${name}`;
  private readonly queueArn = (name: string) => `arn:aws:sqs:${this.region}:${this.account}:${name}`;
}
