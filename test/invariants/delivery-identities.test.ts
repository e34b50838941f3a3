import { auditCalls } from '../../lib/audit/allowed-calls';
import { branchSubject, deliveryNames, environmentSubject } from '../../lib/estate/delivery';
import {
  azureApplyPermissions,
  azurePlanPermissions,
  deployPermissions,
  type Permission,
  planPermissions,
  preparePermissions,
} from '../../lib/estate/delivery-permissions';
import { executionPermissions, rolePassingServices } from '../../lib/estate/execution-permissions';
import { SettingsError } from '../../lib/estate/settings';
import { deliveryTemplate, exampleRepository } from '../support/delivery';
import { estateTemplates, resourcesOfType, settingsWith } from '../support/estate';
import { identityAllows } from '../support/identity-policy';

const account = '317805897534';
const region = 'us-east-1';
const place = { account, region, bootstrapQualifier: 'hnb659fds' };
const key = `arn:aws:kms:${region}:${account}:key/delivery`;
const bucket = `arn:aws:s3:::huntaze-delivery-${account}-${region}`;
const stack = `arn:aws:cloudformation:${region}:${account}:stack/huntaze-estate-data/1f6e2c70`;
const template = deliveryTemplate();

interface Role {
  readonly RoleName: string;
  readonly AssumeRolePolicyDocument: {
    readonly Statement: readonly { readonly Condition: { readonly StringEquals: Readonly<Record<string, string>> } }[];
  };
}

describe('who may become what', () => {
  const roles = Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::IAM::Role')
    .map(({ Properties }) => Properties as unknown as Role);

  test('each role trusts exactly one subject, by equality', () => {
    const trusts = roles.map(({ RoleName, AssumeRolePolicyDocument: { Statement } }) => [
      RoleName,
      Statement.map(({ Condition }) => Condition),
    ]);
    const only = (sub: string) => [
      {
        StringEquals: {
          'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
          'token.actions.githubusercontent.com:sub': sub,
        },
      },
    ];
    expect(Object.fromEntries(trusts)).toEqual({
      'huntaze-delivery-plan': only(`repo:${exampleRepository}:ref:refs/heads/main`),
      'huntaze-delivery-prepare': only(`repo:${exampleRepository}:ref:refs/heads/main`),
      'huntaze-delivery-deploy': only(`repo:${exampleRepository}:environment:production`),
      'huntaze-delivery-azure-plan': only(`repo:${exampleRepository}:environment:azure-plan`),
      'huntaze-delivery-azure-apply': only(`repo:${exampleRepository}:environment:azure-production`),
    });
  });

  test('a repository whose tokens carry ids is known by them', () => {
    const delivery = { repository: 'octo/estate', immutableIds: { owner: 12, repository: 34 } };
    expect(environmentSubject(delivery, 'production')).toBe('repo:octo@12/estate@34:environment:production');
    expect(branchSubject(delivery)).toBe('repo:octo@12/estate@34:ref:refs/heads/main');
  });

  test.each(['*/*', 'owner', 'owner/name:environment:production', 'owner/na me', '-owner/name', 'owner/name\n'])(
    'no repository is called %j',
    (repository) => {
      expect(() => settingsWith({ githubRepository: repository })).toThrow(SettingsError);
    },
  );

  test('without a repository no identity is synthesized, and no role of the estate asks for a boundary', () => {
    const templates = estateTemplates();
    expect([...templates.keys()]).not.toContain('huntaze-estate-delivery');
    expect(resourcesOfType(templates, 'AWS::IAM::Role').filter((role) => role.Properties?.PermissionsBoundary)).toEqual(
      [],
    );
  });
});

const allowed = (permissions: readonly Permission[], action: string, resource: string, context = {}): boolean =>
  identityAllows(permissions, { action, resource, context });
const s3 = { 'kms:ViaService': `s3.${region}.amazonaws.com` };

