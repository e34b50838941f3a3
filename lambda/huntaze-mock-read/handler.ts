import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { AppConfigDataClient } from '@aws-sdk/client-appconfigdata';
import { LambdaClient } from '@aws-sdk/client-lambda';
import type { Context } from 'aws-lambda';
import { servicesEnvironment } from '../../lib/estate/environment-services';
import { errorName } from '../shared/error-name';
import { FeatureFlags } from '../shared/flags/feature-flags';
import { flagNames } from '../shared/flags/flag-names';
import { beginInvocation, metricsNamespace } from '../shared/invocation';
import { requiredSettings } from '../shared/settings';
import { answers, requestedUserId, type UserReadAnswer, type UserReadEvent } from '../shared/user-read';
import { annotate } from './annotations';
import { askCandidate, type CandidateAnswer } from './candidate';
import { readMockUser } from './mock-users';
import {
  compareWithCandidate,
  isShadowRequest,
  requestShadow,
  type ShadowReport,
  type ShadowRequest,
  shadowLimits,
} from './shadow';

/** Milliseconds left for the answer when the candidate is cut off. */
const abortBeforeTimeout = 1_000;

const serviceName = 'huntaze-mock-read';
const logger = new Logger({ serviceName, environment: process.env.NODE_ENV });
const metrics = new Metrics({ namespace: metricsNamespace, serviceName });
const tracer = new Tracer({ serviceName });
const { applicationId, environmentId, profileId, candidateFunctionArn } = servicesEnvironment.mockRead;
const settings = requiredSettings({ applicationId, environmentId, profileId, candidateFunctionArn }, process.env);
// Flags stand between a caller and its answer: better the last known ones than a wait.
const flags = new FeatureFlags(
  new AppConfigDataClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 500, requestTimeout: 1_000, throwOnRequestTimeout: true },
  }),
  settings,
);
/** One attempt each: the deadlines leave no room for more, and a repeated invocation would run the candidate twice. */
const lambda = new LambdaClient({ maxAttempts: 1 });

/**
 * Answers a read: the candidate function's answer when the flag is on, else that of the in-memory users, followed by a
 * comparison with the candidate in an invocation of its own.
 *
 * Never throws: what goes wrong is a 500.
 */
export async function handler(
  event: UserReadEvent | ShadowRequest,
  context: Context,
): Promise<UserReadAnswer | CandidateAnswer | ShadowReport['outcome']> {
  const correlationId = beginInvocation(
    logger,
    isShadowRequest(event) ? { id: event.correlationId } : undefined,
    context,
  );
  if (isShadowRequest(event)) return runShadow(event);
  try {
    return await read(event, correlationId, context);
  } catch (error) {
    logger.error('the read failed', { reason: errorName(error) });
    return answers.failed();
  }
}

async function read(
  event: UserReadEvent,
  correlationId: string,
  context: Context,
): Promise<UserReadAnswer | CandidateAnswer> {
  const userId = requestedUserId(event);
  if (userId === undefined) return answers.noUserId();
  const canary = await isCanary();
  annotate(tracer, { canary, path: canary ? 'prisma' : 'mock', userId });
  if (canary) {
    const left = context.getRemainingTimeInMillis() - abortBeforeTimeout;
    return askCandidate(lambda, settings.candidateFunctionArn, event, {
      deadline: AbortSignal.timeout(Math.max(1, left)),
    });
  }

  const answered = readMockUser(userId);
  await requestShadow(lambda, context.invokedFunctionArn, { event, answered, correlationId }).catch(
    (error: unknown) => {
      logger.warn('the comparison was not handed over', { reason: errorName(error) });
      metrics.addMetric('ShadowNotHandedOver', MetricUnit.Count, 1);
      metrics.publishStoredMetrics();
    },
  );
  return answered;
}

/** Off while the flags cannot be had at all: the in-memory users need nothing that could be missing. */
async function isCanary(): Promise<boolean> {
  try {
    return await flags.isEnabled(flagNames.prismaAdapter);
  } catch (error) {
    logger.warn('the flags cannot be read, so all are off', { reason: errorName(error) });
    return false;
  }
}

async function runShadow(request: ShadowRequest): Promise<ShadowReport['outcome']> {
  const { error, ...report } = await compareWithCandidate(lambda, settings.candidateFunctionArn, request);
  const detail = error === undefined ? report : { ...report, reason: errorName(error) };
  if (report.outcome === 'same' && report.took <= shadowLimits.slow) logger.info('shadow comparison', detail);
  else logger.warn('shadow comparison', { ...detail, slow: report.took > shadowLimits.slow });
  metrics.addMetric(
    `Shadow${report.outcome === 'same' ? 'Same' : report.outcome === 'different' ? 'Different' : 'Failed'}`,
    MetricUnit.Count,
    1,
  );
  metrics.publishStoredMetrics();
  return report.outcome;
}
