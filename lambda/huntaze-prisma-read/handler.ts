import { Logger } from '@aws-lambda-powertools/logger';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import { DatabaseError } from 'pg';
import { servicesEnvironment } from '../../lib/estate/environment-services';
import { callLimits } from '../shared/clients';
import { errorName } from '../shared/error-name';
import { beginInvocation } from '../shared/invocation';
import { readSecretText } from '../shared/secret-text';
import { requiredSettings } from '../shared/settings';
import { answer, answers, requestedUserId, type UserReadAnswer, type UserReadEvent } from '../shared/user-read';
import { classify, type Failure, failureStatus } from './database-errors';
import { UserDatabase } from './user-database';

const variable = servicesEnvironment.prismaRead.databaseSecret;
const logger = new Logger({ serviceName: 'huntaze-prisma-read', environment: process.env.NODE_ENV });
const secrets = new SecretsManagerClient(callLimits);
const database = new UserDatabase(async () => {
  const { secretName } = requiredSettings({ secretName: variable }, process.env);
  return readSecretText(secrets, secretName, variable);
});

const errorTexts: Readonly<Record<Failure, string>> = {
  conflict: 'Conflict',
  'not found': 'User not found',
  'bad reference': 'Bad reference',
  unavailable: 'Database unavailable',
  unknown: 'Internal server error',
};

/** Reads a user from the database. Never throws: what goes wrong is the answer's status. */
export async function handler(event: UserReadEvent, context: Context): Promise<UserReadAnswer> {
  beginInvocation(logger, undefined, context);
  const userId = requestedUserId(event);
  if (userId === undefined) return answers.noUserId();
  try {
    const user = await database.findUser(userId);
    return user ? answers.found(user) : answers.notFound();
  } catch (error) {
    const failure = classify(error);
    logger.error('the read failed', { failure, ...described(error) });
    return answer(failureStatus[failure], { error: errorTexts[failure] });
  }
}

/** Messages of PostgreSQL can quote values of a row, and those of the socket name the host: the code says enough. */
function described(error: unknown): Record<string, unknown> {
  const { code, message } = error as Partial<NodeJS.ErrnoException>;
  const own = !(error instanceof DatabaseError) && code === undefined;
  return { reason: errorName(error), code, ...(own ? { detail: message } : {}) };
}