describe('the plan role', () => {
  const plan = planPermissions(place, key);

  test.each([
    ['s3:GetObject', 'arn:aws:s3:::huntaze-assets/a'],
    ['s3:GetObject', `${bucket}/azure/plans/0123.tfplan`],
    ['dynamodb:Scan', `arn:aws:dynamodb:${region}:${account}:table/huntaze-users`],
    ['secretsmanager:GetSecretValue', `arn:aws:secretsmanager:${region}:${account}:secret:huntaze/database-abcdef`],
    ['kms:Decrypt', `arn:aws:kms:${region}:${account}:key/other`],
    ['sqs:ReceiveMessage', `arn:aws:sqs:${region}:${account}:huntaze-email`],
    ['logs:GetLogEvents', `arn:aws:logs:${region}:${account}:log-group:x:*`],
    ['lambda:GetFunction', `arn:aws:lambda:${region}:${account}:function:huntaze-prisma-read`],
    ['sts:AssumeRole', `arn:aws:iam::${account}:role/cdk-hnb659fds-deploy-role-${account}-${region}`],
    ['cloudformation:ExecuteChangeSet', stack],
    ['sqs:SendMessage', `arn:aws:sqs:${region}:${account}:huntaze-email`],
  ])('may not %s', (action, resource) => {
    // Whatever AWS's own policies say: a denial stands even beside an administrator's policy.
    const administrator: Permission = { sid: 'All', actions: ['*'], resources: ['*'], reason: 'the worst case' };
    const writes = ['cloudformation:ExecuteChangeSet', 'sqs:SendMessage'];
    const statements = writes.includes(action) ? plan : [...plan, administrator];
    expect(allowed(statements, action, resource)).toBe(false);
  });

  test('may make every call that the read-back of an account makes', () => {
    expect(auditActions().length).toBeGreaterThan(30);
    expect(auditActions().filter((action) => !allowed(plan, action, '*'))).toEqual([]);
  });
});

describe('the prepare role', () => {
  const prepare = preparePermissions(place, key);
  const named = { 'cloudformation:ChangeSetName': 'huntaze-plan-0123456789ab' };

  test.each([
    ['creates its change sets', 'cloudformation:CreateChangeSet', stack, named, true],
    [
      'creates no other change set',
      'cloudformation:CreateChangeSet',
      stack,
      { 'cloudformation:ChangeSetName': 'x' },
      false,
    ],
    ['executes none', 'cloudformation:ExecuteChangeSet', stack, named, false],
    [
      'leaves other stacks alone',
      'cloudformation:CreateChangeSet',
      stack.replace('huntaze-estate', 'Other'),
      named,
      false,
    ],
    ['stores templates', 's3:PutObject', `${bucket}/templates/a.json`, {}, true],
    ['stores no asset', 's3:PutObject', `arn:aws:s3:::cdk-hnb659fds-assets-${account}-${region}/a.zip`, {}, false],
    ['rewrites no assembly', 's3:PutObject', `${bucket}/assemblies/a.tgz`, {}, false],
    ['reads no state of Azure', 's3:GetObject', `${bucket}/azure/plans/0123.tfplan`, {}, false],
    [
      'becomes no other role',
      'sts:AssumeRole',
      `arn:aws:iam::${account}:role/cdk-hnb659fds-deploy-role-${account}-${region}`,
      {},
      false,
    ],
    ['uses the key through S3', 'kms:Decrypt', key, s3, true],
    ['uses the key in no other way', 'kms:Decrypt', key, {}, false],
  ] as const)('%s', (_, action, resource, context, verdict) => {
    expect(allowed(prepare, action, resource, context)).toBe(verdict);
  });
});

describe('the deploy role', () => {
  const deploy = deployPermissions(place, key);
  const role = (name: string): string => `arn:aws:iam::${account}:role/${name}`;

  test.each([
    [
      'uses the deploy role of the bootstrap',
      'sts:AssumeRole',
      role(`cdk-hnb659fds-deploy-role-${account}-${region}`),
      true,
    ],
    [
      'is not CloudFormation’s own role',
      'sts:AssumeRole',
      role(`cdk-hnb659fds-cfn-exec-role-${account}-${region}`),
      false,
    ],
    [
      'uses no role of another bootstrap',
      'sts:AssumeRole',
      role(`cdk-ofq1abcde-deploy-role-${account}-${region}`),
      false,
    ],
    ['executes nothing as itself', 'cloudformation:ExecuteChangeSet', stack, false],
    ['stores what it deployed', 's3:PutObject', `${bucket}/deployed/production.json`, true],
    ['reads no state of Azure', 's3:GetObject', `${bucket}/azure/plans/0123.tfplan`, false],
    ['reads no customer data', 's3:GetObject', 'arn:aws:s3:::huntaze-assets/a', false],
  ] as const)('%s', (_, action, resource, verdict) => {
    expect(allowed(deploy, action, resource)).toBe(verdict);
  });
});

