import { Logger } from '@aws-lambda-powertools/logger';
import { FetchError, JwksValidationError, JwkValidationError, JwtBaseError } from 'aws-jwt-verify/error';
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent, Context } from 'aws-lambda';
import { servicesEnvironment } from '../../lib/estate/environment-services';
import { errorName } from '../shared/error-name';
import { beginInvocation } from '../shared/invocation';
import { requiredSettings } from '../shared/settings';
import { createAuthorizer, MissingTokenError } from './authorizer';

const logger = new Logger({ serviceName: 'huntaze-jwt-authorizer' });
/** Made at load, so that a missing variable fails the deployment's first start and not a caller. */
const authorize = createAuthorizer(requiredSettings(servicesEnvironment.jwtAuthorizer, process.env));

/**
 * REQUEST authorizer of API Gateway: allows the called method to whoever holds a token of the pool's client.
 * @throws Error with the message `Unauthorized` for everything else: the only one that API Gateway turns into a 401.
 */
export async function handler(
  event: APIGatewayRequestAuthorizerEvent,
  context: Context,
): Promise<APIGatewayAuthorizerResult> {
  beginInvocation(logger, { id: event.requestContext?.requestId }, context);
  try {
    return await authorize(event);
  } catch (error) {
    if (isTheTokensFault(error)) logger.info('refused', { reason: errorName(error) });
    else logger.error('could not verify', { reason: errorName(error) });
    throw new Error('Unauthorized');
  }
}

function isTheTokensFault(error: unknown): boolean {
  const keySetErrors = [FetchError, JwksValidationError, JwkValidationError];
  return (
    error instanceof MissingTokenError ||
    (error instanceof JwtBaseError && !keySetErrors.some((type) => error instanceof type))
  );
}
