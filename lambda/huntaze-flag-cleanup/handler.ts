import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { AppConfigClient } from '@aws-sdk/client-appconfig';
import type { Context } from 'aws-lambda';
import { servicesEnvironment } from '../../lib/estate/environment-services';
import { callLimits } from '../shared/clients';
import { errorName } from '../shared/error-name';
import { flagNames } from '../shared/flags/flag-names';
import { beginInvocation, metricsNamespace } from '../shared/invocation';
import { requiredSettings } from '../shared/settings';
import { FlagsProfile } from './flags-profile';
import { turnOff } from './turn-off';

export interface CleanupAnswer {
  readonly statusCode: 200 | 500;
  /** JSON: `outcome`, `versionNumber` and `deploymentNumber`, or `error`. */
  readonly body: string;
}

const { nodeEnvironment: _, ...variables } = servicesEnvironment.flagCleanup;
const serviceName = 'huntaze-flag-cleanup';
const logger = new Logger({ serviceName, environment: process.env.NODE_ENV });
const metrics = new Metrics({ namespace: metricsNamespace, serviceName });
const client = new AppConfigClient(callLimits);

/**
 * Turns the flag `prismaAdapter` off, unless it is off.
 *
 * Never throws, as before: a failure is a 500, which nobody reads on a schedule. So it is counted as `CleanupFailures`, and
 * the next run tries again.
 */
export async function handler(event: { readonly id?: string } | undefined, context: Context): Promise<CleanupAnswer> {
  beginInvocation(logger, event, context);
  const flag = flagNames.prismaAdapter;
  try {
    const result = await turnOff(flag, new FlagsProfile(client, requiredSettings(variables, process.env)));
    logger.info('cleaned up', { flag, ...result });
    return { statusCode: 200, body: JSON.stringify(result) };
  } catch (error) {
    // Neither AppConfig nor this function puts anything of a secret kind into its messages: they hold ids.
    const detail = error instanceof Error ? error.message : String(error);
    logger.error('the clean-up failed', { flag, reason: errorName(error), detail });
    metrics.addMetric('CleanupFailures', MetricUnit.Count, 1);
    metrics.publishStoredMetrics();
    return { statusCode: 500, body: JSON.stringify({ error: detail }) };
  }
}
