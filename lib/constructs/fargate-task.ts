import { Stack } from 'aws-cdk-lib';
import { CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement, type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { RepositoryRow, TaskRow } from '../estate/compute';
import type { HybridName } from '../estate/hybrid';
import type { DeployTimeValues } from './deploy-time';
import { namedRole } from './named-role';
import { permissionStatement, secretArnPattern } from './permission';
import { pinnedLogicalId, retainState } from './stateful';

export interface FargateTaskProps {
  readonly row: TaskRow;
  readonly repository: RepositoryRow;
  readonly deployTime: DeployTimeValues;
  /** Values that both clouds share and that are known. */
  readonly hybrid: Partial<Readonly<Record<HybridName, string>>>;
}

/** A Fargate task definition with its log group and its two roles. */
export class FargateTask extends Construct {
  readonly definition: CfnTaskDefinition;
  readonly roles: readonly Role[];

  constructor(scope: Construct, id: string, props: FargateTaskProps) {
    super(scope, id);
    const { row, deployTime } = props;
    const logGroup = new CfnLogGroup(this, 'Logs', {
      logGroupName: row.logGroup.name,
      ...(row.logGroup.retentionDays && { retentionInDays: row.logGroup.retentionDays }),
    });
    retainState(logGroup, 'LogGroup', row.logGroup.name);

    const executionRole = this.executionRole(props);
    const taskRole = namedRole(this, 'TaskRole', row.taskRole, tasksPrincipal(this));
    for (const permission of row.permissions) {
      taskRole.addToPolicy(permissionStatement(this, permission, deployTime));
    }
    this.roles = [executionRole, taskRole];

    const { region, account } = Stack.of(this);
    this.definition = new CfnTaskDefinition(this, 'Definition', {
      family: row.name,
      cpu: String(row.cpu),
      memory: String(row.memory),
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      executionRoleArn: executionRole.roleArn,
      taskRoleArn: taskRole.roleArn,
      containerDefinitions: [
        {
          name: row.container,
          image: `${account}.dkr.ecr.${region}.amazonaws.com/${row.repository}:${props.repository.tag}`,
          essential: true,
          environment: this.plainVariables(props),
          secrets: this.secretVariables(row),
          ...(row.openFiles && {
            ulimits: [{ name: 'nofile', softLimit: row.openFiles, hardLimit: row.openFiles }],
          }),
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': row.logGroup.name,
              'awslogs-region': region,
              'awslogs-stream-prefix': row.logGroup.prefix,
            },
          },
        },
      ],
    });
    this.definition.addResourceDependency(logGroup);
    this.definition.overrideLogicalId(pinnedLogicalId('TaskDefinition', row.name));
  }

  /** What ECS needs to start the task: its image, its log streams, the secrets that it injects. */
  private executionRole({ row, repository }: FargateTaskProps): Role {
    const { region, account } = Stack.of(this);
    const role = namedRole(this, 'ExecutionRole', row.executionRole, tasksPrincipal(this));
    role.addToPolicy(new PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }));
    role.addToPolicy(
      new PolicyStatement({
        actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        resources: [`arn:aws:ecr:${region}:${account}:repository/${repository.name}`],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [`arn:aws:logs:${region}:${account}:log-group:${row.logGroup.name}:*`],
      }),
    );
    const secrets = new Set(
      Object.values(row.variables).flatMap((source) => (source.from === 'secret' ? [source.secret] : [])),
    );
    if (secrets.size > 0) {
      role.addToPolicy(
        new PolicyStatement({
          actions: ['secretsmanager:GetSecretValue'],
          resources: [...secrets].map((secret) => secretArnPattern({ region, account }, secret)),
        }),
      );
    }
    return role;
  }

  private plainVariables({ row, deployTime, hybrid }: FargateTaskProps): CfnTaskDefinition.KeyValuePairProperty[] {
    return Object.entries(row.variables).flatMap(([name, source]) => {
      if (source.from === 'secret') return [];
      if (source.from === 'hybrid') return hybrid[source.name] ? [{ name, value: hybrid[source.name] }] : [];
      return [{ name, value: source.from === 'literal' ? source.value : deployTime.required(source.parameter) }];
    });
  }

  private secretVariables(row: TaskRow): CfnTaskDefinition.SecretProperty[] {
    const { region, account } = Stack.of(this);
    return Object.entries(row.variables).flatMap(([name, source]) => {
      if (source.from !== 'secret') return [];
      // A partial ARN: the six random characters at the end are not known to a template, and ECS does not need them.
      const arn = `arn:aws:secretsmanager:${region}:${account}:secret:${source.secret}`;
      return [{ name, valueFrom: source.jsonKey ? `${arn}:${source.jsonKey}::` : arn }];
    });
  }
}

/** Only tasks of this account, so that ECS cannot be made to act for somebody else's. */
const tasksPrincipal = (scope: Construct): ServicePrincipal =>
  new ServicePrincipal('ecs-tasks.amazonaws.com', {
    conditions: {
      StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
    },
  });
