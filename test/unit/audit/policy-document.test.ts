import { admits, grantedSources, isTlsOnly, serviceGrants, statementsOf } from '../../../lib/audit/policy-document';

const queue = 'arn:aws:sqs:us-east-1:111122223333:jobs';
const policy = (...statements: object[]) =>
  statementsOf(JSON.stringify({ Version: '2012-10-17', Statement: statements }));

const denial = {
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 'sqs:*',
  Resource: queue,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

describe('isTlsOnly', () => {
  test.each<[string, object, boolean]>([
    ['the denial', denial, true],
    ['everybody as a bare star', { ...denial, Principal: '*' }, true],
    ['lists of one', { ...denial, Action: ['sqs:*'], Resource: [queue] }, true],
    ['an allowance', { ...denial, Effect: 'Allow' }, false],
    ['one principal only', { ...denial, Principal: { AWS: 'arn:aws:iam::111122223333:root' } }, false],
    ['one action only', { ...denial, Action: 'sqs:SendMessage' }, false],
    ['another resource', { ...denial, Resource: `${queue}-dlq` }, false],
    ['no condition', { ...denial, Condition: undefined }, false],
    ['the opposite condition', { ...denial, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }, false],
  ])('%s', (_title, statement, expected) => {
    expect(isTlsOnly(policy(statement), 'sqs:*', [queue])).toBe(expected);
  });

  test('needs the bucket and its objects', () => {
    const bucket = 'arn:aws:s3:::assets';
    const statement = { ...denial, Action: 's3:*', Resource: bucket };
    expect(isTlsOnly(policy(statement), 's3:*', [bucket, `${bucket}/*`])).toBe(false);
    expect(
      isTlsOnly(policy({ ...statement, Resource: [`${bucket}/*`, bucket] }), 's3:*', [bucket, `${bucket}/*`]),
    ).toBe(true);
  });

  test('a resource without a policy', () => {
    expect(isTlsOnly(statementsOf(undefined), 'sqs:*', [queue])).toBe(false);
  });
});

const ruleArn = 'arn:aws:events:us-east-1:111122223333:rule/aws.partner/stripe.com/acct/stripe-billing-v1';
const call = { service: 'events.amazonaws.com', action: 'sqs:SendMessage' };
const grant = (condition?: object) => ({
  Effect: 'Allow',
  Principal: { Service: 'events.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource: queue,
  ...(condition ? { Condition: condition } : {}),
});

describe('admits', () => {
  test.each<[string, object, boolean]>([
    ['any source', grant(), true],
    ['the rule itself', grant({ ArnEquals: { 'aws:SourceArn': ruleArn } }), true],
    ['a pattern over buses', grant({ ArnLike: { 'AWS:SourceArn': ruleArn.replace(/rule\/.*\//, 'rule/*/') } }), true],
    [
      'the rule of the default bus',
      grant({ ArnLike: { 'aws:SourceArn': ruleArn.replace(/rule\/.*\//, 'rule/') } }),
      false,
    ],
    ['another service', { ...grant(), Principal: { Service: 'sns.amazonaws.com' } }, false],
    ['another action', { ...grant(), Action: 'sqs:ReceiveMessage' }, false],
    ['a denial', { ...grant(), Effect: 'Deny' }, false],
  ])('%s', (_title, statement, expected) => {
    expect(admits(policy(statement), call, ruleArn)).toBe(expected);
  });

  test('dots of a pattern are dots', () => {
    const pattern = { ArnLike: { 'aws:SourceArn': 'arn:aws:events:us-east-1:111122223333:rule/a.b' } };
    expect(admits(policy(grant(pattern)), call, 'arn:aws:events:us-east-1:111122223333:rule/aXb')).toBe(false);
  });
});

test('grantedSources gives the patterns of every statement', () => {
  expect(grantedSources(policy(grant({ ArnLike: { 'aws:SourceArn': ['a', 'b'] } }), denial), call)).toEqual(['a', 'b']);
});

test('serviceGrants names service, action and source, sorted, and leaves denials out', () => {
  expect(
    serviceGrants(
      policy(denial, grant(), {
        ...grant({ StringEquals: { 'AWS:SourceAccount': '1' }, ArnLike: { 'aws:SourceArn': 'arn:x' } }),
        Action: ['s3:PutObject', 's3:GetBucketAcl'],
      }),
    ),
  ).toEqual([
    'events.amazonaws.com s3:GetBucketAcl if SourceAccount=1 and SourceArn=arn:x',
    'events.amazonaws.com s3:PutObject if SourceAccount=1 and SourceArn=arn:x',
    'events.amazonaws.com sqs:SendMessage',
  ]);
});
