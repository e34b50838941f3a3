import type { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { requiredParameters, secrets } from '../../../lib/estate/support';
import { estateApp } from '../../../stacks-aws/app';
import { ComputeStack } from '../../../stacks-aws/compute';
import { EdgeStack } from '../../../stacks-aws/edge';
import { codeFolderOf, FunctionsStack } from '../../../stacks-aws/functions';
import { NetworkStack } from '../../../stacks-aws/network';
import { SecretsStack } from '../../../stacks-aws/secrets';
import { StorageStack } from '../../../stacks-aws/storage';
import { functionCode, settingsWith } from '../../support/estate';

const settings = settingsWith();
const of = (build: (app: App) => Stack): Template => Template.fromStack(build(estateApp()));

describe('network', () => {
  const template = of((app) => new NetworkStack(app, 'network', { settings }));

  test('the worker VPC has two public /20 and no NAT gateway', () => {
    template.hasResourceProperties('AWS::EC2::VPC', { CidrBlock: '10.2.0.0/16' });
    const subnets = Object.values(template.findResources('AWS::EC2::Subnet'));
    expect(subnets.map(({ Properties }) => [Properties.AvailabilityZone, Properties.CidrBlock])).toEqual([
      ['us-east-1a', '10.2.0.0/20'],
      ['us-east-1b', '10.2.16.0/20'],
    ]);
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
  });

  test('hardened: Redis is open to the functions only', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupName: 'huntaze-redis-sg-production',
      SecurityGroupIngress: [
        Match.objectLike({ FromPort: 6379, SourceSecurityGroupId: { 'Fn::GetAtt': ['functionsgroup', 'GroupId'] } }),
      ],
    });
  });

  test('every group tells its id', () => {
    const names = Object.values(template.findResources('AWS::SSM::Parameter')).map(({ Properties }) => Properties.Name);
    expect(names.sort()).toEqual(
      ['cache', 'database', 'functions', 'scraper'].map((key) => `/huntaze/network/security-group/${key}`),
    );
  });
});

test('secrets have names and no values', () => {
  const template = of((app) => new SecretsStack(app, 'secrets', { settings }));
  const found = Object.values(template.findResources('AWS::SecretsManager::Secret'));
  expect(found.map(({ Properties }) => Properties.Name).sort()).toEqual(secrets.map(({ name }) => name).sort());
  for (const { Properties } of found) expect(Object.keys(Properties).sort()).toEqual(['Description', 'Name']);
});

describe('compute', () => {
  const template = of((app) => new ComputeStack(app, 'compute', { settings }));

  test('the one service runs no task until an image is there', () => {
    template.hasResourceProperties('AWS::ECS::Service', {
      ServiceName: 'onlyfans-scraper',
      Cluster: 'huntaze-cluster',
      DesiredCount: 0,
      DeploymentConfiguration: Match.objectLike({ DeploymentCircuitBreaker: { Enable: true, Rollback: true } }),
      NetworkConfiguration: { AwsvpcConfiguration: Match.objectLike({ AssignPublicIp: 'ENABLED' }) },
    });
  });

  test.each([
    ['huntaze-onlyfans-scraper', '1024', '2048'],
    ['HuntazeOfStackBrowserWorkerTaskCED33274', '2048', '8192'],
    ['ai-summarizer', '512', '1024'],
  ])('task %s: %s CPU units, %s MiB', (Family, Cpu, Memory) => {
    template.hasResourceProperties('AWS::ECS::TaskDefinition', { Family, Cpu, Memory });
  });

  test('what starts the summarizer is there, and off', () => {
    template.hasResourceProperties('AWS::Events::Rule', { Name: 'ai-insights-ready', State: 'DISABLED' });
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Name: 'ai-summarizer-every-15min',
      State: 'DISABLED',
      ScheduleExpressionTimezone: 'Europe/Paris',
    });
  });
});

