import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { DeployTimeValues } from '../../../lib/constructs/deploy-time';
import { EdgeFunction } from '../../../lib/constructs/edge-function';
import { FargateTask } from '../../../lib/constructs/fargate-task';
import { NodeFunction, type NodeFunctionProps } from '../../../lib/constructs/node-function';
import type { TaskRow } from '../../../lib/estate/compute';
import { proposed } from '../../../lib/estate/evidence';
import type { ModelledFunction } from '../../../lib/estate/functions';
import { estateApp } from '../../../stacks-aws/app';

const codeFolder = mkdtempSync(join(tmpdir(), 'huntaze-code-'));
writeFileSync(join(codeFolder, 'index.js'), 'exports.handler = async () => undefined;');
writeFileSync(join(codeFolder, 'index.js.map'), '{}');

const stack = () => new Stack(estateApp(), 'test', { env: { account: '111111111111', region: 'us-east-1' } });
const deployTime: DeployTimeValues = {
  required: (key) => `value-of-${key}`,
  published: (owner, name) => `${owner}:${name}`,
};

const minimal: ModelledFunction = {
  status: 'modelled',
  kind: 'regional',
  name: 'work',
  usage: 'works',
  owner: 'this repository',
  auditedRuntime: 'nodejs20.x',
  handler: 'index.handler',
  memory: 128,
  timeout: 5,
  tracing: 'PassThrough',
  role: 'workRole',
  variables: {},
  permissions: [],
  evidence: [proposed()],
};

const maximum: ModelledFunction = {
  ...minimal,
  tracing: 'Active',
  variables: {
    TABLE: { from: 'literal', value: 'items' },
    AGENT: { from: 'parameter', parameter: 'agent' },
    QUEUE: { from: 'queue-url', queue: 'jobs' },
  },
  permissions: [
    { on: 'table', name: 'items', indexes: ['byDate'], actions: ['dynamodb:Query'] },
    { on: 'secret', name: 'key', actions: ['secretsmanager:GetSecretValue'] },
    { on: 'ecs-service', cluster: 'c', name: 's', actions: ['ecs:UpdateService'] },
    { on: 'queue', name: 'jobs', actions: ['sqs:SendMessage'] },
  ],
};

function functionTemplate(row: ModelledFunction, props: Partial<NodeFunctionProps> = {}): Template {
  const scope = stack();
  new NodeFunction(scope, 'function', {
    row,
    settings: { posture: 'hardened', runtime: 'nodejs20.x' },
    codeFolder,
    deployTime,
    ...props,
  });
  return Template.fromStack(scope);
}

describe('a function in the region', () => {
  test('minimal', () => {
    const template = functionTemplate(minimal);
    template.templateMatches({
      Resources: {
        FunctionWork: {
          Properties: {
            FunctionName: 'work',
            Runtime: 'nodejs20.x',
            MemorySize: 128,
            Timeout: 5,
            DeadLetterConfig: Match.absent(),
          },
        },
        LogGroupAwsLambdaWork: { DeletionPolicy: 'RetainExceptOnCreate' },
        RoleWorkRole: { Properties: { RoleName: 'workRole' } },
      },
    });
  });

  test('maximum: environment and least privilege from the row', () => {
    const template = functionTemplate(maximum);
    template.hasResourceProperties('AWS::Lambda::Function', {
      TracingConfig: { Mode: 'Active' },
      Environment: { Variables: { TABLE: 'items', AGENT: 'value-of-agent', QUEUE: 'messaging:jobs/url' } },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith(
          [
            {
              Action: 'dynamodb:Query',
              Resource: [
                'arn:aws:dynamodb:us-east-1:111111111111:table/items',
                'arn:aws:dynamodb:us-east-1:111111111111:table/items/index/byDate',
              ],
            },
            {
              Action: 'secretsmanager:GetSecretValue',
              Resource: 'arn:aws:secretsmanager:us-east-1:111111111111:secret:key-??????',
            },
            { Action: 'ecs:UpdateService', Resource: 'arn:aws:ecs:us-east-1:111111111111:service/c/s' },
            { Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:us-east-1:111111111111:jobs' },
          ].map(Match.objectLike),
        ),
      },
    });
  });

  test.each([
    ['hardened', { TargetArn: 'arn:aws:sqs:us-east-1:111111111111:huntaze-lambda-dlq' }],
    ['audited', Match.absent()],
  ] as const)('a dead-letter queue for a function that a rule calls, %s', (posture, expected) => {
    const template = functionTemplate(
      { ...minimal, name: 'content-dispatcher' },
      { settings: { posture, runtime: 'nodejs20.x' } },
    );
    template.hasResourceProperties('AWS::Lambda::Function', { DeadLetterConfig: expected });
  });

  test('the runtime is the setting', () => {
    functionTemplate(minimal, { settings: { posture: 'hardened', runtime: 'nodejs24.x' } }).hasResourceProperties(
      'AWS::Lambda::Function',
      { Runtime: 'nodejs24.x' },
    );
  });
});

