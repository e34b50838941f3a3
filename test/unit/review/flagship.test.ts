import { join } from 'node:path';
import { readTree } from '../../../lib/review';
import {
  bucket,
  closedBy,
  database,
  newFolder,
  reviewOf,
  treeOf,
  type WrittenStack,
  writeAssembly,
  writeFiles,
} from './written-trees';

const treeOfStacks = (stacks: Readonly<Record<string, WrittenStack>>) => readTree(writeAssembly(stacks));
const one = (report: ReturnType<typeof reviewOf>) => report.changes[0];

test('StorageEncrypted flipped on the plain database', () => {
  const report = reviewOf(treeOf({ Db: database() }), treeOf({ Db: database({ StorageEncrypted: true }) }));
  expect(one(report)).toMatchObject({ kind: 'replace', effect: expect.stringContaining('the name shop is taken') });
  expect(report.gate.open).toBe(false);
  expect(report.gate.reasons.map(({ rule }) => rule)).toEqual(['replacement']);
});

test('a logical id renamed is one row with its true effect', () => {
  const report = reviewOf(
    treeOf({ Orders: bucket({ BucketName: undefined, Tags: [{ Key: 'a', Value: 'b' }] }) }),
    treeOf({ Sales: bucket({ BucketName: undefined, Tags: [{ Key: 'a', Value: 'b' }] }) }),
  );
  expect(report.changes).toHaveLength(1);
  expect(one(report)).toMatchObject({
    kind: 'rename',
    resource: { logicalId: 'Sales' },
    from: { logicalId: 'Orders' },
    effect:
      'CloudFormation creates Sales anew and empty; then Orders stays in the account, and no stack manages it any more.',
  });
  expect(report.gate.reasons.map(({ rule }) => rule)).toEqual(['renamed']);
});

test('the same physical name under a new logical id', () => {
  const report = reviewOf(
    treeOf({ Orders: bucket() }),
    treeOf({ Sales: bucket({ VersioningConfiguration: { Status: 'Enabled' } }) }),
  );
  expect(one(report)).toMatchObject({
    kind: 'rename',
    effect: expect.stringMatching(/creates Sales first and fails: the name shop-orders is taken/),
  });
  expect(report.gate.open).toBe(false);
});

describe('removal', () => {
  const nothing = { Other: { Type: 'AWS::SNS::Topic' } };

  test.each([
    ['without Retain', {}, 'remove', 'Db is deleted after a last snapshot.'],
    [
      'with Retain',
      { DeletionPolicy: 'Retain' },
      'orphan',
      'Db stays in the account, and no stack manages it any more.',
    ],
    ['with Delete', { DeletionPolicy: 'Delete' }, 'remove', 'Db is deleted with all that it holds.'],
  ])('%s, in one deploy', (_, attributes, kind, effect) => {
    const report = reviewOf(treeOf({ Db: database({}, attributes), ...nothing }), treeOf(nothing));
    expect(one(report)).toMatchObject({ kind, effect });
    expect(report.gate.reasons.map(({ rule }) => rule)).toEqual(['removal']);
  });

  test('in two deploys: DeletionPolicy first, the resource next: each step closes', () => {
    const steps = [
      treeOf({ Db: database(), ...nothing }),
      treeOf({ Db: database({}, { UpdateReplacePolicy: 'Retain' }), ...nothing }),
      treeOf(nothing),
    ] as const;
    expect(closedBy(steps[0], steps[1])).toEqual(['retention-lost DeletionPolicy Db']);
    expect(closedBy(steps[1], steps[2])).toEqual(['removal remove Db']);
  });

  test('in two deploys: retained first, then left: the first step passes, the second closes', () => {
    const steps = [
      treeOf({ Db: database({}, {}), ...nothing }),
      treeOf({ Db: database(), ...nothing }),
      treeOf(nothing),
    ] as const;
    expect(closedBy(steps[0], steps[1])).toEqual([]);
    expect(closedBy(steps[1], steps[2])).toEqual(['removal orphan Db']);
  });
});

describe('a property that may replace', () => {
  test('closes', () => {
    expect(closedBy(treeOf({ Db: database() }), treeOf({ Db: database({ StorageType: 'io2' }) }))).toEqual([
      'may-replacement Properties.StorageType Db',
    ]);
  });

  test('passes where a cited correction calls it harmless', () => {
    const report = reviewOf(treeOf({ Db: database() }), treeOf({ Db: database({ DBParameterGroupName: 'tuned' }) }));
    expect(one(report)?.properties).toEqual([
      expect.objectContaining({ impact: 'update', source: expect.stringMatching(/^https:/) }),
    ]);
    expect(report.gate.open).toBe(true);
  });
});

