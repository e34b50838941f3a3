import { changeSetPrefix, deliveryBucketName, deliveryPrefixes } from './delivery';

/** One statement of a policy, with the reason for its wildcards. */
export interface Permission {
  readonly sid: string;
  readonly effect?: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources?: readonly string[];
  /** Everything but these. */
  readonly notResources?: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  /** Why it is as wide as it is. */
  readonly reason: string;
}

export interface Place {
  readonly account: string;
  readonly region: string;
  /** Qualifier of the CDK bootstrap. */
  readonly bootstrapQualifier: string;
}

const anything = ['*'] as const;

/** AWS's own policies for looking at configuration; what they let one read of data is denied again below. */
export const readOnlyManagedPolicies = ['SecurityAudit', 'job-function/ViewOnlyAccess'] as const;

/**
 * Calls that return what is in the account and not how it is set up, and calls by which a reader becomes somebody
 * else. Denied, so that no later change of AWS's own policies opens them.
 *
 * @param ownObjects objects that stay readable
 */
const deniedReads = (keyArn: string, ownObjects: readonly string[] = []): readonly Permission[] => [
  {
    sid: 'NoObjects',
    effect: 'Deny',
    actions: ['s3:GetObject*', 's3:SelectObjectContent'],
    ...(ownObjects.length > 0 ? { notResources: ownObjects } : { resources: anything }),
    reason: 'A denial, for every bucket but the pipeline’s own.',
  },
  {
    sid: 'NoData',
    effect: 'Deny',
    actions: [
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:GetRecords',
      'dynamodb:PartiQLSelect',
      'dynamodb:Query',
      'dynamodb:Scan',
      'rds:DownloadDBLogFilePortion',
      'rds:DownloadCompleteDBLogFile',
      'rds-data:*',
      'rds-db:*',
      'sqs:ReceiveMessage',
      'logs:FilterLogEvents',
      'logs:GetLogEvents',
      'logs:GetLogRecord',
      'logs:GetQueryResults',
      'logs:StartLiveTail',
      'logs:StartQuery',
      'logs:Unmask',
      'ecr:BatchGetImage',
      'ecr:GetDownloadUrlForLayer',
      'lambda:GetFunction',
      'lambda:GetLayerVersion',
      'appconfig:GetConfiguration',
      'appconfig:GetLatestConfiguration',
      'appconfig:GetHostedConfigurationVersion',
      'athena:GetQueryResults*',
      'kinesis:GetRecords',
      'cognito-idp:AdminGetUser',
      'cognito-idp:ListUsers*',
      'ec2:GetConsoleOutput',
      'ec2:GetConsoleScreenshot',
      'ec2:GetPasswordData',
    ],
    resources: anything,
    reason: 'A denial of whole families of calls, everywhere.',
  },
  {
    sid: 'NoSecrets',
    effect: 'Deny',
    actions: ['secretsmanager:GetSecretValue', 'secretsmanager:BatchGetSecretValue', 'ssm:GetParameterHistory'],
    resources: anything,
    reason: 'A denial, everywhere.',
  },
  {
    sid: 'NoForeignKeys',
    effect: 'Deny',
    actions: ['kms:Decrypt', 'kms:ReEncrypt*', 'kms:CreateGrant'],
    // Without its key, a SecureString parameter and an encrypted object stay closed whatever else allows them.
    notResources: [keyArn],
    reason: 'A denial, for every key but the one of the delivery bucket.',
  },
];

