import { readMessage } from '../../../../lambda/huntaze-rate-limiter/message';
import { limit, type RateLimiterParts } from '../../../../lambda/huntaze-rate-limiter/rate-limiter';
import type { Decision } from '../../../../lambda/huntaze-rate-limiter/token-buckets';
import { recordOf } from './records';

const message = readMessage(recordOf('{"userId":"u"}'));

function partsThat(
  decide: Decision,
  failures: { send?: Error; complete?: Error; release?: Error; again?: Error } = {},
) {
  const calls: unknown[][] = [];
  const log = (level: string) => (text: unknown) => {
    calls.push([level, text]);
  };
  const step =
    (name: string, failure?: Error) =>
    async (...values: unknown[]): Promise<void> => {
      calls.push([name, ...values]);
      if (failure) throw failure;
    };
  const parts: RateLimiterParts = {
    buckets: {
      take: async () => {
        calls.push(['take']);
        return decide;
      },
      complete: step('complete', failures.complete),
      release: step('release', failures.release),
    },
    send: step('send', failures.send),
    sendAgain: step('sendAgain', failures.again),
    logger: { warn: log('warn'), error: log('error') },
  };
  return { calls, parts, names: () => calls.map(([name]) => name) };
}

test('a granted message is sent, then marked', async () => {
  const { parts, names } = partsThat({ kind: 'granted' });
  expect(await limit(message, 'run', parts)).toEqual({ kind: 'sent' });
  expect(names()).toEqual(['take', 'send', 'complete']);
});

test('a copy of a message that had its effect has none', async () => {
  const { parts, names } = partsThat({ kind: 'done' });
  expect(await limit(message, 'run', parts)).toEqual({ kind: 'duplicate' });
  expect(names()).toEqual(['take']);
});

test.each([
  ['by the global line', 'global', 5_001, 6, ['global']],
  ['by the user line', 'user', 1, 1, ['user']],
  ['while another run holds it', undefined, 60_000, 60, []],
] as const)(
  'a refused message goes back to the queue before it is acknowledged: %s',
  async (_, line, milliseconds, seconds, waited) => {
    const { parts, calls } = partsThat({ kind: 'wait', milliseconds, turnAt: 77, line });
    expect(await limit(message, 'run', parts)).toEqual({ kind: 'deferred', seconds });
    expect(calls).toEqual([
      ['take'],
      ['sendAgain', message, { ...message.journey, attempt: 1, turnAt: 77, waited }, seconds],
    ]);
  },
);

test('lines add up over the journey, each once', async () => {
  const back = { ...message, journey: { ...message.journey, attempt: 4, waited: ['user' as const] } };
  for (const line of ['global', 'user'] as const) {
    const { parts, calls } = partsThat({ kind: 'wait', milliseconds: 1_000, turnAt: 1, line });
    await limit(back, 'run', parts);
    const [, , journey] = calls[1] ?? [];
    expect(journey).toMatchObject({ attempt: 5, waited: line === 'global' ? ['user', 'global'] : ['user'] });
  }
});

describe('throws, so that SQS shows the message again, when', () => {
  test('the message could not be put back', async () => {
    const { parts } = partsThat(
      { kind: 'wait', milliseconds: 1, turnAt: 1, line: 'global' },
      { again: new Error('SQS') },
    );
    await expect(limit(message, 'run', parts)).rejects.toThrow('SQS');
  });

  test('the sender failed; the next run may try at once', async () => {
    const { parts, calls, names } = partsThat({ kind: 'granted' }, { send: new Error('platform') });
    await expect(limit(message, 'run', parts)).rejects.toThrow('platform');
    expect(names()).toEqual(['take', 'send', 'release']);
    expect(calls.at(-1)).toEqual(['release', 'message-1', 'run:message-1']);
  });

  test('the sender failed and Redis with it', async () => {
    const { parts, names } = partsThat(
      { kind: 'granted' },
      { send: new Error('platform'), release: new Error('Redis') },
    );
    await expect(limit(message, 'run', parts)).rejects.toThrow('platform');
    expect(names()).toEqual(['take', 'send', 'release', 'warn']);
  });
});

test('a message that was sent is acknowledged even if it cannot be marked', async () => {
  const { parts, names } = partsThat({ kind: 'granted' }, { complete: new Error('Redis') });
  expect(await limit(message, 'run', parts)).toEqual({ kind: 'sent' });
  expect(names()).toEqual(['take', 'send', 'complete', 'error']);
});
