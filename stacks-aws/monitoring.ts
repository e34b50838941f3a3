import { CfnResource, Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  Metric,
  TextWidget,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct, IConstruct } from 'constructs';
import { pinnedLogicalId, retainState } from '../lib/constructs/stateful';
import { denyInsecureTransport } from '../lib/constructs/tls-only';
import {
  type AlarmRow,
  alarmDescription,
  alarmsOf,
  type DimensionValue,
  type RunbookAnchor,
  runbookAnchors,
} from '../lib/estate/alarms';
import { type GraphRow, hybridGraphs } from '../lib/estate/hybrid-graphs';
import type { AccountSettings } from '../lib/estate/settings';
import { alarmTopics, type Severity } from '../lib/estate/support';
import { EstateStack } from './estate-stack';

/** Alarms of the whole estate, the topics that they tell, and one dashboard of the same figures. */
export class MonitoringStack extends EstateStack {
  constructor(scope: Construct, id: string, props: { readonly settings: AccountSettings }) {
    super(scope, id, 'monitoring', { ...props, description: 'Huntaze estate: alarms, their topics, dashboard' });
    const rows = alarmsOf(this.settings);
    const topics = this.addTopics(this.addKey());
    const alarms = new Map(rows.map((row) => [row, this.addAlarm(row, topics[row.severity])]));
    this.addDashboard(alarms);
  }

  /**
   * CloudWatch alone may use the key, and only for the alarms of this account.
   *
   * EventBridge may not: it sends neither account nor source ARN to KMS, so a statement for it would admit every
   * account's rules (SNS developer guide, "Enable compatibility between event sources and encrypted topics").
   */
  private addKey(): Key {
    const key = new Key(this, 'Key', {
      alias: 'alias/huntaze-alarms',
      description: 'Encrypts the alarm topics',
      enableKeyRotation: true,
    });
    retainState(resourceOf(key), 'Key', 'huntaze-alarms');
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowCloudWatchAlarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: this.alarmsOfThisAccount(),
      }),
    );
    return key;
  }

  private addTopics(masterKey: Key): Readonly<Record<Severity, Topic>> {
    const addTopic = (topicName: string): Topic => {
      const topic = new Topic(this, topicName, { topicName, masterKey });
      // Whoever is on call subscribes outside the templates: a topic that goes takes the subscriptions with it.
      retainState(resourceOf(topic), 'Topic', topicName);
      topic.addToResourcePolicy(
        new PolicyStatement({
          sid: 'AllowCloudWatchAlarms',
          principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
          actions: ['sns:Publish'],
          resources: [topic.topicArn],
          conditions: this.alarmsOfThisAccount(),
        }),
      );
      topic.addToResourcePolicy(denyInsecureTransport('sns:Publish', [topic.topicArn]));
      return topic;
    };
    return {
      critical: addTopic(alarmTopics.critical),
      warning: addTopic(alarmTopics.warning),
      notice: addTopic(alarmTopics.notice),
    };
  }

  private alarmsOfThisAccount(): Record<string, Record<string, string>> {
    return {
      StringEquals: { 'aws:SourceAccount': this.account },
      ArnLike: { 'aws:SourceArn': `arn:aws:cloudwatch:${this.region}:${this.account}:alarm:huntaze-*` },
    };
  }

  private addAlarm(row: AlarmRow, topic: Topic): Alarm {
    const alarm = new Alarm(this, row.name, {
      alarmName: row.name,
      alarmDescription: alarmDescription(row),
      metric: this.metricOf(row),
      threshold: row.threshold,
      comparisonOperator:
        row.comparison === 'above' ? ComparisonOperator.GREATER_THAN_THRESHOLD : ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: row.evaluationPeriods,
      datapointsToAlarm: row.datapointsToAlarm,
      treatMissingData: row.missingData === 'breaching' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    resourceOf(alarm).overrideLogicalId(pinnedLogicalId('Alarm', row.name));
    alarm.addAlarmAction(new SnsAction(topic));
    if (row.severity !== 'notice') alarm.addOkAction(new SnsAction(topic));
    return alarm;
  }

  private metricOf({ metric }: AlarmRow): Metric {
    return new Metric({
      namespace: metric.namespace,
      metricName: metric.metricName,
      dimensionsMap: Object.fromEntries(
        Object.entries(metric.dimensions).map(([name, value]) => [name, this.dimensionValue(value)]),
      ),
      statistic: metric.statistic,
      period: Duration.seconds(metric.periodSeconds),
    });
  }

  private dimensionValue(value: DimensionValue): string {
    return typeof value === 'string' ? value : StringParameter.valueForStringParameter(this, value.parameter);
  }

  /** First what is on, worst first; then one graph for each runbook heading. */
  private addDashboard(alarms: ReadonlyMap<AlarmRow, Alarm>): void {
    const entries = [...alarms];
    const severities = Object.keys(alarmTopics) as Severity[];
    const graphs = runbookAnchors.flatMap((anchor) => {
      const shown = entries.filter(([row]) => row.runbook === anchor);
      return shown.length === 0 ? [] : [graphOf(anchor, shown)];
    });
    new Dashboard(this, 'Dashboard', {
      dashboardName: 'huntaze-estate',
      widgets: [
        [new TextWidget({ markdown: '# Huntaze estate\nEvery graph has a heading in docs/runbooks.md.', width: 24 })],
        ...severities.map((severity) => [
          new AlarmStatusWidget({
            title: severity,
            width: 24,
            alarms: entries.filter(([row]) => row.severity === severity).map(([, alarm]) => alarm),
          }),
        ]),
        ...inRowsOf([...graphs, ...hybridGraphs.map(graphOfRow)], 2),
      ],
    });
  }
}

const resourceOf = (construct: IConstruct): CfnResource => {
  const { defaultChild } = construct.node;
  if (defaultChild instanceof CfnResource) return defaultChild;
  throw new Error(`Construct has no resource of its own, got: ${construct.node.path}. Pass a layer-2 construct.`);
};

function graphOf(anchor: RunbookAnchor, entries: readonly (readonly [AlarmRow, Alarm])[]): GraphWidget {
  const thresholds = [...new Set(entries.map(([row]) => row.threshold))];
  return new GraphWidget({
    title: anchor,
    width: 12,
    left: entries.map(([row, alarm]) => (alarm.metric as Metric).with({ label: row.subject.name })),
    leftAnnotations: thresholds.map((value) => ({ value })),
  });
}

const graphOfRow = ({ title, namespace, lines }: GraphRow): GraphWidget =>
  new GraphWidget({
    title,
    width: 12,
    left: lines.map(
      ({ metricName, statistic, periodSeconds, label, dimensions }) =>
        new Metric({
          namespace,
          metricName,
          statistic,
          label,
          period: Duration.seconds(periodSeconds),
          dimensionsMap: { ...dimensions },
        }),
    ),
  });

const inRowsOf = <T>(items: readonly T[], width: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / width) }, (_, row) => items.slice(row * width, (row + 1) * width));
