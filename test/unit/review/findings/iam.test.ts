import fc from 'fast-check';
import { analyseIam } from '../../../../lib/review/findings/iam/analyse';
import { globCovers } from '../../../../lib/review/findings/iam/grant';
import type { Finding } from '../../../../lib/review/model';
import { cloudFormationStack, comparisonOf, type TemplateRow, treeOf } from '../../../support/review-trees';

type Rows = Record<string, TemplateRow>;
type Statement = Readonly<Record<string, unknown>>;

const tree = (rows: Rows) => treeOf(cloudFormationStack(rows));
const compare = (base: Rows, head: Rows): Finding[] => [...analyseIam(comparisonOf(tree(base), tree(head)))];
const messages = (base: Rows, head: Rows): string[] =>
  compare(base, head).map(({ status, level, message }) => `${status} ${level}: ${message}`);

const lambdaTrust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
const role = (statements: readonly Statement[], more: Record<string, unknown> = {}): Rows => ({
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'worker',
      AssumeRolePolicyDocument: { Statement: [lambdaTrust] },
      Policies: [{ PolicyDocument: { Statement: statements } }],
      ...more,
    },
  },
});
const allow = (action: unknown, resource: unknown, condition?: unknown): Statement => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
  ...(condition === undefined ? {} : { Condition: condition }),
});
const queueArn = 'arn:aws:sqs:us-east-1:123456789012:orders';
const bucket = (statements: readonly Statement[]): Rows => ({
  Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'assets' } },
  Policy: {
    Type: 'AWS::S3::BucketPolicy',
    Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: { Statement: statements } },
  },
});

describe('no change', () => {
  const sent = allow(['sqs:SendMessage', 'sqs:DeleteMessage'], [queueArn, 'arn:aws:sqs:us-east-1:123456789012:other']);
  test.each<[what: string, base: Rows, head: Rows]>([
    ['the same', role([sent]), role([sent])],
    [
      'actions moved from one statement to another',
      role([sent]),
      role([
        allow('sqs:SendMessage', [queueArn, 'arn:aws:sqs:us-east-1:123456789012:other']),
        allow(['sqs:DeleteMessage'], queueArn),
        allow('sqs:DeleteMessage', 'arn:aws:sqs:us-east-1:123456789012:other'),
      ]),
    ],
    [
      'a statement moved to a policy of its own',
      role([sent]),
      {
        ...role([]),
        Apart: {
          Type: 'AWS::IAM::Policy',
          Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: [sent] } },
        },
      },
    ],
    [
      'a statement moved to a managed policy of the tree',
      role([sent]),
      {
        ...role([], { ManagedPolicyArns: [{ Ref: 'Managed' }] }),
        Managed: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: { Statement: [sent] } } },
      },
    ],
    [
      'letter case of an action',
      role([allow('SQS:sendmessage', queueArn)]),
      role([allow('sqs:SendMessage', queueArn)]),
    ],
    [
      'an ARN written as a reference to the queue that has it',
      {
        ...role([allow('sqs:SendMessage', queueArn)]),
        Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'orders' } },
      },
      {
        ...role([allow('sqs:SendMessage', { 'Fn::GetAtt': ['Q', 'Arn'] })]),
        Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'orders' } },
      },
    ],
    [
      'an ARN written with Fn::Sub',
      role([allow('sqs:SendMessage', queueArn)]),
      role([
        allow('sqs:SendMessage', { 'Fn::Sub': `arn:\${AWS::Partition}:sqs:\${AWS::Region}:\${AWS::AccountId}:orders` }),
      ]),
    ],
    [
      'a document written as text',
      role([sent], { Policies: [{ PolicyDocument: JSON.stringify({ Statement: sent }) }] }),
      role([sent]),
    ],
  ])('%s', (_, base, head) => {
    expect(messages(base, head)).toEqual([]);
  });
});

