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

  test.each(['sqs', 'secretsmanager'])('functions inside the VPC reach %s without a NAT gateway', (service) => {
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      ServiceName: `com.amazonaws.us-east-1.${service}`,
      PrivateDnsEnabled: true,
      PolicyDocument: {
        Statement: [
          Match.objectLike({
            Action: `${service}:*`,
            Resource: `arn:aws:${service}:us-east-1:317805897534:*`,
            Condition: { StringEquals: { 'aws:PrincipalAccount': '317805897534' } },
          }),
        ],
      },
    });
  });

  test('the endpoints admit the whole VPC, whose name resolution leads every client to them', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupName: 'huntaze-endpoints-sg',
      SecurityGroupIngress: [Match.objectLike({ FromPort: 443, ToPort: 443, CidrIp: '172.31.0.0/16' })],
    });
  });

  test('every group tells its id', () => {
    const names = Object.values(template.findResources('AWS::SSM::Parameter')).map(({ Properties }) => Properties.Name);
    expect(names.sort()).toEqual(
      ['cache', 'consolidation', 'database', 'functions', 'scraper'].map(
        (key) => `/huntaze/network/security-group/${key}`,
      ),
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

  test('a service may call a function for its own rule or API only', () => {
    const permissions = Object.values(template.findResources('AWS::Lambda::Permission'));
    expect(permissions.map(({ Properties }) => Properties.Principal).sort()).toEqual([
      'apigateway.amazonaws.com',
      ...Array.from({ length: 7 }, () => 'events.amazonaws.com'),
    ]);
    for (const { Properties } of permissions) expect(Properties.SourceArn).toBeDefined();
  });

  test.each([
    ['huntaze-rate-limiter-queue', { BatchSize: 5, MaximumBatchingWindowInSeconds: 0, MaximumConcurrency: 2 }],
    ['publisher-instagram-production', { BatchSize: 3, MaximumBatchingWindowInSeconds: 10, MaximumConcurrency: 10 }],
    ['publisher-reddit-production', { BatchSize: 5, MaximumBatchingWindowInSeconds: 10, MaximumConcurrency: 10 }],
    ['publisher-tiktok-production', { BatchSize: 3, MaximumBatchingWindowInSeconds: 10, MaximumConcurrency: 10 }],
  ])('%s feeds its function, partial failures reported', (queue, { MaximumConcurrency, ...batch }) => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: `arn:aws:sqs:us-east-1:317805897534:${queue}`,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency },
      ...batch,
    });
  });

  test('only what talks to Redis or to the database stands in the VPC', () => {
    const inside = Object.values(template.findResources('AWS::Lambda::Function')).filter(
      ({ Properties }) => Properties.VpcConfig,
    );
    expect(inside.map(({ Properties }) => Properties.FunctionName).sort()).toEqual([
      'huntaze-prisma-read',
      'huntaze-rate-limiter',
    ]);
    for (const { Properties } of inside) {
      expect(Properties.VpcConfig.SubnetIds).toEqual(['subnet-0e29bef80f4c488cd', 'subnet-05e28eada74da9a38']);
    }
  });

  test('a shadow comparison that comes late is dropped', () => {
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: 'FunctionHuntazeMockRead' },
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  });

  test.each([
    ['OAuthRefreshStack-RefreshOAuthRate15mprod', 'rate(15 minutes)', '{"providers":["tiktok","reddit"]}'],
    ['OAuthRefreshStack-RefreshOAuthIGprod', 'cron(0 9 */3 * ? *)', '{"providers":["instagram"]}'],
  ])('rule %s names its providers', (Name, ScheduleExpression, Input) => {
    template.hasResourceProperties('AWS::Events::Rule', {
      Name,
      ScheduleExpression,
      Targets: [Match.objectLike({ Input, RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 7200 } })],
    });
  });

  test('errors that EventBridge does not see land in a dead-letter queue', () => {
    const queues = Object.values(template.findResources('AWS::Lambda::Function')).flatMap(({ Properties }) =>
      Properties.DeadLetterConfig
        ? [[Properties.FunctionName, Properties.DeadLetterConfig.TargetArn.split(':').pop()]]
        : [],
    );
    expect(Object.fromEntries(queues)).toEqual({
      'OAuthRefreshStack-RefreshOAuthTokensFn98A56602-DJB5YObxRREC':
        'OAuthRefreshStack-OAuthRefreshDLQprod397A8CBB-CW8uajPk4646',
      'huntaze-flag-cleanup': 'huntaze-lambda-dlq',
      'content-dispatcher': 'huntaze-lambda-dlq',
      'huntaze-azure-probe': 'huntaze-lambda-dlq',
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
