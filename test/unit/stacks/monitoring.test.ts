import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  type AlarmRow,
  alarmDescription,
  alarmsOf,
  consolidationAlarmPrefix,
  runbookAnchors,
} from '../../../lib/estate/alarms';
import { services } from '../../../lib/estate/compute';
import { replicationParameters } from '../../../lib/estate/consolidation';
import { cache, databases } from '../../../lib/estate/databases';
import { distribution } from '../../../lib/estate/edge';
import { modelledFunctions } from '../../../lib/estate/functions';
import { hybridGraphs } from '../../../lib/estate/hybrid-graphs';
import { queueNames, queues, standaloneDeadLetterQueues } from '../../../lib/estate/messaging';
import { effectiveQueue } from '../../../lib/estate/posture';
import type { AccountSettings } from '../../../lib/estate/settings';
import { alarmTopics, rules, tables } from '../../../lib/estate/support';
import { MonitoringStack } from '../../../stacks-aws/monitoring';
import { projectRoot, settingsWith } from '../../support/estate';

const settings = settingsWith();
const withPool: AccountSettings = {
  ...settings,
  edge: { userPool: { id: 'us-east-1_Abc', clientId: 'a'.repeat(20) } },
};
const rows = alarmsOf(settings);
const consolidating = (consolidationPhase: string): AccountSettings => settingsWith({ consolidationPhase });

const alarmsOn = (name: string, list: readonly AlarmRow[] = rows): string[] =>
  list
    .filter(({ subject }) => subject.name === name || subject.covers?.includes(name))
    .map(({ metric, comparison, threshold }) => `${metric.metricName} ${comparison} ${threshold}`);

const named = (name: string): AlarmRow => {
  const row = rows.find((candidate) => candidate.name === name);
  if (row === undefined) throw new Error(`No alarm of that name, got: ${name}`);
  return row;
};

function synthesize(given: AccountSettings = settings): Template {
  const app = new App({ builtinCloudFormationValidation: false });
  return Template.fromStack(new MonitoringStack(app, 'monitoring', { settings: given }));
}

describe('every row of the inventory has an alarm', () => {
  test.each([
    ...queueNames,
    ...modelledFunctions.map(({ name }) => name),
    ...databases.map(({ name }) => name),
    cache.name,
    ...services.map(({ name }) => name),
    distribution.name,
    ...rules.map(({ name }) => name),
    ...tables.map(({ name }) => name),
  ])('%s', (name) => {
    expect(alarmsOn(name).length).toBeGreaterThan(0);
  });

  test.each([
    ['content-dispatcher', 'DispatchFailures'],
    ['huntaze-flag-cleanup', 'CleanupFailures'],
  ])('%s has an alarm on what it reports as %s', (name, metricName) => {
    expect(rows.filter(({ subject }) => subject.name === name).map(({ metric }) => metric.metricName)).toContain(
      metricName,
    );
  });
});

