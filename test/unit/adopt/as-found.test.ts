import { differences, importedResources, outsideReferences, renderAsFound, settle } from '../../../lib/adopt/as-found';
import type { Json } from '../../../lib/adopt/json';
import { factsOf, live, stackOf } from './templates';

const queueUrl = 'https://sqs.us-east-1.amazonaws.com/111122223333/jobs';
const deadUrl = 'https://sqs.us-east-1.amazonaws.com/111122223333/jobs-dlq';
const deadArn = 'arn:aws:sqs:us-east-1:111122223333:jobs-dlq';

const messaging = stackOf('messaging', {
  Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs-dlq' }, DeletionPolicy: 'RetainExceptOnCreate' },
  Jobs: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: 'jobs',
      VisibilityTimeout: 300,
      ReceiveMessageWaitTimeSeconds: 20,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 5 },
    },
  },
  New: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'new' } },
  Url: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/url', Value: { Ref: 'Jobs' } } },
});

const found = factsOf({
  'messaging/Dead': {
    type: 'AWS::SQS::Queue',
    live: live({ QueueUrl: deadUrl }, { QueueName: 'jobs-dlq' }, { attributes: { Arn: deadArn } }),
  },
  'messaging/Jobs': {
    type: 'AWS::SQS::Queue',
    live: live(
      { QueueUrl: queueUrl },
      {
        QueueName: 'jobs',
        VisibilityTimeout: 31,
        MessageRetentionPeriod: 345600,
        RedrivePolicy: { deadLetterTargetArn: deadArn, maxReceiveCount: 5 },
      },
    ),
  },
  'messaging/New': { type: 'AWS::SQS::Queue', live: null },
});

describe('renderAsFound', () => {
  const [rendered] = renderAsFound([messaging], found);
  const jobs = rendered?.template.Resources.Jobs;

  test('holds what exists and nothing else', () => {
    expect(Object.keys(rendered?.template.Resources ?? {})).toEqual(['Dead', 'Jobs']);
    expect(rendered?.mapping).toEqual({ Dead: { QueueUrl: deadUrl }, Jobs: { QueueUrl: queueUrl } });
    expect([...importedResources(rendered ? [rendered] : [])]).toEqual(['messaging/Dead', 'messaging/Jobs']);
  });

  test('has the live value where the audited rendering has another, so that the next deployment is a true difference', () => {
    expect(jobs?.Properties?.VisibilityTimeout).toBe(31);
  });

  test('leaves out what does not live, so that the next deployment writes it', () => {
    expect(jobs?.Properties).not.toHaveProperty('ReceiveMessageWaitTimeSeconds');
  });

  test('leaves out what the audited rendering does not set, so that the next deployment leaves it alone', () => {
    expect(jobs?.Properties).not.toHaveProperty('MessageRetentionPeriod');
  });

  test('keeps an expression that means what lives and stays within the import', () => {
    expect(jobs?.Properties?.RedrivePolicy).toEqual(messaging.template.Resources.Jobs?.Properties?.RedrivePolicy);
  });

  test('gives every import a DeletionPolicy, its own where it has one', () => {
    expect(rendered?.template.Resources.Dead?.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(jobs).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('refers to nothing outside', () => {
    expect(rendered && outsideReferences(rendered)).toEqual([]);
  });
});

test('a reference to what is not imported becomes a literal', () => {
  const alone = renderAsFound([messaging], found, (type) => type === 'AWS::SQS::Queue')[0];
  expect(alone).toBeDefined();
  const withoutDead = factsOf({
    ...found.resources,
    'messaging/Dead': { type: 'AWS::SQS::Queue', live: null },
  });
  const [rendered] = renderAsFound([messaging], withoutDead);
  expect(rendered?.template.Resources.Jobs?.Properties?.RedrivePolicy).toEqual({
    deadLetterTargetArn: deadArn,
    maxReceiveCount: 5,
  });
});

test('what another stack publishes becomes a literal, and its parameter goes', () => {
  const network = stackOf('network', {
    Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupName: 'db' } },
    Published: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/network/group', Value: { Ref: 'Group' } } },
  });
  const data = stackOf(
    'data',
    {
      Database: {
        Type: 'AWS::RDS::DBInstance',
        Properties: {
          DBInstanceIdentifier: 'db',
          VPCSecurityGroups: [{ Ref: 'GroupId' }],
          MasterUserPassword: '{{resolve}}',
        },
      },
    },
    {
      parameters: {
        GroupId: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/network/group' },
        BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/version' },
      },
    },
  );
  const facts = factsOf({
    'network/Group': { type: 'AWS::EC2::SecurityGroup', live: live({ Id: 'sg-1' }, { GroupName: 'db' }) },
    'data/Database': {
      type: 'AWS::RDS::DBInstance',
      live: live({ DBInstanceIdentifier: 'db' }, { DBInstanceIdentifier: 'db', VPCSecurityGroups: ['sg-1'] }),
    },
  });
  const rendered = renderAsFound([network, data], facts).find(({ stack }) => stack.stackName === 'data');
  expect(rendered?.template.Parameters).toEqual({
    BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/version' },
  });
  expect(rendered?.template.Resources.Database?.Properties).toEqual({
    DBInstanceIdentifier: 'db',
    VPCSecurityGroups: ['sg-1'],
    // Writing it later would give the live database another password.
    MasterUserPassword: '{{resolve}}',
  });
});

test('a function names its live code and no environment', () => {
  const sha256 = 'b'.repeat(64);
  const functions = stackOf('functions', {
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'f',
        Code: { S3Bucket: 'assets', S3Key: 'new.zip' },
        Environment: { Variables: { TABLE: 'posts' } },
        Runtime: 'nodejs20.x',
      },
    },
  });
  const facts = factsOf({
    'functions/Function': {
      type: 'AWS::Lambda::Function',
      live: live(
        { FunctionName: 'f' },
        { FunctionName: 'f', Runtime: 'nodejs18.x' },
        { code: { sha256, file: `${sha256}.zip` } },
      ),
    },
  });
  const [rendered] = renderAsFound([functions], facts);
  expect(rendered?.template.Resources.Function?.Properties).toEqual({
    FunctionName: 'f',
    Runtime: 'nodejs18.x',
    Code: { S3Bucket: 'assets', S3Key: `${sha256}.zip` },
  });
});

describe('settle', () => {
  test.each<[string, Json, Json | undefined, Json]>([
    ['drops what is empty and not in the model', { a: 1, b: false, c: [], d: '', e: { f: null } }, { a: 2 }, { a: 1 }],
    [
      'keeps what has a value, though the model lacks it',
      { a: 1, logging: { bucket: 'b' } },
      { a: 1 },
      { a: 1, logging: { bucket: 'b' } },
    ],
    ['keeps what the model names, though it is empty', { a: false }, { a: true }, { a: false }],
    [
      'pairs elements by their name',
      [{ Id: 'y', z: false }, { Id: 'x' }],
      [{ Id: 'x' }, { Id: 'y', z: true }],
      [{ Id: 'y', z: false }, { Id: 'x' }],
    ],
  ])('%s', (_title, value, model, expected) => {
    expect(settle(value, model)).toEqual(expected);
  });
});

test('differences lists what is set, changed and gone', () => {
  expect(differences({ kept: 1, changed: 1, gone: 1 }, { kept: '1', changed: 2, set: 3 })).toEqual([
    { property: 'changed', before: 1, after: 2 },
    { property: 'gone', before: 1, after: undefined },
    { property: 'set', before: undefined, after: 3 },
  ]);
});
