import { CloudFormationClient, GetStackPolicyCommand, SetStackPolicyCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { stackPolicyGuard } from '../../../../lib/consolidate/aws/deploy-guard';
import { cloudWatchTelemetry } from '../../../../lib/consolidate/aws/telemetry';
import { pinnedLogicalId } from '../../../../lib/constructs/stateful';
import { consolidationAlarms } from '../../../../lib/estate/alarms';
import { consolidationMetrics, pinnedDatabaseIds } from '../../../../lib/estate/consolidation';
import { databases } from '../../../../lib/estate/databases';
import { forbiddingPolicy, protectingPolicy } from '../../../../lib/estate/stack-policy';
import { settingsWith } from '../../../support/estate';

describe('the guard of the data stack', () => {
  const cloudFormation = mockClient(CloudFormationClient);
  let policy: string | undefined;
  beforeEach(() => {
    policy = undefined;
    cloudFormation.reset();
    cloudFormation.on(SetStackPolicyCommand).callsFake(({ StackPolicyBody }) => {
      policy = StackPolicyBody;
      return {};
    });
    cloudFormation.on(GetStackPolicyCommand).callsFake(() => ({ StackPolicyBody: policy }));
  });
  const guard = () => stackPolicyGuard(new CloudFormationClient({ region: 'us-east-1' }));

  test('forbids every update, and admits them again with both instances protected', async () => {
    expect(await guard().state()).toBe('admitted');
    await guard().forbid();
    expect(JSON.parse(policy ?? '')).toEqual({
      Statement: [{ Effect: 'Deny', Action: 'Update:*', Principal: '*', Resource: '*' }],
    });
    expect(await guard().state()).toBe('forbidden');
    await guard().admit();
    expect(await guard().state()).toBe('admitted');
    expect(JSON.parse(policy ?? '')).toEqual(protectingPolicy);
  });

  test('a policy that does not hold is an error', async () => {
    cloudFormation.on(GetStackPolicyCommand).resolves({ StackPolicyBody: '{"Statement":[]}' });
    await expect(guard().forbid()).rejects.toThrow('was set and does not hold');
  });

  test('both policies name the instances by the logical ids of the template', () => {
    expect(databases.map(({ name }) => pinnedLogicalId('Database', name))).toEqual([...pinnedDatabaseIds]);
    expect(protectingPolicy.Statement[1]).toMatchObject({
      Effect: 'Deny',
      Action: ['Update:Replace', 'Update:Delete'],
      Resource: pinnedDatabaseIds.map((id) => `LogicalResourceId/${id}`),
    });
    expect(forbiddingPolicy.Statement).toHaveLength(1);
  });
});

describe('telemetry', () => {
  const cloudWatch = mockClient(CloudWatchClient);
  const reading = { heartbeatAgeSeconds: 3, lagBytes: 4096 };
  beforeEach(() => cloudWatch.reset());

  test('reports what the alarm watches: the same namespace, name and dimension', async () => {
    cloudWatch.on(PutMetricDataCommand).resolves({});
    await cloudWatchTelemetry(new CloudWatchClient({ region: 'us-east-1' }))(reading);
    const alarm = consolidationAlarms(settingsWith({ consolidationPhase: 'replicate' })).find(({ name }) =>
      name.endsWith('heartbeat-age'),
    );
    const { Namespace, MetricData = [] } = cloudWatch.call(0).args[0].input as PutMetricDataCommand['input'];
    expect(Namespace).toBe(alarm?.metric.namespace);
    expect(MetricData[0]).toEqual({
      MetricName: alarm?.metric.metricName,
      Dimensions: Object.entries(alarm?.metric.dimensions ?? {}).map(([Name, Value]) => ({ Name, Value })),
      Unit: 'Seconds',
      Value: 3,
    });
    expect(MetricData[1]).toMatchObject({ MetricName: consolidationMetrics.lag, Unit: 'Bytes', Value: 4096 });
  });

  test('a refusal is told and does not stop the run', async () => {
    cloudWatch.on(PutMetricDataCommand).rejects(new Error('throttled'));
    const failed: unknown[] = [];
    await cloudWatchTelemetry(new CloudWatchClient({ region: 'us-east-1' }), (error) => failed.push(error))(reading);
    expect(failed).toEqual([expect.objectContaining({ message: 'throttled' })]);
  });
});
