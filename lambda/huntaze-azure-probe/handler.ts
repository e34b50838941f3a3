import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { probeFunction } from '../../lib/estate/hybrid';
import { hybridClient } from '../../lib/hybrid';
import { powertoolsMeter } from '../../lib/hybrid/meter';
import { beginInvocation } from '../shared/invocation';
import { type ProbeReport, probe } from './probe';

const logger = new Logger({ serviceName: probeFunction });
const meter = powertoolsMeter(probeFunction);
const client = hybridClient({
  caller: probeFunction,
  meter,
  onTrouble: (what, error) => logger.warn(what, { reason: error instanceof Error ? error.name : 'unknown' }),
});

/**
 * Asks each deployment of Azure OpenAI one tiny question, with the role's own token and no key, and publishes what came
 * of it. A deployment that does not answer is a metric and no error: the run did its work.
 *
 * @throws when Azure is switched on and its settings are not complete, or not valid
 */
export async function handler(event: { readonly id?: string } | undefined, context: Context): Promise<ProbeReport> {
  beginInvocation(logger, event, context);
  const report = await probe(client, meter);
  logger.info('probed', { ...report });
  return report;
}
