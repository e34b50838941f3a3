import { auditClients } from '../../../lib/audit/clients';
import { compare } from '../../../lib/audit/compare';
import type { Section, SectionId } from '../../../lib/audit/model';
import { sections } from '../../../lib/audit/sections';
import { resolveSettings } from '../../../lib/estate/settings';
import { settingsFiles } from '../../../settings';
import { type Answers, answers, emptyAccount, liveAccount } from './fake-account';

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

/** One wrong fact each, and the property that must say so. */
const wrong: readonly (readonly [string, SectionId, (live: Answers) => void, string])[] = [
  ['Container Insights off', 'clusters', (a) => void (a.cluster.settings = []), 'containerInsights'],
  ['no Fargate Spot', 'clusters', (a) => void a.cluster.capacityProviders.shift(), 'capacityProviders'],
  ['a service that nobody knows', 'clusters', (a) => void a.serviceArns.push('arn:x/new'), 'services'],
  ['tasks running', 'services', (a) => void (a.service.desiredCount = 1), 'desiredCount'],
  [
    'another group',
    'services',
    (a) => void (a.service.networkConfiguration.awsvpcConfiguration.securityGroups = ['sg-2']),
    'securityGroups',
  ],
  ['less memory', 'tasks', (a) => void (a.task.memory = '1024'), 'memory'],
  [
    'a secret as a plain variable',
    'tasks',
    (a) => void a.task.containerDefinitions[0]?.environment.push({ name: 'WS_TOKEN', value: 'v' }),
    'variables',
  ],
  ['not encrypted', 'databases', (a) => void (a.database.StorageEncrypted = false), 'encrypted'],
  ['public', 'databases', (a) => void (a.database.PubliclyAccessible = true), 'publiclyAccessible'],
  ['another engine', 'databases', (a) => void (a.database.EngineVersion = '17.9'), 'engineVersion'],
  ['another key', 'databases', (a) => void (a.database.KmsKeyId = 'arn:aws:kms:x:1:key/other'), 'kmsKey'],
  ['no protection', 'databases', (a) => void (a.database.DeletionProtection = false), 'deletionProtection'],
  [
    'Performance Insights off',
    'databases',
    (a) => void (a.database.PerformanceInsightsEnabled = false),
    'performanceInsightsDays',
  ],
  ['a larger node', 'cache', (a) => void (a.cache.CacheNodeType = 'cache.m5.large'), 'nodeType'],
  ['a major version', 'cache', (a) => void (a.cache.EngineVersion = '8.0.1'), 'engineVersion'],
  ['another subnet', 'cache', (a) => void a.cacheSubnets.pop(), 'subnets'],
  [
    'S3-managed key',
    'buckets',
    (a) => void (a.bucketEncryption = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }]),
    'encryption',
  ],
  ['versioning suspended', 'buckets', (a) => void (a.bucketVersioning = 'Suspended'), 'versioned'],
  [
    'a shorter retention',
    'buckets',
    (a) => void Object.assign(a.bucketLifecycle[0] ?? {}, { Expiration: { Days: 30 } }),
    'lifecycle',
  ],
  [
    'a rule switched off',
    'buckets',
    (a) => void Object.assign(a.bucketLifecycle[0] ?? {}, { Status: 'Disabled' }),
    'lifecycle',
  ],
  ['one block of four lifted', 'buckets', (a) => void (a.bucketBlock.IgnorePublicAcls = false), 'publicAccessBlocked'],
  ['plain HTTP admitted', 'buckets', (a) => void a.bucketStatements.pop(), 'tlsOnly'],
  ['CloudTrail shut out', 'buckets', (a) => void a.bucketStatements.splice(1, 1), 'serviceGrants'],
  [
    'open to browsers',
    'buckets',
    (a) => void (a.bucketCors = [{ AllowedOrigins: ['*'], AllowedMethods: ['GET'] }]),
    'cors',
  ],
  ['the old runtime', 'functions', (a) => void (a.function.Runtime = 'nodejs18.x'), 'runtime'],
  ['another role', 'functions', (a) => void (a.function.Role = 'arn:aws:iam::1:role/admin'), 'role'],
  [
    'one variable more',
    'functions',
    (a) => void Object.assign(a.function.Environment.Variables, { DEBUG: '1' }),
    'variables',
  ],
  ['no rule', 'functions', (a) => void a.functionRules.pop(), 'rules'],
  ['a second rule', 'functions', (a) => void a.functionRules.push('stranger'), 'rules'],
  [
    'a queue that feeds it',
    'functions',
    (a) => void a.functionMappings.push({ EventSourceArn: 'a:b', BatchSize: 1 }),
    'queues',
  ],
  ['a shorter visibility timeout', 'queues', (a) => void (a.queue.VisibilityTimeout = '90'), 'visibilitySeconds'],
  ['no encryption', 'queues', (a) => void (a.queue.SqsManagedSseEnabled = 'false'), 'managedEncryption'],
  ['no redrive', 'queues', (a) => void delete a.queue.RedrivePolicy, 'deadLetterTarget'],
  ['plain HTTP admitted', 'queues', (a) => void delete a.queue.Policy, 'tlsOnly'],
  [
    'a forgetful dead-letter queue',
    'queues',
    (a) => void (a.deadLetterQueue.MessageRetentionPeriod = '345600'),
    'deadLetterQueue.retentionDays',
  ],
  [
    'another origin',
    'distribution',
    (a) =>
      void Object.assign(a.distribution.DistributionConfig.Origins.Items[0] ?? {}, {
        DomainName: 'huntaze-private-ca-crl.s3.us-west-1.amazonaws.com',
      }),
    'origins',
  ],
  [
    'no access control',
    'distribution',
    (a) => void Object.assign(a.distribution.DistributionConfig.Origins.Items[0] ?? {}, { OriginAccessControlId: '' }),
    'origins',
  ],
  ['unsigned requests', 'distribution', (a) => void (a.originAccessControl.SigningBehavior = 'never'), 'origins'],
  [
    'an edge function without version',
    'distribution',
    (a) =>
      void Object.assign(
        a.distribution.DistributionConfig.DefaultCacheBehavior.LambdaFunctionAssociations.Items[0] ?? {},
        { LambdaFunctionARN: 'arn:aws:lambda:us-east-1:1:function:huntaze-viewer-request' },
      ),
    'edgeFunctions',
  ],
  ['disabled', 'distribution', (a) => void (a.distribution.DistributionConfig.Enabled = false), 'enabled'],
  [
    'a key of another type',
    'tables',
    (a) => void Object.assign(a.table.AttributeDefinitions[1] ?? {}, { AttributeType: 'N' }),
    'key',
  ],
  ['no index', 'tables', (a) => void (a.table.GlobalSecondaryIndexes = []), 'indexes'],
  ['expiry off', 'tables', (a) => void (a.tableExpiry.TimeToLiveStatus = 'DISABLED'), 'timeToLive'],
  ['no recovery', 'tables', (a) => void (a.tableBackups = 'DISABLED'), 'pointInTimeRecovery'],
  ['disabled', 'rules', (a) => void (a.rule.State = 'DISABLED'), 'state'],
  ['another pattern', 'rules', (a) => void (a.rule.EventPattern = '{"source":["x"]}'), 'pattern'],
  [
    'another target',
    'rules',
    (a) => void Object.assign(a.ruleTargets[0] ?? {}, { Arn: 'arn:aws:lambda:us-east-1:1:function:other' }),
    'targets',
  ],
  [
    'a dead-letter queue that refuses it',
    'rules',
    (a) => void (a.ruleDeadLetterQueue.Policy = a.ruleDeadLetterQueue.Policy?.replace('rule/*/', 'rule/') ?? ''),
    'deadLetterQueuesAdmitIt',
  ],
  ['enabled', 'schedules', (a) => void (a.schedule.State = 'ENABLED'), 'state'],
  ['without a value', 'secrets', (a) => void (a.secret = {}), 'hasValue'],
  [
    'on its way out',
    'secrets',
    (a) => void Object.assign(a.secret, { DeletedDate: new Date(0) }),
    'scheduledForDeletion',
  ],
  ['no scan', 'repositories', (a) => void (a.repository.imageScanningConfiguration.scanOnPush = false), 'scanOnPush'],
  [
    'kept for another time',
    'logGroups',
    (a) => void Object.assign(a.logGroups[0] ?? {}, { retentionInDays: 30 }),
    'retentionDays',
  ],
  [
    'open to the world',
    'securityGroups',
    (a) =>
      void a.securityGroup.IpPermissions.push({
        IpProtocol: 'tcp',
        FromPort: 6379,
        ToPort: 6379,
        IpRanges: [{ CidrIp: '0.0.0.0/0' }],
      }),
    'portsOpenToTheInternet',
  ],
];

describe('one wrong fact is a mismatch that names its property', () => {
  test.each(wrong)('%s: %s', async (_title, id, change, property) => {
    const live = structuredClone(answers);
    change(live);
    liveAccount(live);
    const name = rows.find(([section]) => section === id)?.[1] ?? '';
    const row = await audit(id, name);
    expect(row.verdict).toBe('mismatch');
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
