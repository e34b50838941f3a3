import assert from 'node:assert/strict';
import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { hybridMetrics, probeFunction } from '../../../estate/hybrid';
import { serverError } from '../../ai/azure-openai';
import { endProcesses, runSchedule } from '../functions';
import { until } from '../patience';
import type { Scene, Story } from '../scene';

interface Report {
  readonly rolledBack: boolean;
  readonly missing: readonly string[];
  readonly deployments: readonly {
    readonly tier: string;
    readonly healthy: boolean;
    readonly model?: string;
    readonly failure?: { readonly kind: string; readonly status?: number };
  }[];
}

/** AWS token → Entra token → Azure OpenAI → metrics, with no key anywhere. */
export const azureProbe: Story = {
  title: 'The probe calls Azure OpenAI with a token of its role, and publishes what it measured',
  async tell(scene, fact) {
    const { entra, azure } = scene.platforms;
    const keys: string[] = [];
    const before = { calls: azure.ledger.length, exchanges: entra.exchanges };
    // Whoever tells it again would find the token of the last time in memory.
    await endProcesses(scene.lambda, probeFunction);
    azure.faults = ({ headers }) => {
      if (headers['api-key']) keys.push('api-key');
      return undefined;
    };
    const good = (await runSchedule(scene, probeFunction)) as Report;
    assert.equal(entra.gapClosed, undefined, `the embedded AWS has changed: ${entra.gapClosed}. Drop RehearsedEntra`);
    assert.deepEqual(
      good.deployments.map(({ tier, healthy, model }) => [tier, healthy, model]),
      [
        ['premium', true, 'gpt-4o-2024-11-20'],
        ['standard', true, 'gpt-4o-mini-2024-07-18'],
      ],
      `the probe did not reach both deployments: ${JSON.stringify(good)}`,
    );
    const calls = azure.ledger.length - before.calls;
    assert.deepEqual([calls, keys], [2, []], `two deployments were called ${calls} times, with ${keys.length} keys`);
    const exchanges = entra.exchanges - before.exchanges;
    assert.equal(exchanges, 1, `two calls at the same time made ${exchanges} token exchanges instead of 1`);
    fact('premium gpt-4o-2024-11-20 and standard gpt-4o-mini-2024-07-18 answered; 1 token exchange, 0 keys');
    fact(
      'not proven here: the embedded AWS signs with HS256 and names no role; test/migration proves RS256 and subject',
    );

    const published = await until('the metrics are in the log', () => metricsOf(scene));
    fact(`${hybridMetrics.namespace}: ${published.join(', ')}`);

    azure.faults = () => ({ kind: 'answer', reply: serverError() });
    const bad = (await runSchedule(scene, probeFunction)) as Report;
    azure.faults = () => undefined;
    assert.deepEqual(
      bad.deployments.map(({ healthy, failure }) => [healthy, failure?.kind, failure?.status]),
      [
        [false, 'unavailable', 503],
        [false, 'unavailable', 503],
      ],
      `the probe did not say that Azure is away: ${JSON.stringify(bad)}`,
    );
    fact('Azure answers 503: both reported unhealthy, and the function itself does not fail');
  },
};

/** Metrics that every good probe has; undefined as long as one is missing. */
async function metricsOf({ logs }: Scene): Promise<string[] | undefined> {
  const wanted = [
    hybridMetrics.latency,
    hybridMetrics.success,
    hybridMetrics.totalTokens,
    hybridMetrics.cost,
    hybridMetrics.deploymentHealth,
    hybridMetrics.rolloutPercentage,
  ];
  const seen = new Set<string>();
  const pages = paginateFilterLogEvents({ client: logs }, { logGroupName: `/aws/lambda/${probeFunction}` });
  for await (const { events = [] } of pages) {
    for (const { message = '' } of events) {
      for (const name of wanted) if (message.includes('_aws') && message.includes(`"${name}":`)) seen.add(name);
    }
  }
  return seen.size === wanted.length ? wanted : undefined;
}