/** What the comparison of an account with the inventory asks for, whatever AWS's own policies hold one day. */
const readConfiguration: readonly Permission[] = [
  {
    sid: 'ReadConfiguration',
    actions: [
      'appconfig:GetApplication',
      'appconfig:GetConfigurationProfile',
      'appconfig:GetDeploymentStrategy',
      'appconfig:GetEnvironment',
      'appconfig:List*',
      'cloudformation:DescribeStack*',
      'cloudformation:GetStackPolicy',
      'cloudformation:GetTemplate',
      'cloudformation:ListStack*',
      'cloudfront:GetDistribution',
      'cloudfront:GetOriginAccessControl',
      'cloudfront:List*',
      'cloudwatch:DescribeAlarms',
      'dynamodb:Describe*',
      'dynamodb:List*',
      'ec2:Describe*',
      'ecr:Describe*',
      'ecr:GetLifecyclePolicy',
      'ecr:GetRepositoryPolicy',
      'ecr:List*',
      'ecs:Describe*',
      'ecs:List*',
      'elasticache:Describe*',
      'elasticache:ListTagsForResource',
      'events:Describe*',
      'events:List*',
      'iam:Get*Policy',
      'iam:Get*PolicyVersion',
      'iam:GetRole',
      'iam:List*',
      'kms:Describe*',
      'kms:GetKeyPolicy',
      'kms:GetKeyRotationStatus',
      'kms:List*',
      'lambda:GetEventSourceMapping',
      'lambda:GetFunctionConcurrency',
      'lambda:GetFunctionConfiguration',
      'lambda:GetFunctionEventInvokeConfig',
      'lambda:GetPolicy',
      'lambda:List*',
      'logs:Describe*',
      'logs:ListTags*',
      'rds:Describe*',
      'rds:ListTagsForResource',
      's3:GetBucket*',
      's3:GetEncryptionConfiguration',
      's3:GetIntelligentTieringConfiguration',
      's3:GetLifecycleConfiguration',
      's3:ListAllMyBuckets',
      's3:ListBucket',
      'scheduler:Get*',
      'scheduler:List*',
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetResourcePolicy',
      'secretsmanager:ListSecrets',
      'sns:Get*Attributes',
      'sns:List*',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:ListQueue*',
      'ssm:DescribeParameters',
      'sts:GetCallerIdentity',
    ],
    resources: anything,
    reason: 'How resources are set up, and no data in them.',
  },
];

const deliveryObjects = (place: Place, prefix: string): string =>
  `arn:aws:s3:::${deliveryBucketName(place)}/${prefix}*`;
const estateStacks = ({ account, region }: Place): readonly string[] => [
  `arn:aws:cloudformation:${region}:${account}:stack/huntaze-estate-*/*`,
];
const bootstrapRole = ({ account, region, bootstrapQualifier }: Place, purpose: string): string =>
  `arn:aws:iam::${account}:role/cdk-${bootstrapQualifier}-${purpose}-role-${account}-${region}`;

/** Reading of the configuration, for the nightly comparison. */
export const planPermissions = (place: Place, keyArn: string): readonly Permission[] => [
  ...deniedReads(keyArn),
  ...readConfiguration,
  {
    sid: 'NoOtherRole',
    effect: 'Deny',
    actions: ['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity', 'sts:GetFederationToken', 'sts:GetWebIdentityToken'],
    resources: anything,
    reason: 'A denial, everywhere.',
  },
  {
    sid: 'DetectDrift',
    actions: ['cloudformation:DetectStackDrift', 'cloudformation:DetectStackResourceDrift'],
    resources: estateStacks(place),
    reason: 'A stack has an id after its name.',
  },
];

