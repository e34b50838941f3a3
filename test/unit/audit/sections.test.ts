import { auditClients } from '../../../lib/audit/clients';
import { compare } from '../../../lib/audit/compare';
import type { Section, SectionId } from '../../../lib/audit/model';
import { sections } from '../../../lib/audit/sections';
import { resolveSettings } from '../../../lib/estate/settings';
import { settingsFiles } from '../../../settings';
import { answers, emptyAccount, liveAccount } from './fake-account';

const settings = resolveSettings(settingsFiles);
const clients = auditClients({ region: 'us-east-1' });

function sectionNamed(id: SectionId): Section {
  const section = sections.find((candidate) => candidate.id === id);
  if (section === undefined) throw new Error(`no section ${id}`);
  return section;
}

async function audit(id: SectionId, name: string) {
  const section = sectionNamed(id);
  const expectation = section.expected(settings).find((row) => row.name === name);
  if (expectation === undefined) throw new Error(`no row ${name}`);
  return compare(expectation, await section.read(clients, name));
}

/** The row whose answers the fake account gives. */
const rows: readonly (readonly [SectionId, string])[] = [
  ['clusters', 'huntaze-cluster'],
  ['services', 'onlyfans-scraper'],
  ['tasks', 'huntaze-onlyfans-scraper'],
  ['databases', 'huntaze-postgres-production-encrypted'],
  ['cache', 'huntaze-redis-production'],
  ['buckets', 'huntaze-cloudtrail-logs-317805897534'],
  ['functions', 'content-dispatcher'],
  ['queues', 'huntaze-rate-limiter-queue'],
  ['distribution', 'E21VMD5A9KDBOO'],
  ['tables', 'huntaze-users'],
  ['rules', 'stripe-billing-v1'],
  ['schedules', 'ai-summarizer-every-15min'],
  ['secrets', 'onlyfans-ws'],
  ['repositories', 'ai-team/summarizer'],
  ['logGroups', '/ecs/ai-summarizer'],
  ['securityGroups', 'huntaze-redis-sg-production'],
  ['flags', 'huntaze-flags'],
];

describe('an account as the inventory says', () => {
  beforeEach(() => liveAccount(answers));

  test.each(rows)('%s: %s matches', async (id, name) => {
    const row = await audit(id, name);
    expect(row.differences).toEqual([]);
    expect(row.verdict).toBe('matched');
  });
});

describe('an empty account', () => {
  beforeEach(emptyAccount);

  test.each(rows)('%s: %s is missing', async (id, name) => {
    expect((await audit(id, name)).verdict).toBe('missing');
  });
});

