import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { inventoryOwner, releaseOf } from '../../../lib/adopt/owners';
import { AdoptionError, planAdoption } from '../../../lib/adopt/plan';
import { renderPlan, renderReleases } from '../../../lib/adopt/report';
import { adoptableTypes } from '../../../lib/adopt/types';
import { queueNames } from '../../../lib/estate/messaging';
import { account, factsOf, live, region, stackOf } from './templates';

const stacks = [
  stackOf('storage', {
    Assets: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'huntaze-assets' } },
    Traces: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'huntaze-cloudtrail-logs-317805897534' } },
    Ours: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'nobody-lists-it' } },
  }),
  stackOf(
    'messaging',
    {
      Jobs: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'huntaze-analytics' } },
      Policy: { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: [{ Ref: 'Jobs' }] } },
    },
    { dependencies: ['storage'] },
  ),
  stackOf(
    'foreign',
    {
      Source: {
        Type: 'AWS::S3::Bucket',
        Properties: { BucketName: 'huntazeofcistack-ofsourcebuckete857dca2-sit7ku08virm' },
      },
    },
    { staged: true },
  ),
];

describe('planned offline', () => {
  const plan = planAdoption(stacks);
  const resource = (stack: string, id: string) =>
    plan.stacks.find(({ stackName }) => stackName === stack)?.resources.find(({ logicalId }) => logicalId === id);

  test('takes what the inventory lists and the template names', () => {
    expect(plan.stacks[0]?.mapping).toEqual({
      Assets: { BucketName: 'huntaze-assets' },
      Traces: { BucketName: 'huntaze-cloudtrail-logs-317805897534' },
    });
  });

  test('asks what only the account knows', () => {
    expect(plan.questions).toEqual([
      { stack: 'messaging', logicalId: 'Jobs', question: 'What is the QueueUrl of AWS::SQS::Queue huntaze-analytics?' },
    ]);
  });

  test('creates what no document shows, and what is not imported, and says what then', () => {
    expect(resource('storage', 'Ours')).toMatchObject({
      action: 'create',
      reason: expect.stringContaining('No document'),
    });
    expect(resource('messaging', 'Policy')).toMatchObject({
      action: 'create',
      effect: expect.stringContaining('as a whole'),
    });
  });

  test('says who must let go, and how', () => {
    const methods = Object.fromEntries(plan.prerequisites.map(({ release }) => [release.owner, release.method]));
    expect(methods).toEqual({
      'production-hardening': 'orphan',
      'huntaze-sqs-core-queues': 'retain',
      HuntazeOfCiStack: 'retain',
    });
  });

  test('marks what belongs to foreign owners', () => {
    expect(plan.stacks.map(({ foreign }) => foreign)).toEqual([false, false, true]);
  });

  test('reads well', () => {
    const text = renderPlan(plan);
    expect(text).toContain('Offline: from the inventory and the templates');
    expect(text).toContain('terraform state rm');
    expect(renderReleases(plan)).toContain('- `storage/Traces`');
  });
});

describe('planned from facts', () => {
  const facts = factsOf({
    'storage/Assets': {
      type: 'AWS::S3::Bucket',
      live: live({ BucketName: 'huntaze-assets' }, { BucketName: 'huntaze-assets' }, { heldBy: 'a-stack-nobody-knew' }),
    },
    'storage/Traces': {
      type: 'AWS::S3::Bucket',
      live: live({ BucketName: 'huntaze-cloudtrail-logs-317805897534' }, {}),
    },
    'storage/Ours': { type: 'AWS::S3::Bucket', live: null },
    'messaging/Jobs': { type: 'AWS::SQS::Queue', live: live({ QueueUrl: 'https://q' }, {}) },
    'foreign/Source': { type: 'AWS::S3::Bucket', live: null },
  });
  const plan = planAdoption(stacks, facts);

  test('takes the identifiers of the account', () => {
    expect(plan.questions).toEqual([]);
    expect(plan.stacks[1]?.mapping).toEqual({ Jobs: { QueueUrl: 'https://q' } });
    expect(plan.counts).toEqual({ import: 3, ask: 0, create: 3 });
  });

  test('what CloudFormation says of the owner outweighs the documents', () => {
    expect(plan.prerequisites).toEqual([
      {
        release: expect.objectContaining({ owner: 'a-stack-nobody-knew', method: 'retain', certain: true }),
        resources: ['storage/Assets'],
      },
      // Terraform holds nothing in CloudFormation: only its state says so.
      {
        release: expect.objectContaining({ owner: 'production-hardening', method: 'orphan' }),
        resources: ['storage/Traces'],
      },
    ]);
  });

  test('refuses facts of another account', () => {
    expect(() => planAdoption(stacks, { ...facts, account: '999999999999' })).toThrow(AdoptionError);
    expect(() => planAdoption(stacks, { ...facts, account: '999999999999' })).toThrow(
      `got: 999999999999 (${region}), expected: ${account}`,
    );
  });

  test('refuses facts of other templates', () => {
    const { 'messaging/Jobs': _gone, ...rest } = facts.resources;
    expect(() => planAdoption(stacks, { ...facts, resources: rest })).toThrow('messaging/Jobs');
  });
});

describe('the table of types', () => {
  const database = loadAwsServiceSpecSync();
  const specified = (type: string) => database.lookup('resource', 'cloudFormationType', 'equals', type)[0];
  const imported = Object.entries(adoptableTypes).flatMap(([type, entry]) =>
    entry.kind === 'import' ? [{ type, entry }] : [],
  );

  test.each(imported)('$type is imported by its primary identifier', ({ type, entry }) => {
    expect(entry.identifier).toEqual(specified(type)?.primaryIdentifier);
  });
});

describe('owners', () => {
  test('every queue has one', () => {
    expect(queueNames.filter((name) => inventoryOwner(name) === undefined)).toEqual([]);
  });

  test.each([
    ['scripts or console', 'none'],
    ['production-hardening', 'orphan'],
    ['HuntazeOfCiStack', 'retain'],
    ['CDKToolkit', 'retain'],
  ] as const)('%s lets go by %s', (owner, method) => {
    expect(releaseOf(owner).method).toBe(method);
  });

  test('a bootstrap is left alone', () => {
    expect(releaseOf('CDKToolkit').how).toContain('Leave it there as long');
  });
});