describe('an unknown type', () => {
  const unknown = (value: number) => ({ Type: 'AWS::Tomorrow::Store', Properties: { Size: value } });

  test.each([
    ['changed', { S: unknown(1) }, { S: unknown(2) }, ['unknown-type change S']],
    ['removed', { S: unknown(1), B: bucket() }, { B: bucket() }, ['unknown-type remove S']],
    ['added', { B: bucket() }, { S: unknown(1), B: bucket() }, []],
    [
      'a custom resource changed',
      { S: { Type: 'Custom::Migrate', Properties: { n: 1 } } },
      { S: { Type: 'Custom::Migrate', Properties: { n: 2 } } },
      ['unknown-type change S'],
    ],
  ])('%s', (_, base, head, expected) => {
    expect(closedBy(treeOf(base), treeOf(head))).toEqual(expected);
  });

  test('is said to be unknown', () => {
    expect(one(reviewOf(treeOf({ S: unknown(1) }), treeOf({ S: unknown(2) })))).toMatchObject({
      unknownType: true,
      statefulness: { kind: 'unknown' },
    });
  });
});

describe('what the service specification leaves out though it replaces', () => {
  const table = (type: string) => ({
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 't',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: type }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    },
  });

  test.each([
    ['an attribute of a key gets another type', table('S'), table('N'), 'AttributeDefinitions'],
    [
      'TLS of a cache',
      { Type: 'AWS::ElastiCache::CacheCluster', Properties: {} },
      { Type: 'AWS::ElastiCache::CacheCluster', Properties: { TransitEncryptionEnabled: true } },
      'TransitEncryptionEnabled',
    ],
    [
      'the class of a log group',
      { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupClass: 'STANDARD' } },
      { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupClass: 'INFREQUENT_ACCESS' } },
      'LogGroupClass',
    ],
    [
      'user names of a pool',
      { Type: 'AWS::Cognito::UserPool', Properties: { UsernameAttributes: ['email'] } },
      { Type: 'AWS::Cognito::UserPool', Properties: { UsernameAttributes: ['phone_number'] } },
      'UsernameAttributes',
    ],
    [
      'the spec of a key',
      { Type: 'AWS::KMS::Key', Properties: { KeySpec: 'RSA_2048' } },
      { Type: 'AWS::KMS::Key', Properties: { KeySpec: 'RSA_4096' } },
      'KeySpec',
    ],
  ])('%s', (_, before, after, property) => {
    expect(closedBy(treeOf({ R: before }), treeOf({ R: after }))).toEqual([
      expect.stringMatching(new RegExp(`^replacement Properties\\.${property}`)),
    ]);
  });

  test('an attribute that is added for a new index replaces nothing', () => {
    const before = table('S');
    const after = structuredClone(before);
    after.Properties.AttributeDefinitions.push({ AttributeName: 'day', AttributeType: 'S' });
    expect(closedBy(treeOf({ R: before }), treeOf({ R: after }))).toEqual([]);
  });
});

test('a stack renamed', () => {
  const resources = { Orders: bucket(), Db: database() };
  const report = reviewOf(treeOfStacks({ shop: { resources } }), treeOfStacks({ store: { resources } }));
  expect(report.stacks).toEqual([expect.objectContaining({ kind: 'renamed' })]);
  expect(report.changes.map(({ kind }) => kind)).toEqual(['move', 'move']);
  expect(report.gate.reasons.map(({ rule }) => rule)).toEqual(['renamed', 'renamed']);
});

test('a resource moved between stacks', () => {
  const rest = { Topic: { Type: 'AWS::SNS::Topic' }, Queue: { Type: 'AWS::SQS::Queue' } };
  const report = reviewOf(
    treeOfStacks({ a: { resources: { Orders: bucket(), ...rest } }, b: { resources: rest } }),
    treeOfStacks({ a: { resources: rest }, b: { resources: { Other: bucket(), ...rest } } }),
  );
  expect(report.changes).toHaveLength(1);
  expect(one(report)).toMatchObject({
    kind: 'move',
    from: { logicalId: 'Orders' },
    effect: expect.stringContaining('A stack hands nothing over'),
  });
  expect(report.gate.reasons.map(({ rule }) => rule)).toEqual(['moved']);
});