describe('functions', () => {
  const template = of((app) => new FunctionsStack(app, 'functions', { settings, code: functionCode() }));

  test.each([
    ['content-dispatcher-production', { ScheduleExpression: 'rate(2 minutes)', State: 'ENABLED' }],
    ['rotate-ws-token-hourly', { ScheduleExpression: 'rate(1 hour)', State: 'DISABLED' }],
    [
      'stripe-billing-v1',
      {
        EventBusName: { Ref: Match.stringLikeRegexp('stripeeventbusname') },
        EventPattern: { 'detail-type': Match.arrayWith(['invoice.paid']) },
        Targets: [
          Match.objectLike({
            DeadLetterConfig: { Arn: 'arn:aws:sqs:us-east-1:317805897534:stripe-events-dlq' },
          }),
        ],
      },
    ],
  ])('rule %s', (Name, properties) => {
    template.hasResourceProperties('AWS::Events::Rule', { Name, ...properties });
  });

  test('EventBridge may call each function for its own rule only', () => {
    const permissions = Object.values(template.findResources('AWS::Lambda::Permission'));
    expect(permissions).toHaveLength(3);
    for (const { Properties } of permissions) expect(Properties.SourceArn).toBeDefined();
  });

  test('errors that EventBridge does not see land in a dead-letter queue', () => {
    const queues = Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) => [
      Properties.FunctionName,
      Properties.DeadLetterConfig?.TargetArn.split(':').pop(),
    ]);
    expect(Object.fromEntries(queues)).toEqual({
      'content-dispatcher': 'huntaze-lambda-dlq',
      'rotate-ws-token': 'huntaze-lambda-dlq',
      'stripe-events-handler': 'stripe-events-dlq',
    });
  });

  test('throws when a function has a row but no bundle', () => {
    expect(() => codeFolderOf(new Map(), 'work')).toThrow('Add lambda/work/handler.ts.');
  });
});

describe('edge', () => {
  const template = of((app) => new EdgeStack(app, 'edge', { settings, code: functionCode() }));

  test('the distribution serves huntaze-assets through origin access control, with both functions as versions', () => {
    template.hasResource('AWS::CloudFront::Distribution', {
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: {
        DistributionConfig: Match.objectLike({
          Origins: [
            Match.objectLike({
              DomainName: 'huntaze-assets.s3.us-east-1.amazonaws.com',
              OriginAccessControlId: { 'Fn::GetAtt': ['OriginAccessControl', 'Id'] },
            }),
          ],
          DefaultCacheBehavior: Match.objectLike({
            ViewerProtocolPolicy: 'redirect-to-https',
            LambdaFunctionAssociations: [
              Match.objectLike({ EventType: 'viewer-request', IncludeBody: false }),
              Match.objectLike({ EventType: 'origin-response', IncludeBody: false }),
            ],
          }),
          Aliases: Match.absent(),
        }),
        Tags: [{ Key: 'huntaze:audited-id', Value: 'E21VMD5A9KDBOO' }],
      },
    });
    template.resourceCountIs('AWS::Lambda::Version', 2);
  });

  test('an alias brings its certificate and TLS 1.2', () => {
    const alias = { domain: 'assets.huntaze.com', certificateArn: 'arn:aws:acm:us-east-1:317805897534:certificate/1' };
    const withAlias = of(
      (app) => new EdgeStack(app, 'edge', { settings: { ...settings, edge: { alias } }, code: functionCode() }),
    );
    withAlias.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: Match.objectLike({
        Aliases: ['assets.huntaze.com'],
        ViewerCertificate: Match.objectLike({ MinimumProtocolVersion: 'TLSv1.2_2021' }),
      }),
    });
  });
});

test('the asset bucket admits the distribution that the edge stack published', () => {
  const template = of((app) => new StorageStack(app, 'storage', { settings }));
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Principal: { Service: 'cloudfront.amazonaws.com' }, Action: 's3:GetObject' }),
      ]),
    },
  });
  template.hasParameter('*', { Default: '/huntaze/edge/distribution-id' });
});

test('every value that only the account knows is asked for by the stack that its row names', () => {
  const templates = {
    compute: of((app) => new ComputeStack(app, 'compute', { settings })),
    functions: of((app) => new FunctionsStack(app, 'functions', { settings, code: functionCode() })),
  };
  for (const { key, stack } of requiredParameters) {
    templates[stack].hasParameter('*', {
      Type: 'AWS::SSM::Parameter::Value<String>',
      Default: `/huntaze/settings/${key}`,
    });
  }
});