describe('figures', () => {
  test('counts by kind', () => {
    const kinds = rows.map(({ subject }) => subject.kind);
    const counts = Object.fromEntries(kinds.map((kind) => [kind, kinds.filter((other) => other === kind).length]));
    expect(counts).toEqual({
      queue: 2 * queues.length,
      'dead-letter queue': queues.length + standaloneDeadLetterQueues.length,
      // Three for each of the thirteen functions in the region, and two for failures that are reported, not raised.
      function: 41,
      database: 14,
      cache: 3,
      service: 2,
      distribution: 1,
      rule: rules.length,
      table: 26,
      hybrid: 18,
    });
  });

  test.each([
    ['huntaze-queue-huntaze-rate-limiter-queue-age', 360],
    ['huntaze-queue-publisher-reddit-production-age', 720],
    ['huntaze-queue-huntaze-analytics-age', 172_800],
    ['huntaze-dlq-stripe-events-dlq', 0],
    ['huntaze-function-stripe-events-handler-duration', 25_000],
    ['huntaze-database-huntaze-postgres-production-free-storage', 2_147_483_648],
    ['huntaze-database-huntaze-postgres-production-freeable-memory', 67_108_864],
  ])('%s', (name, threshold) => {
    expect(named(name).threshold).toBe(threshold);
  });

  test.each(queues.map((row) => [row.name, row] as const))('%s: one retry does not ring', (name, row) => {
    const { visibilitySeconds } = effectiveQueue(row, settings.posture);
    expect(named(`huntaze-queue-${name}-age`).threshold).toBeGreaterThanOrEqual(2 * visibilitySeconds);
  });

  test('no alarm is on while all is quiet: only a service that is wanted may miss data', () => {
    expect(rows.filter(({ missingData }) => missingData === 'breaching')).toEqual([]);
    const wanted = alarmsOf({ ...settings, compute: { scraperDesiredCount: 2 } });
    expect(alarmsOn('onlyfans-scraper', wanted)).toContain('RunningTaskCount below 2');
    expect(alarmsOn('onlyfans-scraper')).not.toContain('RunningTaskCount below 0');
  });

  test.each([
    ['off', 0, undefined],
    ['survey', 0, undefined],
    ['prepare', 9, 'notBreaching'],
    ['replicate', 9, 'breaching'],
    ['soak', 9, 'breaching'],
    ['retain', 0, undefined],
  ])('consolidation phase %s: %i alarms of its own, and silence of the runner is %s', (phase, count, silence) => {
    const own = alarmsOf(consolidating(phase)).filter(({ name }) => name.startsWith(consolidationAlarmPrefix));
    expect(own).toHaveLength(count);
    expect(own.find(({ name }) => name.endsWith('heartbeat-age'))?.missingData).toBe(silence);
    expect(
      own.filter(({ name, missingData }) => !name.endsWith('heartbeat-age') && missingData === 'breaching'),
    ).toEqual([]);
  });

  test('a slot warns, then rings, before PostgreSQL gives it up', () => {
    const thresholds = alarmsOf(consolidating('prepare'))
      .filter(({ metric }) => metric.metricName === 'OldestReplicationSlotLag')
      .map(({ threshold }) => threshold / 1024 ** 2);
    expect(thresholds).toEqual([1024, 3072, 1024, 3072]);
    expect(Math.max(...thresholds)).toBeLessThan(replicationParameters.max_slot_wal_keep_size);
  });

  test('the rate of 4xx answers rings only where a user pool lets anybody in', () => {
    expect(alarmsOn(distribution.name)).toEqual(['5xxErrorRate above 1']);
    expect(alarmsOn(distribution.name, alarmsOf(withPool))).toEqual(['5xxErrorRate above 1', '4xxErrorRate above 5']);
  });

  test.each(rows.map((row) => [row.name, row] as const))('%s can be deployed', (name, row) => {
    expect(name).toMatch(/^huntaze-[\x21-\x7e]{1,247}$/);
    expect(alarmDescription(row).length).toBeLessThanOrEqual(1024);
    expect(row.datapointsToAlarm).toBeLessThanOrEqual(row.evaluationPeriods);
    // CloudWatch API reference, PutMetricAlarm: a day, or a week where a period is an hour or longer.
    const longest = row.metric.periodSeconds >= 3600 ? 604_800 : 86_400;
    expect(row.evaluationPeriods * row.metric.periodSeconds).toBeLessThanOrEqual(longest);
    expect(row.metric.periodSeconds % 60).toBe(0);
  });

  test('names are unique', () => {
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  });
});