describe('an Fn::If that hides the change', () => {
  const conditions = (value: string) => ({
    Parameters: { Stage: { Type: 'String', Default: 'test' } },
    Conditions: { Production: { 'Fn::Equals': [{ Ref: 'Stage' }, value] } },
  });
  const encrypted = database({ StorageEncrypted: { 'Fn::If': ['Production', true, false] } });

  test('in one branch', () => {
    const hidden = database({ StorageEncrypted: { 'Fn::If': ['Production', true, true] } });
    expect(
      closedBy(treeOf({ Db: encrypted }, conditions('live')), treeOf({ Db: hidden }, conditions('live'))),
    ).toContain('replacement Properties.StorageEncrypted Db');
  });

  test('in the definition of the condition', () => {
    const report = reviewOf(
      treeOf({ Db: encrypted }, conditions('live')),
      treeOf({ Db: encrypted }, conditions('test')),
    );
    expect(report.gate.reasons.map(({ rule }) => rule)).toContain('replacement');
    expect(one(report)?.causes).toEqual(['what it refers to changes: condition Production']);
  });

  test('in whether the resource exists', () => {
    const sometimes = { ...database(), Condition: 'Production' };
    expect(
      closedBy(treeOf({ Db: database() }, conditions('live')), treeOf({ Db: sometimes }, conditions('live'))),
    ).toEqual(['condition-changed Condition Db']);
  });

  test('in the default of a parameter', () => {
    const byParameter = database({ BackupRetentionPeriod: { Ref: 'Days' } });
    const days = (value: number) => ({ Parameters: { Days: { Type: 'Number', Default: value } } });
    expect(closedBy(treeOf({ Db: byParameter }, days(14)), treeOf({ Db: byParameter }, days(1)))).toEqual([
      'protection-lost Properties.BackupRetentionPeriod Db',
    ]);
    expect(closedBy(treeOf({ Db: byParameter }, days(1)), treeOf({ Db: byParameter }, days(14)))).toEqual([]);
  });

  test('in one branch of a protection', () => {
    const before = database({ DeletionProtection: true });
    const after = database({ DeletionProtection: { 'Fn::If': ['Production', true, false] } });
    expect(closedBy(treeOf({ Db: before }, conditions('live')), treeOf({ Db: after }, conditions('live')))).toEqual([
      'protection-lost Properties.DeletionProtection Db',
    ]);
  });
});

describe('a nested stack', () => {
  const withInner = (resources: Readonly<Record<string, unknown>>, url: string) => {
    const folder = writeAssembly({
      app: {
        resources: {
          Inner: {
            Type: 'AWS::CloudFormation::Stack',
            Properties: { TemplateURL: url },
            Metadata: { 'aws:asset:path': 'inner.json' },
          },
        },
      },
    });
    writeFiles(folder, { 'inner.json': { Resources: resources } });
    return readTree(folder);
  };

  test('is looked into', () => {
    const report = reviewOf(
      withInner({ Db: database() }, 'https://s3/a'),
      withInner({ Db: database({ Port: 1 }) }, 'https://s3/a'),
    );
    expect(report.gate.reasons).toEqual([
      expect.objectContaining({
        rule: 'replacement',
        resource: expect.objectContaining({ stack: expect.objectContaining({ name: 'app/Inner' }) }),
      }),
    ]);
  });

  test('takes what it holds with it', () => {
    const removed = closedBy(withInner({ Db: database({}, {}) }, 'u'), treeOf({ Topic: { Type: 'AWS::SNS::Topic' } }));
    expect(removed).toEqual(expect.arrayContaining(['removal remove Inner', 'removal remove Db']));
  });
});

test('a cloud of base that head lacks is an error, and a removal where it is allowed', () => {
  const folder = newFolder();
  writeAssembly({ app: { resources: { Orders: bucket() } } }, join(folder, 'cdk.out'));
  writeFiles(join(folder, 'cdktf.out'), {
    'manifest.json': { version: '0.21.0', stacks: { azure: { name: 'azure', synthesizedStackPath: 's.json' } } },
    's.json': { resource: { azurerm_resource_group: { g: { name: 'g', location: 'westeurope' } } } },
  });
  const [both, alone] = [readTree(folder), readTree(join(folder, 'cdk.out'))];
  expect(() => reviewOf(both, alone)).toThrow(/Head lacks a cloud.*azure.*--allow-missing azure/);
  expect(closedBy(both, alone, { allowMissing: ['azure'] })).toEqual(['removal remove azurerm_resource_group.g']);
});