test('only the planner stores plans of Azure, and only the applier reads them', () => {
  const saved = `${bucket}/azure/plans/0123.tfplan`;
  const may = (permissions: readonly Permission[]) => ({
    store: allowed(permissions, 's3:PutObject', saved),
    read: allowed(permissions, 's3:GetObject', saved),
    elsewhere: allowed(permissions, 's3:PutObject', `${bucket}/assemblies/0123.tgz`),
  });
  expect(may(azurePlanPermissions(place, key))).toEqual({ store: true, read: false, elsewhere: false });
  expect(may(azureApplyPermissions(place, key))).toEqual({ store: false, read: true, elsewhere: false });
});

describe('what CloudFormation may do', () => {
  const execution = executionPermissions(place, key);
  // The pipeline's own stack is an administrator's, and CloudFormation uses the administrator's rights for it.
  const templates = new Map(
    [...estateTemplates({ githubRepository: exampleRepository })].filter(([name]) => name !== deliveryNames.stackName),
  );
  const boundary = `arn:aws:iam::${account}:policy/huntaze-workload-boundary`;

  test('every type of the estate can be made', () => {
    const types = [...new Set([...templates.values()].flatMap(({ Resources }) => Object.values(Resources)))].map(
      ({ Type }) => Type,
    );
    const unknown = [...new Set(types)].filter((type) => !(type in creates));
    expect(unknown).toEqual([]);
    const refused = [...new Set(types)]
      .flatMap((type) => creates[type] ?? [])
      .filter((action) => !allowed(execution, action, '*') && !action.startsWith('iam:'));
    expect(refused).toEqual([]);
  });

  test('every role of the estate has the boundary, a name that the policy knows and a service it may be passed to', () => {
    const roles = resourcesOfType(templates, 'AWS::IAM::Role');
    expect(roles.length).toBeGreaterThan(15);
    for (const { Properties } of roles) {
      expect(JSON.stringify(Properties?.PermissionsBoundary)).toContain(':policy/huntaze-workload-boundary');
      const resource = `arn:aws:iam::${account}:role/${String(Properties?.RoleName ?? 'huntaze-estate-generated')}`;
      expect([
        resource,
        allowed(execution, 'iam:CreateRole', resource, { 'iam:PermissionsBoundary': boundary }),
      ]).toEqual([resource, true]);
      expect(allowed(execution, 'iam:CreateRole', resource)).toBe(false);
      const trusted = [
        ...JSON.stringify(Properties?.AssumeRolePolicyDocument).matchAll(/"([a-z-]+\.amazonaws\.com)"/g),
      ];
      for (const [, service = ''] of trusted) expect(rolePassingServices).toContain(service);
    }
  });

  test.each([
    ['iam:UpdateAssumeRolePolicy', `arn:aws:iam::${account}:role/huntaze-delivery-deploy`],
    ['iam:PutRolePolicy', `arn:aws:iam::${account}:role/cdk-hnb659fds-cfn-exec-role-${account}-${region}`],
    ['iam:CreateRole', `arn:aws:iam::${account}:role/Administrator`],
    ['iam:CreatePolicyVersion', boundary],
    ['iam:CreateUser', `arn:aws:iam::${account}:user/x`],
    ['iam:DeleteRolePermissionsBoundary', `arn:aws:iam::${account}:role/huntaze-rate-limiter-lambda-role`],
    ['s3:PutBucketPolicy', bucket],
    ['s3:GetObject', 'arn:aws:s3:::huntaze-assets/a'],
    ['ssm:PutParameter', `arn:aws:ssm:${region}:${account}:parameter/cdk-bootstrap/hnb659fds/version`],
    ['kms:PutKeyPolicy', key],
    ['dynamodb:PutItem', `arn:aws:dynamodb:${region}:${account}:table/huntaze-users`],
    ['lambda:InvokeFunction', `arn:aws:lambda:${region}:${account}:function:huntaze-prisma-read`],
    ['sqs:PurgeQueue', `arn:aws:sqs:${region}:${account}:huntaze-email`],
    ['sqs:ReceiveMessage', `arn:aws:sqs:${region}:${account}:huntaze-email`],
    ['secretsmanager:GetSecretValue', `arn:aws:secretsmanager:${region}:${account}:secret:huntaze/database-abcdef`],
    ['secretsmanager:PutSecretValue', `arn:aws:secretsmanager:${region}:${account}:secret:huntaze/database-abcdef`],
    ['sts:AssumeRole', `arn:aws:iam::${account}:role/huntaze-delivery-deploy`],
    ['organizations:LeaveOrganization', '*'],
  ])('it may not %s on %s', (action, resource) => {
    expect(allowed(execution, action, resource, { 'iam:PermissionsBoundary': boundary })).toBe(false);
  });
});

