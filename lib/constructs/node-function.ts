import { Duration, Stack } from 'aws-cdk-lib';
import { type IRole, PolicyStatement, type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  CfnEventSourceMapping,
  type CfnFunction,
  Code,
  type FunctionOptions,
  Function as LambdaFunction,
  Runtime,
  RuntimeFamily,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FunctionVariable, ModelledFunction, QueueSource } from '../estate/functions';
import { effectiveFunction } from '../estate/posture';
import { publishedQueueUrl } from '../estate/published';
import type { AccountSettings } from '../estate/settings';
import type { DeployTimeValues } from './deploy-time';
import { namedRole } from './named-role';
import { permissionStatement } from './permission';
import { pinnedLogicalId, retainState } from './stateful';

/** Subnets and security group of a function inside the VPC. */
export interface FunctionPlacement {
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
}

export interface NodeFunctionProps {
  readonly row: ModelledFunction;
  readonly settings: Pick<AccountSettings, 'posture' | 'runtime'>;
  /** Folder with the bundled code. */
  readonly codeFolder: string;
  readonly deployTime: DeployTimeValues;
  /** Where a function of the VPC stands. @default outside the VPC */
  readonly placement?: FunctionPlacement;
}

/** A function in the region, with its log group, its role and the environment of its row. */
export class NodeFunction extends Construct {
  readonly resource: LambdaFunction;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id);
    const { row, settings } = props;
    const logGroupName = `/aws/lambda/${row.name}`;
    const logGroup = new CfnLogGroup(this, 'Logs', { logGroupName });
    retainState(logGroup, 'LogGroup', logGroupName);

    const { region, account } = Stack.of(this);
    const role = namedRole(this, 'Role', row.role, new ServicePrincipal('lambda.amazonaws.com'));
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [`arn:aws:logs:${region}:${account}:log-group:${logGroupName}:*`],
      }),
    );
    for (const permission of row.permissions) {
      role.addToPolicy(permissionStatement(this, permission, props.deployTime));
    }

    const { deadLetterQueue } = effectiveFunction(row, settings.posture);
    this.resource = bundledFunction(
      this,
      { row, settings, codeFolder: props.codeFolder, role },
      {
        environment: environmentOf(this, row.variables, props.deployTime),
        ...(row.asynchronous && {
          retryAttempts: row.asynchronous.retries,
          maxEventAge: Duration.seconds(row.asynchronous.maximumAgeSeconds),
        }),
        ...(deadLetterQueue && { deadLetterQueue: this.queueNamed(deadLetterQueue) }),
      },
    );
    this.resource.node.addDependency(logGroup);
    if (props.placement) this.place(role, props.placement);
    if (row.consumes) this.consume(row.consumes);
  }

  private place(role: Role, { subnetIds, securityGroupId }: FunctionPlacement): void {
    // Lambda makes the network interfaces as the function's role, and EC2 knows no resource for most of these calls
    // (Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC").
    role.addToPolicy(
      new PolicyStatement({
        actions: [
          'ec2:AssignPrivateIpAddresses',
          'ec2:CreateNetworkInterface',
          'ec2:DeleteNetworkInterface',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSubnets',
          'ec2:UnassignPrivateIpAddresses',
        ],
        resources: ['*'],
      }),
    );
    (this.resource.node.defaultChild as CfnFunction).vpcConfig = {
      subnetIds: [...subnetIds],
      securityGroupIds: [securityGroupId],
    };
  }

  private consume(source: QueueSource): void {
    const { region, account } = Stack.of(this);
    const queueArn = `arn:aws:sqs:${region}:${account}:${source.queue}`;
    this.resource.addToRolePolicy(
      new PolicyStatement({
        actions: ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
        resources: [queueArn],
      }),
    );
    const mapping = new CfnEventSourceMapping(this, 'Source', {
      functionName: this.resource.functionName,
      eventSourceArn: queueArn,
      batchSize: source.batchSize,
      maximumBatchingWindowInSeconds: source.batchWindowSeconds ?? 0,
      functionResponseTypes: ['ReportBatchItemFailures'],
      ...(source.maxConcurrency && { scalingConfig: { maximumConcurrency: source.maxConcurrency } }),
    });
    mapping.overrideLogicalId(pinnedLogicalId('Source', source.queue));
    mapping.node.addDependency(this.resource);
  }

  private queueNamed(name: string): IQueue {
    const { region, account } = Stack.of(this);
    return Queue.fromQueueArn(this, 'DeadLetters', `arn:aws:sqs:${region}:${account}:${name}`);
  }
}

export interface BundledFunctionProps {
  readonly row: ModelledFunction;
  readonly settings: Pick<AccountSettings, 'runtime'>;
  readonly codeFolder: string;
  readonly role: IRole;
}

/** The function itself: what regional and edge functions share. */
export function bundledFunction(
  scope: Construct,
  { row, settings, codeFolder, role }: BundledFunctionProps,
  more: Pick<FunctionOptions, 'environment' | 'deadLetterQueue' | 'retryAttempts' | 'maxEventAge'> = {},
): LambdaFunction {
  const resource = new LambdaFunction(scope, 'Resource', {
    functionName: row.name,
    description: row.usage,
    runtime: new Runtime(settings.runtime, RuntimeFamily.NODEJS),
    architecture: Architecture.X86_64,
    handler: row.handler,
    // Source maps stay beside the bundles, for whoever reads a stack trace; the deployed package does not carry them.
    code: Code.fromAsset(codeFolder, { exclude: ['*.map'] }),
    memorySize: row.memory,
    timeout: Duration.seconds(row.timeout),
    // Lambda's own default is to pass traces through; saying so would bring a grant that the function never uses.
    tracing: row.tracing === 'Active' ? Tracing.ACTIVE : Tracing.DISABLED,
    role,
    ...more,
  });
  (resource.node.defaultChild as CfnFunction).overrideLogicalId(pinnedLogicalId('Function', row.name));
  return resource;
}

function environmentOf(
  scope: Construct,
  variables: Readonly<Record<string, FunctionVariable>>,
  deployTime: DeployTimeValues,
): Record<string, string> {
  const { region, account } = Stack.of(scope);
  const value = (variable: FunctionVariable): string => {
    switch (variable.from) {
      case 'literal':
        return variable.value;
      case 'parameter':
        return deployTime.required(variable.parameter);
      case 'queue-url':
        return deployTime.published('messaging', publishedQueueUrl(variable.queue));
      case 'data':
        return deployTime.published('data', variable.name);
      case 'function-arn':
        return `arn:aws:lambda:${region}:${account}:function:${variable.function}`;
    }
  };
  return Object.fromEntries(Object.entries(variables).map(([name, variable]) => [name, value(variable)]));
}
