import { estateTemplates, resourcesOfType } from '../support/estate';
import { allows, type PolicyStatementJson, type Request } from '../support/policy-evaluation';

type Call = Request & { readonly policyOf: string };

/** Calls that AWS services make and that hardening must not cut. */
const calls: readonly Call[] = [
  {
    policyOf: 'BucketPolicyHuntazeAssets',
    principal: 'cloudfront.amazonaws.com',
    action: 's3:GetObject',
    resource: 'BUCKET/logo.png',
    context: { 'AWS:SourceArn': 'arn:aws:cloudfront::317805897534:distribution/DISTRIBUTION' },
  },
  {
    policyOf: 'BucketPolicyHuntazeCloudtrailLogs317805897534',
    principal: 'cloudtrail.amazonaws.com',
    action: 's3:GetBucketAcl',
    resource: 'BUCKET',
    context: {},
  },
  {
    policyOf: 'BucketPolicyHuntazeCloudtrailLogs317805897534',
    principal: 'cloudtrail.amazonaws.com',
    action: 's3:PutObject',
    resource: 'BUCKET/AWSLogs/317805897534/CloudTrail/us-east-1/2026/11/23/a.json.gz',
    context: { 's3:x-amz-acl': 'bucket-owner-full-control' },
  },
  ...['BucketPolicyAwsConfig317805897534UsEast1', 'BucketPolicyHuntazeAwsConfig317805897534'].flatMap(
    (policyOf): Call[] => [
      {
        policyOf,
        principal: 'config.amazonaws.com',
        action: 's3:ListBucket',
        resource: 'BUCKET',
        context: { 'AWS:SourceAccount': '317805897534' },
      },
      {
        policyOf,
        principal: 'config.amazonaws.com',
        action: 's3:PutObject',
        resource: 'BUCKET/AWSLogs/317805897534/Config/us-east-1/a.json.gz',
        context: { 'AWS:SourceAccount': '317805897534', 's3:x-amz-acl': 'bucket-owner-full-control' },
      },
    ],
  ),
  ...[
    ['QueuePolicyStripeEventsDlq', 'rule/aws.partner/stripe.com/ed_1/stripe-billing-v1'],
    ['QueuePolicyAiTeamEventbridgeDlq', 'rule/ai-insights-ready'],
    ['QueuePolicyMonthlyBillingDlqProduction', 'rule/huntaze-monthly-billing-production'],
    [
      'QueuePolicyOAuthRefreshStackOAuthRefreshDLQprod397A8CBBCW8uajPk4646',
      'rule/OAuthRefreshStack-RefreshOAuthRate15mprod-ABC',
    ],
  ].map(([policyOf, rule]) => ({
    policyOf: policyOf ?? '',
    principal: 'events.amazonaws.com',
    action: 'sqs:SendMessage',
    resource: 'QUEUE',
    context: { 'aws:SourceArn': `arn:aws:events:us-east-1:317805897534:${rule}` },
  })),
];

describe.each(['audited', 'hardened'])('service writers in the %s posture', (posture) => {
  const statements = policyStatements(estateTemplates({ posture }));

  test.each(calls)('$principal $action through $policyOf', ({ policyOf, ...request }) => {
    expect(allows(statements.get(policyOf) ?? [], { ...request, secureTransport: true })).toBe(true);
  });
});

describe('what hardening closes', () => {
  const statements = policyStatements(estateTemplates({ posture: 'hardened' }));

  test.each(calls)('$principal $action through $policyOf without TLS', ({ policyOf, ...request }) => {
    expect(allows(statements.get(policyOf) ?? [], { ...request, secureTransport: false })).toBe(false);
  });

  test.each(calls)('$policyOf from another account or source', ({ policyOf, ...request }) => {
    if (Object.keys(request.context).every((key) => key === 's3:x-amz-acl')) return;
    const context = Object.fromEntries(
      Object.entries(request.context).map(([key, value]) => [key, value.replaceAll('317805897534', '111111111111')]),
    );
    expect(allows(statements.get(policyOf) ?? [], { ...request, context, secureTransport: true })).toBe(false);
  });
});

/** Statements of every resource policy by its logical id, with references turned into fixed words. */
function policyStatements(templates: ReturnType<typeof estateTemplates>): Map<string, PolicyStatementJson[]> {
  const found = new Map<string, PolicyStatementJson[]>();
  for (const template of templates.values()) {
    for (const [logicalId, resource] of Object.entries(template.Resources)) {
      if (!['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy'].includes(resource.Type)) continue;
      const kind = resource.Type === 'AWS::S3::BucketPolicy' ? 'BUCKET' : 'QUEUE';
      const document = resource.Properties?.PolicyDocument as { Statement: PolicyStatementJson[] };
      found.set(logicalId, resolved(document.Statement, kind) as PolicyStatementJson[]);
    }
  }
  expect(resourcesOfType(templates, 'AWS::SQS::QueuePolicy').length).toBeGreaterThan(0);
  return found;
}

/** `Fn::GetAtt` of the policy's own resource becomes its kind, a published id becomes DISTRIBUTION. */
function resolved(value: unknown, kind: string): unknown {
  if (Array.isArray(value)) return value.map((item) => resolved(item, kind));
  if (typeof value !== 'object' || value === null) return value;
  if ('Fn::GetAtt' in value) return kind;
  if ('Ref' in value) return 'DISTRIBUTION';
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, unknown[]];
    return parts.map((part) => String(resolved(part, kind))).join(separator);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item, kind)]));
}
