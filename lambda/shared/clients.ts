import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * Limits of every AWS call of a function with a 30 s timeout: at worst three attempts of 3 s each.
 * The SDK's own default waits for an answer without end, so one lost packet would use up the whole invocation.
 */
export const callLimits = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
} as const;

export function documentClient(): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient(callLimits), {
    marshallOptions: { removeUndefinedValues: true },
  });
}