describe('limits of AWS', () => {
  // IAM user guide, "IAM and AWS STS quotas": characters without white space.
  const sizeOf = (document: unknown): number => JSON.stringify(document).length;
  const of = (type: string) => Object.entries(template.Resources).filter(([, { Type }]) => Type === type);

  test.each(of('AWS::IAM::ManagedPolicy'))('%s fits into a managed policy', (_, { Properties }) => {
    expect(sizeOf(Properties?.PolicyDocument)).toBeLessThanOrEqual(6_144);
  });

  test.each(of('AWS::IAM::Role'))('%s fits into the inline policies of a role', (_, { Properties }) => {
    const policies = Properties?.Policies as readonly { readonly PolicyDocument: unknown }[];
    expect(policies.reduce((sum, { PolicyDocument }) => sum + sizeOf(PolicyDocument), 0)).toBeLessThanOrEqual(10_240);
  });

  test('the template can be deployed without a bootstrap', () => {
    expect(JSON.stringify(template, null, 1).length).toBeLessThanOrEqual(51_200);
    expect(template.Parameters).toBeUndefined();
  });
});

/** IAM actions behind the calls that the read-back may make. */
const auditActions = (): string[] =>
  Object.entries(auditCalls).flatMap(([client, calls]) => {
    const prefix = prefixes[client] ?? client.replace(/Client$/, '').toLowerCase();
    return calls.map((call) => renamed[`${prefix}:${call}`] ?? `${prefix}:${call}`);
  });