test('an edge function has a version that outlives its stack, and no environment', () => {
  const scope = stack();
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('edgelambda.amazonaws.com') });
  new EdgeFunction(scope, 'edge', {
    row: { ...minimal, kind: 'edge' },
    settings: { runtime: 'nodejs20.x' },
    codeFolder,
    role,
  });
  const template = Template.fromStack(scope);
  template.hasResource('AWS::Lambda::Version', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  template.hasResourceProperties('AWS::Lambda::Function', { Environment: Match.absent() });
});

describe('a Fargate task', () => {
  const row: TaskRow = {
    name: 'crawl',
    key: 'scraper',
    owner: 'this repository',
    cluster: 'c',
    repository: 'images/crawl',
    container: 'main',
    cpu: 256,
    memory: 512,
    openFiles: 4096,
    logGroup: { name: '/ecs/crawl', retentionDays: 14, prefix: 'crawl' },
    executionRole: 'execution',
    taskRole: 'task',
    variables: {
      MODE: { from: 'literal', value: 'fast' },
      URL: { from: 'parameter', parameter: 'url' },
      TOKEN: { from: 'secret', secret: 'token', jsonKey: 'value' },
    },
    permissions: [{ on: 'bucket-objects', bucket: { parameter: 'bucket' }, actions: ['s3:PutObject'] }],
    evidence: [proposed()],
  };
  const scope = stack();
  new FargateTask(scope, 'task', {
    row,
    repository: { name: 'images/crawl', tag: 'main', owner: 'this repository', evidence: [proposed()] },
    deployTime,
    hybrid: {},
  });
  const template = Template.fromStack(scope);

  test('values come from literals and parameters, secrets are read when the task starts', () => {
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      Family: 'crawl',
      Cpu: '256',
      Memory: '512',
      ContainerDefinitions: [
        Match.objectLike({
          Image: '111111111111.dkr.ecr.us-east-1.amazonaws.com/images/crawl:main',
          Environment: [
            { Name: 'MODE', Value: 'fast' },
            { Name: 'URL', Value: 'value-of-url' },
          ],
          Secrets: [{ Name: 'TOKEN', ValueFrom: 'arn:aws:secretsmanager:us-east-1:111111111111:secret:token:value::' }],
          Ulimits: [{ Name: 'nofile', SoftLimit: 4096, HardLimit: 4096 }],
        }),
      ],
    });
  });

  test('each role does its own work only', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: 'RoleTask' }],
      PolicyDocument: {
        Statement: [Match.objectLike({ Action: 's3:PutObject', Resource: 'arn:aws:s3:::value-of-bucket/*' })],
      },
    });
    template.hasResourceProperties('AWS::IAM::Role', {
      RoleName: 'execution',
      AssumeRolePolicyDocument: {
        Statement: [Match.objectLike({ Condition: { StringEquals: { 'aws:SourceAccount': '111111111111' } } })],
      },
    });
  });
});
