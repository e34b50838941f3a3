import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import { publishingEnvironment } from '../../lib/estate/environment-publishing';
import { callLimits, documentClient } from '../shared/clients';
import { beginInvocation, metricsNamespace } from '../shared/invocation';
import { describe } from '../shared/publishing/failures';
import { publisherPlatforms } from '../shared/publishing/post';
import { readSecretText } from '../shared/secret-text';
import { putRefreshEvent } from './analytics';
import { readConfiguration } from './configuration';
import { type Provider, type ProviderRules, providerRules } from './providers';
import { type ProviderCounts, refreshProvider } from './refresh';
import { TokensTable } from './tokens-table';

/** Time kept for the events and the answer. */
const reserveMs = 5_000;

export interface RefreshEvent {
  /** @default all of them */
  readonly providers?: readonly string[];
  readonly id?: string;
}

export interface RefreshReport extends ProviderCounts {
  readonly providers: Partial<Record<Provider, ProviderCounts>>;
}

const serviceName = 'oauth-refresh';
const logger = new Logger({ serviceName });
const metrics = new Metrics({ namespace: metricsNamespace, serviceName });
const dynamo = documentClient();
const secrets = new SecretsManagerClient(callLimits);

/**
 * Refreshes the tokens of the providers that the rule names, each provider on its own.
 *
 * @throws Error on an unknown provider, a missing setting, and when nothing could be done for any provider, so that
 * Lambda tries again and then hands the event to the dead-letter queue.
 */
export async function handler(event: RefreshEvent | undefined, context: Context): Promise<RefreshReport> {
  const runId = beginInvocation(logger, event, context);
  const providers = providersOf(event);
  const configuration = readConfiguration(process.env);
  const { redditCredentialsSecret: reddit, tiktokCredentialsSecret: tiktok } = publishingEnvironment.oauthRefresh;
  const rules = providerRules(configuration, { reddit, tiktok });
  await sleep(Math.random() * configuration.startJitterSeconds * 1000);

  const table = new TokensTable(dynamo, configuration.tokensTable, Date.now);
  const results = await Promise.all(
    providers.map(async (provider) => {
      const counts = await refreshProvider(provider, {
        table,
        rules: rules[provider],
        readCredentials: () => readCredentials(rules[provider]),
        remainingMs: () => context.getRemainingTimeInMillis() - reserveMs,
        now: Date.now,
        logger,
      });
      await report(provider, counts, { analyticsTable: configuration.analyticsTable, runId });
      return [provider, counts] as const;
    }),
  );
  metrics.publishStoredMetrics();
  if (results.every(([, { error }]) => error)) {
    throw new Error(
      `No provider's tokens could be refreshed, got: ${results.map(([name, { error }]) => `${name}: ${error}`).join('; ')}.`,
    );
  }
  return { ...sum(results.map(([, counts]) => counts)), providers: Object.fromEntries(results) };
}

function providersOf(event: RefreshEvent | undefined): Provider[] {
  const asked: readonly string[] = event?.providers ?? publisherPlatforms;
  const unknown = asked.filter((name) => !publisherPlatforms.some((platform) => platform === name));
  if (unknown.length > 0 || asked.length === 0) {
    throw new Error(
      `A run refreshes some of ${publisherPlatforms.join(', ')}, got: ${unknown.join(', ') || 'none'}. ` +
        'Correct the payload of the rule.',
    );
  }
  return publisherPlatforms.filter((platform) => asked.includes(platform));
}

async function readCredentials({ secret }: ProviderRules): Promise<unknown> {
  if (!secret) return undefined;
  const { name, variable } = secret;
  if (!name) throw new Error(`The name of a secret is missing, got nothing in ${variable}. Set it on the function.`);
  const text = await readSecretText(secrets, name, variable);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error(`The secret that ${variable} names must hold JSON, got: other text. Write it as an object.`);
  }
}

async function report(
  provider: Provider,
  counts: ProviderCounts,
  { analyticsTable, runId }: { analyticsTable?: string; runId: string },
): Promise<void> {
  logger[counts.error || counts.failed > 0 ? 'error' : 'info']('refreshed tokens', { provider, ...counts });
  metrics.addMetric('TokensRefreshed', MetricUnit.Count, counts.refreshed);
  metrics.addMetric('TokensFailed', MetricUnit.Count, counts.failed + (counts.error ? 1 : 0));
  if (!analyticsTable) return;
  try {
    await putRefreshEvent(dynamo, analyticsTable, { provider, runId, at: new Date(), counts });
  } catch (error) {
    logger.warn('the event of a run is not stored', { provider, reason: describe(error) });
  }
}

function sum(all: readonly ProviderCounts[]): Omit<ProviderCounts, 'error'> {
  const total = (name: Exclude<keyof ProviderCounts, 'error'>): number =>
    all.reduce((figure, counts) => figure + counts[name], 0);
  return {
    due: total('due'),
    refreshed: total('refreshed'),
    overtaken: total('overtaken'),
    skipped: total('skipped'),
    failed: total('failed'),
    postponed: total('postponed'),
  };
}