const prefixes: Readonly<Record<string, string>> = { CloudWatchLogsClient: 'logs', EventBridgeClient: 'events' };
/** Calls whose permission has another name. Source: service authorization reference. */
const renamed: Readonly<Record<string, string>> = {
  's3:GetBucketCors': 's3:GetBucketCORS',
  's3:GetBucketEncryption': 's3:GetEncryptionConfiguration',
  's3:GetBucketLifecycleConfiguration': 's3:GetLifecycleConfiguration',
  's3:GetPublicAccessBlock': 's3:GetBucketPublicAccessBlock',
  's3:HeadBucket': 's3:ListBucket',
  's3:ListBucketIntelligentTieringConfigurations': 's3:GetIntelligentTieringConfiguration',
  's3:ListBuckets': 's3:ListAllMyBuckets',
};
/** What CloudFormation calls to make a resource of each type. Source: service authorization reference. */
const creates: Readonly<Record<string, readonly string[]>> = {
  'AWS::AppConfig::Application': ['appconfig:CreateApplication', 'appconfig:TagResource'],
  'AWS::AppConfig::ConfigurationProfile': ['appconfig:CreateConfigurationProfile'],
  'AWS::AppConfig::DeploymentStrategy': ['appconfig:CreateDeploymentStrategy'],
  'AWS::AppConfig::Environment': ['appconfig:CreateEnvironment'],
  'AWS::CloudFront::Distribution': ['cloudfront:CreateDistribution', 'cloudfront:TagResource'],
  'AWS::CloudFront::OriginAccessControl': ['cloudfront:CreateOriginAccessControl'],
  'AWS::CloudWatch::Alarm': ['cloudwatch:PutMetricAlarm', 'cloudwatch:DescribeAlarms'],
  'AWS::CloudWatch::Dashboard': ['cloudwatch:PutDashboard', 'cloudwatch:GetDashboard'],
  'AWS::DynamoDB::Table': [
    'dynamodb:CreateTable',
    'dynamodb:DescribeTable',
    'dynamodb:UpdateContinuousBackups',
    'dynamodb:UpdateTimeToLive',
    'dynamodb:TagResource',
  ],
  'AWS::EC2::FlowLog': ['ec2:CreateFlowLogs', 'ec2:DescribeFlowLogs'],
  'AWS::EC2::InternetGateway': ['ec2:CreateInternetGateway', 'ec2:CreateTags'],
  'AWS::EC2::Route': ['ec2:CreateRoute'],
  'AWS::EC2::RouteTable': ['ec2:CreateRouteTable'],
  'AWS::EC2::SecurityGroup': ['ec2:CreateSecurityGroup', 'ec2:AuthorizeSecurityGroupIngress'],
  'AWS::EC2::SecurityGroupEgress': ['ec2:AuthorizeSecurityGroupEgress'],
  'AWS::EC2::SecurityGroupIngress': ['ec2:AuthorizeSecurityGroupIngress'],
  'AWS::EC2::Subnet': ['ec2:CreateSubnet', 'ec2:ModifySubnetAttribute'],
  'AWS::EC2::SubnetRouteTableAssociation': ['ec2:AssociateRouteTable'],
  'AWS::EC2::VPC': ['ec2:CreateVpc', 'ec2:ModifyVpcAttribute'],
  'AWS::EC2::VPCEndpoint': ['ec2:CreateVpcEndpoint', 'ec2:ModifyVpcEndpoint'],
  'AWS::EC2::VPCGatewayAttachment': ['ec2:AttachInternetGateway'],
  'AWS::ECR::Repository': ['ecr:CreateRepository', 'ecr:PutLifecyclePolicy', 'ecr:PutImageScanningConfiguration'],
  'AWS::ECS::Cluster': ['ecs:CreateCluster', 'ecs:PutClusterCapacityProviders', 'ecs:TagResource'],
  'AWS::ECS::ClusterCapacityProviderAssociations': ['ecs:PutClusterCapacityProviders'],
  'AWS::ECS::Service': ['ecs:CreateService', 'ecs:UpdateService', 'ecs:DescribeServices'],
  'AWS::ECS::TaskDefinition': ['ecs:RegisterTaskDefinition', 'ecs:DeregisterTaskDefinition'],
  'AWS::ElastiCache::CacheCluster': ['elasticache:CreateCacheCluster', 'elasticache:AddTagsToResource'],
  'AWS::ElastiCache::SubnetGroup': ['elasticache:CreateCacheSubnetGroup'],
  'AWS::Events::Rule': ['events:PutRule', 'events:PutTargets', 'events:DescribeRule'],
  'AWS::IAM::ManagedPolicy': ['iam:CreatePolicy'],
  'AWS::IAM::Policy': ['iam:PutRolePolicy'],
  'AWS::IAM::Role': ['iam:CreateRole', 'iam:PutRolePolicy'],
  'AWS::KMS::Alias': ['kms:CreateAlias'],
  'AWS::KMS::Key': ['kms:CreateKey', 'kms:EnableKeyRotation', 'kms:PutKeyPolicy', 'kms:TagResource'],
  'AWS::Lambda::Alias': ['lambda:CreateAlias'],
  'AWS::Lambda::EventInvokeConfig': ['lambda:PutFunctionEventInvokeConfig'],
  'AWS::Lambda::EventSourceMapping': ['lambda:CreateEventSourceMapping', 'lambda:GetEventSourceMapping'],
  'AWS::Lambda::Function': [
    'lambda:CreateFunction',
    'lambda:GetFunction',
    'lambda:PutFunctionConcurrency',
    'lambda:UpdateFunctionCode',
    'lambda:UpdateFunctionConfiguration',
    'lambda:TagResource',
  ],
  'AWS::Lambda::Permission': ['lambda:AddPermission', 'lambda:RemovePermission'],
  'AWS::Lambda::Version': ['lambda:PublishVersion', 'lambda:EnableReplication*'],
  'AWS::Logs::LogGroup': ['logs:CreateLogGroup', 'logs:PutRetentionPolicy', 'logs:TagResource'],
  'AWS::Logs::QueryDefinition': ['logs:PutQueryDefinition'],
  'AWS::RDS::DBInstance': ['rds:CreateDBInstance', 'rds:ModifyDBInstance', 'rds:AddTagsToResource'],
  'AWS::RDS::DBParameterGroup': ['rds:CreateDBParameterGroup', 'rds:ModifyDBParameterGroup'],
  'AWS::S3::Bucket': [
    's3:CreateBucket',
    's3:PutEncryptionConfiguration',
    's3:PutLifecycleConfiguration',
    's3:PutBucketVersioning',
    's3:PutBucketCORS',
    's3:PutIntelligentTieringConfiguration',
    's3:PutBucketPublicAccessBlock',
  ],
  'AWS::S3::BucketPolicy': ['s3:PutBucketPolicy', 's3:GetBucketPolicy'],
  'AWS::SNS::Topic': ['sns:CreateTopic', 'sns:SetTopicAttributes', 'sns:TagResource'],
  'AWS::SNS::TopicPolicy': ['sns:SetTopicAttributes'],
  'AWS::SQS::Queue': ['sqs:CreateQueue', 'sqs:SetQueueAttributes', 'sqs:GetQueueAttributes', 'sqs:TagQueue'],
  'AWS::SQS::QueuePolicy': ['sqs:SetQueueAttributes'],
  'AWS::SSM::Parameter': ['ssm:PutParameter', 'ssm:AddTagsToResource'],
  'AWS::Scheduler::Schedule': ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule'],
  'AWS::SecretsManager::Secret': ['secretsmanager:CreateSecret', 'secretsmanager:TagResource'],
};