/** One wrong fact each: where it stands in the answers, its value, and the property that must say so. */
const wrong: readonly (readonly [string, SectionId, string, unknown, string])[] = [
  ['Container Insights off', 'clusters', 'cluster.settings', [], 'containerInsights'],
  ['no Fargate Spot', 'clusters', 'cluster.capacityProviders', ['FARGATE'], 'capacityProviders'],
  ['a service that nobody knows', 'clusters', 'serviceArns.1', 'arn:x/new', 'services'],
  ['tasks running', 'services', 'service.desiredCount', 1, 'desiredCount'],
  [
    'another group',
    'services',
    'service.networkConfiguration.awsvpcConfiguration.securityGroups',
    ['sg-2'],
    'securityGroups',
  ],
  ['less memory', 'tasks', 'task.memory', '1024', 'memory'],
  ['another image', 'tasks', 'task.containerDefinitions.0.image', 'docker.io/library/nginx:latest', 'image'],
  ['a secret as a plain variable', 'tasks', 'task.containerDefinitions.0.environment.0.name', 'WS_TOKEN', 'variables'],
  ['not encrypted', 'databases', 'database.StorageEncrypted', false, 'encrypted'],
  ['public', 'databases', 'database.PubliclyAccessible', true, 'publiclyAccessible'],
  ['another engine', 'databases', 'database.EngineVersion', '17.9', 'engineVersion'],
  ['another key', 'databases', 'database.KmsKeyId', 'arn:aws:kms:us-east-1:1:key/other', 'kmsKey'],
  ['no protection', 'databases', 'database.DeletionProtection', false, 'deletionProtection'],
  ['no insights', 'databases', 'database.PerformanceInsightsEnabled', false, 'performanceInsightsDays'],
  ['a larger node', 'cache', 'cache.CacheNodeType', 'cache.m5.large', 'nodeType'],
  ['a major version', 'cache', 'cache.EngineVersion', '8.0.1', 'engineVersion'],
  ['another subnet', 'cache', 'cacheSubnets.0.SubnetIdentifier', 'subnet-1', 'subnets'],
  [
    'a key of S3',
    'buckets',
    'bucketEncryption.0.ApplyServerSideEncryptionByDefault',
    { SSEAlgorithm: 'AES256' },
    'encryption',
  ],
  ['versioning suspended', 'buckets', 'bucketVersioning', 'Suspended', 'versioned'],
  ['a shorter retention', 'buckets', 'bucketLifecycle.0.Expiration.Days', 30, 'lifecycle'],
  ['a rule switched off', 'buckets', 'bucketLifecycle.0.Status', 'Disabled', 'lifecycle'],
  ['one block of four lifted', 'buckets', 'bucketBlock.IgnorePublicAcls', false, 'publicAccessBlocked'],
  ['plain HTTP admitted', 'buckets', 'bucketStatements.2.Effect', 'Allow', 'tlsOnly'],
  ['CloudTrail shut out', 'buckets', 'bucketStatements.1.Action', 's3:GetObject', 'serviceGrants'],
  ['open to browsers', 'buckets', 'bucketCors', [{ AllowedOrigins: ['*'], AllowedMethods: ['GET'] }], 'cors'],
  ['archived early', 'buckets', 'bucketTiering', [{ Status: 'Enabled', Tierings: [] }], 'archiveTiers'],
  ['the old runtime', 'functions', 'function.Runtime', 'nodejs18.x', 'runtime'],
  ['another role', 'functions', 'function.Role', 'arn:aws:iam::1:role/admin', 'role'],
  ['one variable more', 'functions', 'function.Environment.Variables.DEBUG', '1', 'variables'],
  ['no dead-letter queue', 'functions', 'function.DeadLetterConfig', undefined, 'deadLetterQueue'],
  ['no rule', 'functions', 'functionRules', [], 'rules'],
  ['a second rule', 'functions', 'functionRules.1', 'stranger', 'rules'],
  ['inside a VPC', 'functions', 'function.VpcConfig', { SubnetIds: ['subnet-1'], SecurityGroupIds: [] }, 'subnets'],
  ['a queue that feeds it', 'functions', 'functionMappings', [{ EventSourceArn: 'a:b', BatchSize: 1 }], 'queues'],
  ['a shorter visibility timeout', 'queues', 'queue.VisibilityTimeout', '90', 'visibilitySeconds'],
  ['no encryption', 'queues', 'queue.SqsManagedSseEnabled', 'false', 'managedEncryption'],
  ['no redrive', 'queues', 'queue.RedrivePolicy', undefined, 'deadLetterTarget'],
  ['plain HTTP admitted', 'queues', 'queue.Policy', undefined, 'tlsOnly'],
  [
    'a forgetful dead-letter queue',
    'queues',
    'deadLetterQueue.MessageRetentionPeriod',
    '345600',
    'deadLetterQueue.retentionDays',
  ],
  ['a dangling origin', 'distribution', 'distribution.DistributionConfig.Origins.Items.0.DomainName', 'x', 'origins'],
  [
    'no access control',
    'distribution',
    'distribution.DistributionConfig.Origins.Items.0.OriginAccessControlId',
    '',
    'origins',
  ],
  ['unsigned requests', 'distribution', 'originAccessControl.SigningBehavior', 'never', 'origins'],
  [
    'an edge function without version',
    'distribution',
    'distribution.DistributionConfig.DefaultCacheBehavior.LambdaFunctionAssociations.Items.0.LambdaFunctionARN',
    'arn:aws:lambda:us-east-1:1:function:huntaze-viewer-request',
    'edgeFunctions',
  ],
  ['disabled', 'distribution', 'distribution.DistributionConfig.Enabled', false, 'enabled'],
  ['a key of another type', 'tables', 'table.AttributeDefinitions.1.AttributeType', 'N', 'key'],
  ['no index', 'tables', 'table.GlobalSecondaryIndexes', [], 'indexes'],
  ['expiry off', 'tables', 'tableExpiry.TimeToLiveStatus', 'DISABLED', 'timeToLive'],
  ['no recovery', 'tables', 'tableBackups', 'DISABLED', 'pointInTimeRecovery'],
  ['disabled', 'rules', 'rule.State', 'DISABLED', 'state'],
  ['another pattern', 'rules', 'rule.EventPattern', '{"source":["x"]}', 'pattern'],
  ['another target', 'rules', 'ruleTargets.0.Arn', 'arn:aws:lambda:us-east-1:1:function:other', 'targets'],
  [
    'a dead-letter queue that refuses it',
    'rules',
    'ruleDeadLetterQueue.Policy',
    answers.ruleDeadLetterQueue.Policy?.replace('rule/*/', 'rule/'),
    'deadLetterQueuesAdmitIt',
  ],
  ['enabled', 'schedules', 'schedule.State', 'ENABLED', 'state'],
  ['another zone', 'schedules', 'schedule.ScheduleExpressionTimezone', 'UTC', 'timezone'],
  ['without a value', 'secrets', 'secret.VersionIdsToStages', {}, 'hasValue'],
  ['on its way out', 'secrets', 'secret.DeletedDate', new Date(0), 'scheduledForDeletion'],
  ['no scan', 'repositories', 'repository.imageScanningConfiguration.scanOnPush', false, 'scanOnPush'],
  ['kept for another time', 'logGroups', 'logGroups.0.retentionInDays', 30, 'retentionDays'],
  ['another strategy', 'flags', 'flagStrategies.0.GrowthFactor', 50, 'strategy'],
  ['no environment', 'flags', 'flagEnvironments', [], 'environments'],
  [
    'open to the world',
    'securityGroups',
    'securityGroup.IpPermissions.1',
    { IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
    'portsOpenToTheInternet',
  ],
];

function assign(target: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce((node, key) => node[key] as Record<string, unknown>, target);
  parent[last] = value;
}

describe('one wrong fact is a mismatch that names its property', () => {
  test.each(wrong)('%s: %s', async (title, id, path, value, property) => {
    const live = structuredClone(answers);
    assign(live, path, value);
    liveAccount(live);
    const name = rows.find(([section]) => section === id)?.[1] ?? '';
    const row = await audit(id, name);
    expect([title, row.verdict]).toEqual([title, 'mismatch']);
    expect(row.differences.map((difference) => difference.property)).toContain(property);
  });
});

describe('what is never read', () => {
  beforeEach(() => liveAccount(answers));

  test.each(['functions', 'tasks'] as const)('values of environment variables, %s', async (id) => {
    const name = rows.find(([section]) => section === id)?.[1] ?? '';
    expect(JSON.stringify(await audit(id, name))).not.toContain('secret-looking-value');
  });
});

describe('expectations', () => {
  test.each(sections.map((section) => [section.id, section] as const))('%s has rows, each once', (_id, section) => {
    const names = section.expected(settings).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
  });

  test('the audited posture leaves open what no document states', () => {
    const audited = { ...settings, posture: 'audited' as const };
    const of = (id: SectionId, name: string) =>
      sectionNamed(id)
        .expected(audited)
        .find((row) => row.name === name);
    expect(of('buckets', 'huntaze-assets')).not.toHaveProperty('properties.encryption');
    expect(of('queues', 'huntaze-rate-limiter-queue')).not.toHaveProperty('properties.managedEncryption');
    expect(of('queues', 'huntaze-analytics')).toHaveProperty('properties.managedEncryption', true);
  });

  test('another account expects its own bucket names and certificate', () => {
    const own = {
      ...settings,
      account: '111122223333',
      namePrefix: 'acme-',
      edge: {
        alias: { domain: 'cdn.example.com', certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/x' },
      },
    };
    expect(
      sectionNamed('buckets')
        .expected(own)
        .map(({ name }) => name),
    ).toContain('acme-huntaze-assets');
    expect(sectionNamed('distribution').expected(own)[0]).toMatchObject({
      properties: {
        aliases: ['cdn.example.com'],
        minimumProtocol: 'TLSv1.2_2021',
        origins: [{ domain: 'acme-huntaze-assets.s3.us-east-1.amazonaws.com' }],
      },
    });
  });

  test('a table whose key nobody decided is refused', () => {
    expect(() => sectionNamed('tables').expected({ ...settings, tableKeys: {} })).toThrow(
      "Set tableKeys['huntaze-oauth-tokens'] in settings/317805897534.ts.",
    );
  });
});
