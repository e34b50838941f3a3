import type { Context } from 'aws-lambda';

/** A Lambda context with so much time left at each look; the last figure stays. */
export function contextWith(...remainingMs: number[]): Context {
  const figures = [...remainingMs];
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'function-under-test',
    functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:function-under-test',
    memoryLimitInMB: '256',
    awsRequestId: 'request-1',
    logGroupName: '/aws/lambda/function-under-test',
    logStreamName: 'stream',
    getRemainingTimeInMillis: () => (figures.length > 1 ? (figures.shift() ?? 0) : (figures[0] ?? 30_000)),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}

/** Catches all that a handler writes, from the logger's own console as from the global one. */
export function captureOutput(): { text(): string; lines(): Record<string, unknown>[]; restore(): void } {
  const parts: string[] = [];
  const write = (chunk: unknown): boolean => {
    parts.push(String(chunk));
    return true;
  };
  const print = (...values: unknown[]): void => {
    parts.push(`${values.join(' ')}\n`);
  };
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation(write),
    jest.spyOn(process.stderr, 'write').mockImplementation(write),
    ...(['log', 'info', 'warn', 'error', 'debug'] as const).map((method) =>
      jest.spyOn(console, method).mockImplementation(print),
    ),
  ];
  const text = (): string => parts.join('');
  return {
    text,
    lines: () =>
      text()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    restore: () => {
      for (const spy of spies) spy.mockRestore();
    },
  };
}
