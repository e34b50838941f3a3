import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { orAbsent } from '../../audit/clients';
import { compact, type JsonObject } from '../json';
import { nameIn, pick, type Reader } from './reader';

export const queue: Reader = async ({ sqs }, wanted) => {
  const name = nameIn(wanted, 'QueueName');
  if (name === undefined) return undefined;
  const address = await orAbsent(
    sqs.send(new GetQueueUrlCommand({ QueueName: name })),
    'QueueDoesNotExist',
    'AWS.SimpleQueueService.NonExistentQueue',
  );
  const url = address?.QueueUrl;
  if (url === undefined) return undefined;
  const { Attributes: attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  return {
    identifier: { QueueUrl: url },
    ref: url,
    attributes: { Arn: attributes.QueueArn ?? '', QueueName: name, QueueUrl: url },
    createdAt: new Date(Number(attributes.CreatedTimestamp) * 1000),
    properties: { QueueName: name, ...queueSettings(attributes) },
  };
};

function queueSettings(attributes: Readonly<Record<string, string>>): JsonObject {
  const number = (name: string) => (attributes[name] === undefined ? undefined : Number(attributes[name]));
  const flag = (name: string) => (attributes[name] === undefined ? undefined : attributes[name] === 'true');
  const redrive = attributes.RedrivePolicy ? JSON.parse(attributes.RedrivePolicy) : undefined;
  return compact({
    DelaySeconds: number('DelaySeconds'),
    MaximumMessageSize: number('MaximumMessageSize'),
    MessageRetentionPeriod: number('MessageRetentionPeriod'),
    ReceiveMessageWaitTimeSeconds: number('ReceiveMessageWaitTimeSeconds'),
    VisibilityTimeout: number('VisibilityTimeout'),
    FifoQueue: flag('FifoQueue'),
    ContentBasedDeduplication: flag('ContentBasedDeduplication'),
    DeduplicationScope: attributes.DeduplicationScope,
    FifoThroughputLimit: attributes.FifoThroughputLimit,
    SqsManagedSseEnabled: flag('SqsManagedSseEnabled'),
    KmsMasterKeyId: attributes.KmsMasterKeyId,
    KmsDataKeyReusePeriodSeconds: number('KmsDataKeyReusePeriodSeconds'),
    RedrivePolicy: redrive && {
      deadLetterTargetArn: redrive.deadLetterTargetArn,
      maxReceiveCount: Number(redrive.maxReceiveCount),
    },
  });
}

/** The policy of a queue. CloudFormation imports no queue policy: it is read so that no statement of it is lost unseen. */
export const queuePolicy: Reader = async ({ sqs }, { properties }) => {
  const [url] = Array.isArray(properties.Queues) ? properties.Queues : [];
  if (typeof url !== 'string' || !/^https?:\/\//.test(url)) return undefined;
  const answer = await orAbsent(
    sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['Policy'] })),
    'QueueDoesNotExist',
    'AWS.SimpleQueueService.NonExistentQueue',
  );
  const policy = answer?.Attributes?.Policy;
  if (policy === undefined || policy === '') return undefined;
  return { identifier: {}, ref: url, properties: { Queues: [url], PolicyDocument: JSON.parse(policy) } };
};

export const topic: Reader = async ({ sns }, wanted) => {
  const name = nameIn(wanted, 'TopicName');
  if (name === undefined) return undefined;
  const arn = `arn:aws:sns:${wanted.region}:${wanted.account}:${name}`;
  const answer = await orAbsent(
    sns.send(new GetTopicAttributesCommand({ TopicArn: arn })),
    'NotFoundException',
    'NotFound',
  );
  if (answer?.Attributes === undefined) return undefined;
  const { KmsMasterKeyId, DisplayName } = answer.Attributes;
  return {
    identifier: { TopicArn: arn },
    ref: arn,
    attributes: { TopicArn: arn, TopicName: name },
    properties: compact({ TopicName: name, KmsMasterKeyId, DisplayName: DisplayName || undefined }),
  };
};

export const alarm: Reader = async ({ cloudWatch }, wanted) => {
  const name = nameIn(wanted, 'AlarmName');
  if (name === undefined) return undefined;
  const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
  const [found] = MetricAlarms;
  if (found === undefined) return undefined;
  return {
    identifier: { AlarmName: name },
    ref: name,
    attributes: { Arn: found.AlarmArn ?? '' },
    properties: pick(found, [
      'AlarmName',
      'AlarmDescription',
      'ActionsEnabled',
      'OKActions',
      'AlarmActions',
      'InsufficientDataActions',
      'MetricName',
      'Namespace',
      'Statistic',
      'ExtendedStatistic',
      'Dimensions',
      'Period',
      'Unit',
      'EvaluationPeriods',
      'DatapointsToAlarm',
      'Threshold',
      'ComparisonOperator',
      'TreatMissingData',
      'Metrics',
    ]),
  };
};
