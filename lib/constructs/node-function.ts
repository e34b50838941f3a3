import { Duration, Stack } from 'aws-cdk-lib';
import { type IRole, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type CfnFunction,
  Code,
  Function as LambdaFunction,
  Runtime,
  RuntimeFamily,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FunctionVariable, ModelledFunction } from '../estate/functions';
import type { AccountSettings } from '../estate/settings';
import { namedRole } from './named-role';
import { permissionStatement, type RequiredValue } from './permission';
import { pinnedLogicalId, retainState } from './stateful';

export interface NodeFunctionProps {
  readonly row: ModelledFunction;
  readonly settings: Pick<AccountSettings, 'posture' | 'runtime'>;
  /** Folder with the bundled code. */
  readonly codeFolder: string;
  readonly required: RequiredValue;
  /** URL of a queue that another stack published. */
  readonly queueUrl: (queue: string) => string;
  /**
   * Dead-letter queue of a function that EventBridge calls, wired in the hardened posture. The rule's own one does not
   * see the function's errors: for EventBridge an event that Lambda took is delivered.
   *
   * @default none: whoever calls the function sees its errors
   */
  readonly deadLetterQueue?: string;
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
      role.addToPolicy(permissionStatement(this, permission, props.required));
    }

    this.resource = bundledFunction(
      this,
      { row, settings, codeFolder: props.codeFolder, role },
      {
        environment: environmentOf(row.variables, props),
        ...(props.deadLetterQueue &&
          settings.posture === 'hardened' && { deadLetterQueue: this.queueNamed(props.deadLetterQueue) }),
      },
    );
    this.resource.node.addDependency(logGroup);
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
  more: { readonly environment?: Record<string, string>; readonly deadLetterQueue?: IQueue } = {},
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
  variables: Readonly<Record<string, FunctionVariable>>,
  { required, queueUrl }: Pick<NodeFunctionProps, 'required' | 'queueUrl'>,
): Record<string, string> {
  const value = (variable: FunctionVariable): string => {
    switch (variable.from) {
      case 'literal':
        return variable.value;
      case 'parameter':
        return required(variable.parameter);
      case 'queue-url':
        return queueUrl(variable.queue);
    }
  };
  return Object.fromEntries(Object.entries(variables).map(([name, variable]) => [name, value(variable)]));
}
