/**
 * One structured error line of a Lambda@Edge function, with CloudFront's request id as correlation id.
 *
 * Only the error's name is written: the messages of a token library can quote parts of the token. The Powertools logger
 * is left out here because an edge function has no environment variables to steer it and pays for its size at each
 * location.
 */
export function logEdgeError(service: string, requestId: string, message: string, error: unknown): void {
  console.error(
    JSON.stringify({
      level: 'ERROR',
      service,
      correlation_id: requestId,
      message,
      error: error instanceof Error ? error.name : typeof error,
    }),
  );
}