describe('runbooks', () => {
  const page = readFileSync(join(projectRoot, 'docs', 'runbooks.md'), 'utf8');
  /** Fragments as GitHub makes them from headings. */
  const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll(' ', '-'));
  const sections = new Map(
    page
      .split(/^## /m)
      .slice(1)
      .map((text, index) => [headings[index], text]),
  );

  test('one heading for each anchor, in order, and no other', () => {
    expect(headings).toEqual([...runbookAnchors]);
  });

  test('every anchor is the end of an alarm', () => {
    const everything = { ...consolidating('soak'), edge: withPool.edge, compute: { scraperDesiredCount: 1 } };
    const used = new Set(alarmsOf(everything).map(({ runbook }) => runbook));
    expect([...runbookAnchors].filter((anchor) => !used.has(anchor))).toEqual([]);
  });

  test.each(runbookAnchors)('%s says what is seen, where to look, and what to do', (anchor) => {
    expect(sections.get(anchor)).toMatch(/\*\*Symptom\.\*\*\s[\s\S]+\*\*Look\.\*\*\s[\s\S]+\*\*Remedy\.\*\*\s/);
  });

  test('links inside the page lead somewhere', () => {
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    expect(links.filter((anchor) => !headings.includes(anchor))).toEqual([]);
  });
});

describe('stack', () => {
  const template = synthesize();

  test('one alarm for each row, each telling the topic of its severity', () => {
    template.resourceCountIs('AWS::CloudWatch::Alarm', rows.length);
    for (const row of rows) {
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        AlarmName: row.name,
        AlarmDescription: alarmDescription(row),
        Threshold: row.threshold,
        AlarmActions: [{ Ref: `TopicHuntazeAlarms${row.severity.replace(/^./, (first) => first.toUpperCase())}` }],
      });
    }
  });

  test('plain metrics only: no metric math, no composite alarm', () => {
    template.resourceCountIs('AWS::CloudWatch::CompositeAlarm', 0);
    template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { Metrics: Match.anyValue() }, 0);
  });

  test.each(Object.values(alarmTopics))(
    '%s is encrypted, refuses plain HTTP, and admits the alarms of this account',
    (name) => {
      template.hasResource('AWS::SNS::Topic', {
        Properties: { TopicName: name, KmsMasterKeyId: { 'Fn::GetAtt': ['KeyHuntazeAlarms', 'Arn'] } },
        DeletionPolicy: 'RetainExceptOnCreate',
      });
    },
  );

  test('both policies name this account only, and nobody else may publish', () => {
    const condition = {
      StringEquals: { 'aws:SourceAccount': settings.account },
      ArnLike: { 'aws:SourceArn': `arn:aws:cloudwatch:us-east-1:${settings.account}:alarm:huntaze-*` },
    };
    const policies = Object.values(template.findResources('AWS::SNS::TopicPolicy'));
    expect(policies).toHaveLength(3);
    for (const { Properties } of policies) {
      expect(Properties.PolicyDocument.Statement).toEqual([
        expect.objectContaining({
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: condition,
        }),
        expect.objectContaining({
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      ]);
    }
    template.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: [
          Match.objectLike({ Action: 'kms:*' }),
          {
            Sid: 'AllowCloudWatchAlarms',
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
            Resource: '*',
            Condition: condition,
          },
        ],
      },
    });
  });

  test('ids that AWS generates come from parameters', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: '5xxErrorRate',
      Dimensions: [
        { Name: 'DistributionId', Value: { Ref: Match.stringLikeRegexp('distributionid') } },
        { Name: 'Region', Value: 'Global' },
      ],
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'huntaze-rule-stripe-billing-v1-failed',
      Dimensions: [
        { Name: 'EventBusName', Value: { Ref: Match.stringLikeRegexp('eventbusname') } },
        { Name: 'RuleName', Value: 'stripe-billing-v1' },
      ],
    });
  });

  test('the dashboard shows every alarm and a graph for each heading in use, the same each time', () => {
    const bodyOf = (from: Template): string => {
      const [dashboard] = Object.values(from.findResources('AWS::CloudWatch::Dashboard'));
      return JSON.stringify(dashboard?.Properties.DashboardBody);
    };
    const body = bodyOf(template);
    const graphs = new Set(rows.map(({ runbook }) => runbook));
    expect(body.match(/\\"view\\":\\"timeSeries\\"/g)).toHaveLength(graphs.size + hybridGraphs.length);
    for (const id of Object.keys(template.findResources('AWS::CloudWatch::Alarm'))) expect(body).toContain(id);
    expect(bodyOf(synthesize())).toBe(body);
  });
});