test.each<[what: string, base: Rows, head: Rows, expected: string[]]>([
  [
    'a new action',
    role([allow('sqs:SendMessage', queueArn)]),
    role([allow(['sqs:SendMessage', 'sqs:PurgeQueue'], queueArn)]),
    [`new warning: Role "worker" may now call sqs:PurgeQueue on ${queueArn}.`],
  ],
  [
    'a wildcard over everything',
    role([]),
    role([allow('*', '*')]),
    ['new error: Role "worker" may now call any action on any resource.'],
  ],
  [
    'narrowed to one queue',
    role([allow('sqs:*', '*')]),
    role([allow('sqs:SendMessage', queueArn)]),
    ['fixed note: Role "worker" may no longer call sqs:* on any resource.'],
  ],
  [
    'a condition that goes',
    role([allow('s3:GetObject', 'arn:aws:s3:::assets/*', { StringEquals: { 'aws:SourceVpc': 'vpc-1' } })]),
    role([allow('s3:GetObject', 'arn:aws:s3:::assets/*')]),
    [
      'new warning: Role "worker" may now call s3:GetObject on arn:aws:s3:::assets/*. The same was allowed under another condition only.',
    ],
  ],
  [
    'a condition that admits one value more',
    role([allow('s3:GetObject', '*', { StringEquals: { 'aws:SourceVpc': ['vpc-1'] } })]),
    role([allow('s3:GetObject', '*', { StringEquals: { 'aws:SourceVpc': ['vpc-1', 'vpc-2'] } })]),
    [
      'new warning: Role "worker" may now call s3:GetObject on any resource, if aws:SourceVpc is vpc-1 or vpc-2. The same was allowed under another condition only.',
      'fixed note: Role "worker" may no longer call s3:GetObject on any resource, if aws:SourceVpc is vpc-1.',
    ].slice(0, 1),
  ],
  [
    'NotAction',
    role([allow('s3:GetObject', '*')]),
    role([{ Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' }]),
    ['new error: Role "worker" may now call everything but iam:* on any resource.'],
  ],
  [
    'NotAction that excludes less',
    role([{ Effect: 'Allow', NotAction: ['iam:*', 's3:*'], Resource: '*' }]),
    role([{ Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' }]),
    ['new error: Role "worker" may now call everything but iam:* on any resource.'],
  ],
  [
    'NotResource',
    role([]),
    role([{ Effect: 'Allow', Action: 's3:GetObject', NotResource: 'arn:aws:s3:::secret/*' }]),
    ['new warning: Role "worker" may now call s3:GetObject on everything but arn:aws:s3:::secret/*.'],
  ],
  [
    'a managed policy',
    role([]),
    role([], { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }),
    ['new error: Role "worker" may now do all that managed policy arn:aws:iam::aws:policy/AdministratorAccess allows.'],
  ],
  [
    'a branch of Fn::If',
    role([allow('sqs:SendMessage', queueArn)]),
    role([allow({ 'Fn::If': ['Prod', 'sqs:SendMessage', 'sqs:*'] }, queueArn)]),
    [`new warning: Role "worker" may now call sqs:* on ${queueArn}.`],
  ],
  [
    'a denial that goes',
    role([{ Effect: 'Deny', Action: 's3:DeleteObject', Resource: '*' }]),
    role([]),
    ['new warning: A denial is gone: role "worker" was forbidden to call s3:DeleteObject on any resource.'],
  ],
  [
    'a denial that only widens',
    role([{ Effect: 'Deny', Action: 's3:DeleteObject', Resource: '*' }]),
    role([{ Effect: 'Deny', Action: 's3:Delete*', Resource: '*' }]),
    [],
  ],
  [
    'a trust for another account',
    role([]),
    role([], {
      AssumeRolePolicyDocument: {
        Statement: [
          lambdaTrust,
          { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::999999999999:root' }, Action: 'sts:AssumeRole' },
        ],
      },
    }),
    ['new error: Account 999999999999 (another account) may now become role "worker" (sts:AssumeRole).'],
  ],
  [
    'a trust for tokens of one repository',
    role([]),
    role([], {
      AssumeRolePolicyDocument: {
        Statement: [
          lambdaTrust,
          {
            Effect: 'Allow',
            Principal: { Federated: 'token.example.com' },
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition: { StringEquals: { 'token.example.com:sub': 'repo:a/b:ref:refs/heads/main' } },
          },
        ],
      },
    }),
    [
      'new warning: The identity provider token.example.com may now become role "worker" (sts:AssumeRoleWithWebIdentity), if token.example.com:sub is repo:a/b:ref:refs/heads/main.',
    ],
  ],
  [
    'a public bucket policy',
    bucket([]),
    bucket([{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::assets/*' }]),
    ['new error: Anyone may now call s3:GetObject on * in bucket "assets".'],
  ],
  [
    'the TLS denial of a bucket',
    bucket([
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: ['arn:aws:s3:::assets', 'arn:aws:s3:::assets/*'],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ]),
    bucket([]),
    [
      'new error: A denial is gone: anyone was forbidden to call s3:* on bucket "assets" and * in it, if aws:SecureTransport is false.',
    ],
  ],
  [
    'a denial that goes with its bucket',
    bucket([{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' }]),
    {},
    [],
  ],
  [
    'a permission of Lambda',
    { F: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'jobs' } } },
    {
      F: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'jobs' } },
      P: {
        Type: 'AWS::Lambda::Permission',
        Properties: { FunctionName: { Ref: 'F' }, Action: 'lambda:InvokeFunction', Principal: 's3.amazonaws.com' },
      },
    },
    ['new warning: The service s3.amazonaws.com may now call lambda:InvokeFunction on function "jobs".'],
  ],
  [
    'a permission of Lambda for one source',
    { F: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'jobs' } } },
    {
      F: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'jobs' } },
      P: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          FunctionName: 'jobs',
          Action: 'lambda:InvokeFunction',
          Principal: 'events.amazonaws.com',
          SourceArn: 'arn:aws:events:us-east-1:123456789012:rule/nightly',
        },
      },
    },
    [
      'new note: The service events.amazonaws.com may now call lambda:InvokeFunction on function "jobs", if aws:SourceArn is like arn:aws:events:us-east-1:123456789012:rule/nightly.',
    ],
  ],
  [
    'an endpoint that loses its policy',
    {
      E: {
        Type: 'AWS::EC2::VPCEndpoint',
        Properties: {
          PolicyDocument: {
            Statement: [
              {
                Effect: 'Allow',
                Principal: '*',
                Action: 'sqs:*',
                Resource: '*',
                Condition: { StringEquals: { 'aws:PrincipalAccount': '1' } },
              },
            ],
          },
        },
      },
    },
    { E: { Type: 'AWS::EC2::VPCEndpoint', Properties: {} } },
    ['new error: Anyone may now call any action on VPC endpoint "app/E".'],
  ],
])('%s', (_, base, head, expected) => {
  expect(messages(base, head)).toEqual(expected);
});

test.each([
  ['queue', 'AWS::SQS::QueuePolicy', { Queues: [{ Ref: 'It' }] }, 'PolicyDocument', 'AWS::SQS::Queue'],
  ['topic', 'AWS::SNS::TopicPolicy', { Topics: [{ Ref: 'It' }] }, 'PolicyDocument', 'AWS::SNS::Topic'],
  [
    'secret',
    'AWS::SecretsManager::ResourcePolicy',
    { SecretId: { Ref: 'It' } },
    'ResourcePolicy',
    'AWS::SecretsManager::Secret',
  ],
  ['key', 'AWS::KMS::Key', {}, 'KeyPolicy', undefined],
  ['repository', 'AWS::ECR::Repository', {}, 'RepositoryPolicyText', undefined],
])('the policy of a %s that admits anyone is an error', (kind, type, target, property, targetType) => {
  const it: Rows = targetType === undefined ? {} : { It: { Type: targetType, Properties: {} } };
  const document = (statements: unknown[]) => ({
    P: { Type: type, Properties: { ...target, [property]: { Statement: statements } } },
  });
  const open = { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'x:Y', Resource: '*' };
  const [finding, ...rest] = compare({ ...it, ...document([]) }, { ...it, ...document([open]) });
  expect(rest).toEqual([]);
  expect(finding).toMatchObject({ level: 'error', rule: 'access/resource-policy-widened', status: 'new' });
  expect(finding?.message).toMatch(new RegExp(`^Anyone may now call x:Y on ${kind} "app/`));
});

test.each([
  ['nothing', undefined],
  ['a number', 7],
  ['a list', [[[]]]],
  ['a document that is no document', { Statement: 'Allow' }],
  ['an intrinsic', { 'Fn::Transform': { Name: 'x' } }],
  ['text that is no JSON', '{'],
])('a policy document that is %s stops nothing', (_, PolicyDocument) => {
  const rows: Rows = { P: { Type: 'AWS::IAM::Policy', Properties: { Roles: ['worker'], PolicyDocument } } };
  expect(() => compare({}, rows)).not.toThrow();
  expect(compare(rows, rows)).toEqual([]);
});

describe('patterns', () => {
  test.each([
    ['*', 'anything', true],
    ['s3:*', 's3:Get*', true],
    ['s3:Get*', 's3:*', false],
    ['a?c', 'abc', true],
    ['a?c', 'a*c', false],
    ['a*c', 'abbc', true],
    ['abc', 'abc', true],
    ['abc', 'abcd', false],
    ['**b', 'ab', true],
  ])('%s covers %s: %s', (wide, narrow, covered) => {
    expect(globCovers(wide, narrow)).toBe(covered);
  });

  const word = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*', '?'), maxLength: 8 });
  const matches = (pattern: string, text: string) =>
    new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
  const plain = fc.string({ unit: fc.constantFrom('a', 'b', ':'), maxLength: 8 });

  test('what a covered pattern matches, the covering one matches too', () => {
    fc.assert(
      fc.property(word, word, plain, (wide, narrow, text) => {
        if (globCovers(wide, narrow) && matches(narrow, text)) expect(matches(wide, text)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('a hostile pattern takes no time', () => {
    expect(globCovers(`${'*a'.repeat(2_000)}b`, 'a'.repeat(4_000))).toBe(false);
  });
});

test('splitting and shuffling statements changes nothing; one action more changes exactly that', () => {
  const action = fc.constantFrom('sqs:SendMessage', 's3:GetObject', 's3:PutObject', 'dynamodb:Query', 'kms:Decrypt');
  const resource = fc.constantFrom('arn:a', 'arn:b', 'arn:c');
  const pairs = fc.uniqueArray(fc.tuple(action, resource), {
    selector: (pair) => pair.join(),
    minLength: 1,
    maxLength: 10,
  });
  fc.assert(
    fc.property(pairs, fc.nat(), (granted, seed) => {
      const shuffled = [...granted].sort(
        (a, b) => ((a.join().length * 7 + seed) % 5) - ((b.join().length * 7 + seed) % 5),
      );
      const joined = granted.map(([one, on]) => allow(one, on));
      const apart = shuffled.map(([one, on]) => allow([one], [on]));
      expect(messages(role(joined), role(apart))).toEqual([]);
      const more = messages(role(joined), role([...apart, allow('iam:PassRole', 'arn:new')]));
      expect(more).toEqual(['new warning: Role "worker" may now call iam:PassRole on arn:new.']);
    }),
    { numRuns: 60 },
  );
});
