import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTree } from '../../../lib/review';
import { bucket, newFolder, reviewOf, treeOf, writeAssembly, writeFiles } from './written-trees';

const hash = (digit: string) => digit.repeat(64);

/** A function and its version as CDK writes them, for one state of its code. */
const withFunction = (digit: string, more: Readonly<Record<string, unknown>> = {}) => {
  const folder = writeAssembly(
    {
      app: {
        resources: {
          Fn: {
            Type: 'AWS::Lambda::Function',
            Properties: { Code: { S3Bucket: 'cdk', S3Key: `${hash(digit)}.zip` }, ...more },
            Metadata: { 'aws:asset:path': `asset.${hash(digit)}` },
          },
          [`FnCurrentVersion12345678${digit.repeat(32)}`]: {
            Type: 'AWS::Lambda::Version',
            Properties: { FunctionName: { Ref: 'Fn' } },
          },
          Alias: {
            Type: 'AWS::Lambda::Alias',
            Properties: {
              FunctionVersion: { 'Fn::GetAtt': [`FnCurrentVersion12345678${digit.repeat(32)}`, 'Version'] },
            },
          },
        },
      },
    },
    newFolder(),
  );
  const assets = { files: { [hash(digit)]: {} }, dockerImages: {} };
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  manifest.artifacts.assets = { type: 'cdk:asset-manifest', properties: { file: 'app.assets.json' } };
  writeFiles(folder, { 'manifest.json': manifest, 'app.assets.json': assets });
  return readTree(folder);
};

test('two trees of one commit give an empty review', () => {
  const report = reviewOf(withFunction('a'), withFunction('a'));
  expect(report).toMatchObject({ changes: [], stacks: [], findings: [], notes: [], gate: { open: true, reasons: [] } });
});

test('new code is no change, and is said in a note', () => {
  const report = reviewOf(withFunction('a'), withFunction('b'));
  expect(report.changes).toEqual([]);
  expect(report.notes).toEqual([expect.stringMatching(/New code or files.*Fn, FnCurrentVersion/)]);
});

test('a change beside new code is shown alone', () => {
  const report = reviewOf(withFunction('a', { Timeout: 3 }), withFunction('b', { Timeout: 9 }));
  expect(
    report.changes.map(({ kind, resource, properties }) => [
      kind,
      resource.logicalId,
      properties.map(({ path }) => path),
    ]),
  ).toEqual([['update', 'Fn', ['Properties.Timeout']]]);
});

test('a digest that is no asset is a change', () => {
  const task = (digit: string) =>
    treeOf({
      T: {
        Type: 'AWS::ECS::TaskDefinition',
        Properties: { ContainerDefinitions: [{ Image: `shop@sha256:${hash(digit)}` }] },
      },
    });
  expect(reviewOf(task('a'), task('b')).changes).toHaveLength(1);
});

describe('the same said in another way is no change', () => {
  const statement = (Action: unknown, Resource: unknown) => ({ Effect: 'Allow', Action, Resource });
  const policy = (...Statement: unknown[]) => ({
    P: {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement } },
    },
  });

  test.each<
    [
      string,
      Readonly<Record<string, Readonly<Record<string, unknown>>>>,
      Readonly<Record<string, Readonly<Record<string, unknown>>>>,
    ]
  >([
    [
      'order of keys',
      { B: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'b', AccessControl: 'Private' } } },
      { B: { Properties: { AccessControl: 'Private', BucketName: 'b' }, Type: 'AWS::S3::Bucket' } },
    ],
    [
      'order of tags',
      {
        B: bucket({
          Tags: [
            { Key: 'a', Value: '1' },
            { Key: 'b', Value: '2' },
          ],
        }),
      },
      {
        B: bucket({
          Tags: [
            { Key: 'b', Value: '2' },
            { Key: 'a', Value: '1' },
          ],
        }),
      },
    ],
    [
      'an action moved to another statement',
      policy(statement(['s3:GetObject', 's3:PutObject'], '*')),
      policy(statement('s3:PutObject', '*'), { Sid: 'Read', ...statement('s3:GetObject', '*') }),
    ],
    [
      'a number as text',
      { Q: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 30 } } },
      { Q: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: '30' } } },
    ],
    [
      'Fn::GetAtt as text',
      { Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::GetAtt': 'A.Arn' } } } },
      { Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::GetAtt': ['A', 'Arn'] } } } },
    ],
    [
      'Fn::Sub as Fn::Join',
      { Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Sub': `$${'{AWS::StackName}'}-q` } } } },
      {
        Q: {
          Type: 'AWS::SQS::Queue',
          Properties: { QueueName: { 'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, '-', 'q']] } },
        },
      },
    ],
    [
      'DependsOn and metadata',
      { B: bucket() },
      { B: { ...bucket(), DependsOn: ['X'], Metadata: { 'aws:cdk:path': 'a/b' } } },
    ],
    ['no value', { B: bucket() }, { B: bucket({ AccessControl: { Ref: 'AWS::NoValue' } }) }],
  ])('%s', (_, base, head) => {
    expect(reviewOf(treeOf(base), treeOf(head)).changes).toEqual([]);
  });
});

test('17.1 and 17.10 are two versions, though they are one number', () => {
  const db = (EngineVersion: string) => treeOf({ D: { Type: 'AWS::RDS::DBInstance', Properties: { EngineVersion } } });
  expect(reviewOf(db('17.1'), db('17.10')).changes).toHaveLength(1);
  expect(reviewOf(db('17.10'), db('17.1')).gate.open).toBe(false);
});

test('a thousand resources, one changed', () => {
  const many = (changed: number) =>
    treeOf(
      Object.fromEntries(
        Array.from({ length: 1_000 }, (_, place) => [
          `Q${place}`,
          { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: place === changed ? 1 : 0 } },
        ]),
      ),
    );
  const report = reviewOf(many(-1), many(999));
  expect(report.changes.map(({ resource }) => resource.logicalId)).toEqual(['Q999']);
  expect(report.head.resources).toBe(1_000);
});

test('an address with a password in it is hidden', () => {
  const of = (password: string) => ({
    F: {
      Type: 'AWS::Lambda::Function',
      Properties: { Environment: { Variables: { DB: `postgres://me:${password}@db/x` } } },
    },
  });
  const report = reviewOf(treeOf(of('hunter2')), treeOf(of('hunter3')));
  expect(report.changes).toHaveLength(1);
  expect(JSON.stringify(report)).not.toMatch(/hunter/);
});

test('a secret in a template is hidden, and its change shown', () => {
  const report = reviewOf(
    treeOf({ D: { Type: 'AWS::RDS::DBInstance', Properties: { MasterUserPassword: 'hunter2' } } }),
    treeOf({ D: { Type: 'AWS::RDS::DBInstance', Properties: { MasterUserPassword: 'hunter3' } } }),
  );
  expect(JSON.stringify(report)).not.toMatch(/hunter/);
  expect(report.gate.reasons.map(({ rule }) => rule)).toEqual(['data-destroyed']);
});