/** Change sets of the estate's stacks, created and shown but never executed. */
export const preparePermissions = (place: Place, keyArn: string): readonly Permission[] => [
  {
    sid: 'NeverExecute',
    effect: 'Deny',
    actions: [
      'cloudformation:ExecuteChangeSet',
      'cloudformation:CreateStack',
      'cloudformation:UpdateStack',
      'cloudformation:DeleteStack',
      'cloudformation:SetStackPolicy',
      'sts:AssumeRole',
    ],
    resources: anything,
    reason: 'A denial, everywhere.',
  },
  {
    sid: 'PrepareChangeSets',
    actions: ['cloudformation:CreateChangeSet', 'cloudformation:DeleteChangeSet', 'cloudformation:DescribeChangeSet'],
    resources: estateStacks(place),
    conditions: { StringLike: { 'cloudformation:ChangeSetName': `${changeSetPrefix}*` } },
    reason: 'A stack has an id after its name.',
  },
  {
    sid: 'SeeStacks',
    actions: [
      'cloudformation:DescribeStackEvents',
      'cloudformation:DescribeStacks',
      'cloudformation:GetTemplate',
      'cloudformation:ListStackResources',
    ],
    resources: estateStacks(place),
    reason: 'A stack has an id after its name.',
  },
  {
    sid: 'NameTheRoleOfCloudFormation',
    actions: ['iam:PassRole'],
    resources: [bootstrapRole(place, 'cfn-exec')],
    conditions: { StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } },
    reason: 'One role.',
  },
  {
    sid: 'ParametersOfTemplates',
    actions: ['ssm:GetParameters'],
    resources: [
      `arn:aws:ssm:${place.region}:${place.account}:parameter/huntaze/*`,
      `arn:aws:ssm:${place.region}:${place.account}:parameter/cdk-bootstrap/${place.bootstrapQualifier}/version`,
    ],
    reason:
      'CloudFormation reads a template’s parameters as whoever creates the change set. None of these is a secret.',
  },
  {
    sid: 'StoreTemplates',
    actions: ['s3:GetObject', 's3:PutObject'],
    resources: [deliveryObjects(place, deliveryPrefixes.templates)],
    reason: 'A template is stored under the hash of its bytes.',
  },
  {
    sid: 'ReadWhatIsDeployed',
    actions: ['s3:GetObject'],
    resources: [deliveryObjects(place, deliveryPrefixes.assemblies), deliveryObjects(place, deliveryPrefixes.deployed)],
    reason: 'An assembly is stored under the hash of its bytes.',
  },
  ...useOfBucketAndKey(place, keyArn),
];

/** Deploys with the roles of the CDK bootstrap, and reads back. */
export const deployPermissions = (place: Place, keyArn: string): readonly Permission[] => [
  ...deniedReads(keyArn, [deliveryObjects(place, '')]),
  ...readConfiguration,
  {
    sid: 'RolesOfTheBootstrap',
    actions: ['sts:AssumeRole'],
    resources: ['deploy', 'file-publishing', 'lookup'].map((purpose) => bootstrapRole(place, purpose)),
    reason: 'Three roles.',
  },
  {
    sid: 'StoreAssemblies',
    actions: ['s3:GetObject', 's3:PutObject'],
    resources: [deliveryObjects(place, deliveryPrefixes.assemblies), deliveryObjects(place, deliveryPrefixes.deployed)],
    reason: 'An assembly is stored under the hash of its bytes.',
  },
  ...useOfBucketAndKey(place, keyArn),
];

/** Plans of Azure, written and never read. */
export const azurePlanPermissions = (place: Place, keyArn: string): readonly Permission[] => [
  {
    sid: 'StorePlans',
    actions: ['s3:PutObject'],
    resources: [deliveryObjects(place, deliveryPrefixes.azurePlans)],
    reason: 'A plan is stored under the hash of its bytes.',
  },
  ...useOfBucketAndKey(place, keyArn),
];

/** Plans of Azure, read and never written. */
export const azureApplyPermissions = (place: Place, keyArn: string): readonly Permission[] => [
  {
    sid: 'ReadPlans',
    actions: ['s3:GetObject'],
    resources: [deliveryObjects(place, deliveryPrefixes.azurePlans)],
    reason: 'A plan is stored under the hash of its bytes.',
  },
  ...useOfBucketAndKey(place, keyArn),
];

const useOfBucketAndKey = (place: Place, keyArn: string): readonly Permission[] => [
  {
    sid: 'FindObjects',
    actions: ['s3:ListBucket', 's3:GetBucketLocation'],
    resources: [`arn:aws:s3:::${deliveryBucketName(place)}`],
    reason: 'One bucket.',
  },
  {
    sid: 'UseTheKey',
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `s3.${place.region}.amazonaws.com` } },
    reason: 'One key.',
  },
];
