import { AnswerInterrupted, NoProviderAnswered, ProviderError } from '../../lib/hybrid';
import type { Fault } from '../../lib/rehearsal/ai/ai-server';
import { contentFiltered, serverError, throttled } from '../../lib/rehearsal/ai/azure-openai';
import { inWorld } from './world';

// Simulated time costs real time on a busy machine; nothing here depends on how much.
jest.setTimeout(120_000);

const request = {
  tier: 'premium',
  subject: 'user-1',
  messages: [{ role: 'user', content: 'How do I price a bundle?' }],
} as const;
const answer = 'You said: How do I price a bundle?';

test(
  'a healthy Azure answers, with a token and no key',
  inWorld(async ({ time, makeCaller, entra, azure }) => {
    const { client, notes } = makeCaller();
    const seen: (string | undefined)[] = [];
    azure.faults = ({ headers }) => {
      seen.push(headers.authorization?.slice(0, 7), headers['api-key'] as string | undefined);
      return undefined;
    };
    expect(await time.until(client.complete(request))).toMatchObject({
      text: answer,
      provider: 'azure',
      finishReason: 'stop',
      model: 'gpt-4o-2024-11-20',
    });
    expect(seen).toEqual(['Bearer ', undefined]);
    expect(entra.exchanges).toBe(1);
    expect(notes.calls).toEqual([{ provider: 'azure', tier: 'premium', failed: false }]);
  }),
);

describe('fallback within 5 s', () => {
  test.each<[string, Fault]>([
    ['does not answer at all', { kind: 'hang' }],
    ['closes every connection', { kind: 'refuse' }],
    ['answers 500', { kind: 'answer', reply: serverError(500) }],
    ['answers 503', { kind: 'answer', reply: serverError(503) }],
    ['is throttled for a minute', { kind: 'answer', reply: throttled(60) }],
    ['is throttled for a second, again and again', { kind: 'answer', reply: throttled(1) }],
    ['takes 8 s to the first byte', { kind: 'slow', first: 8000, between: 0 }],
    ['cuts every answer', { kind: 'cut', pieces: 3 }],
    [
      'has no such deployment any more',
      { kind: 'answer', reply: { status: 404, body: { error: { code: 'DeploymentNotFound' } } } },
    ],
    [
      'has given the quota away',
      { kind: 'answer', reply: { status: 403, body: { error: { code: 'insufficient_quota' } } } },
    ],
  ])('Azure %s', (_, fault) =>
    inWorld(async ({ time, makeCaller, azure, gemini, openai, claude }) => {
      azure.faults = () => fault;
      const { client, notes } = makeCaller();
      const begun = time.now();
      expect(await time.until(client.complete(request))).toMatchObject({ text: answer, provider: 'gemini' });
      expect(time.now() - begun).toBeLessThanOrEqual(5000);
      expect(notes.fallbacks).toBe(1);
      expect([gemini, openai, claude].map(({ ledger }) => ledger.length)).toEqual([1, 0, 0]);
    })(),
  );

  test(
    'Entra gives no token',
    inWorld(async ({ time, makeCaller, entra }) => {
      entra.faults = () => ({ kind: 'hang' });
      const begun = time.now();
      expect(await time.until(makeCaller().client.complete(request))).toMatchObject({ provider: 'gemini' });
      expect(time.now() - begun).toBeLessThanOrEqual(5000);
    }),
  );

  test(
    'the role is not trusted',
    inWorld(async ({ time, makeCaller, azure }) => {
      const { client } = makeCaller('arn:aws:iam::317805897534:role/somebody-else');
      const begun = time.now();
      expect(await time.until(client.complete(request))).toMatchObject({ provider: 'gemini' });
      expect(time.now() - begun).toBeLessThanOrEqual(5000);
      expect(azure.ledger).toEqual([]);
    }),
  );

  test(
    'in the order of the setting, each hop within 5 s',
    inWorld(async ({ time, makeCaller, store, azure, claude, gemini }) => {
      store.set('fallbackOrder', 'claude,gemini,openai');
      for (const server of [azure, claude, gemini]) server.faults = () => ({ kind: 'hang' });
      const begun = time.now();
      expect(await time.until(makeCaller().client.complete(request))).toMatchObject({ provider: 'openai' });
      expect(time.now() - begun).toBeLessThanOrEqual(15_000);
    }),
  );

  test(
    'an answer that is long but under way is left to end',
    inWorld(async ({ time, makeCaller, azure }) => {
      azure.faults = () => ({ kind: 'slow', first: 900, between: 2500 });
      const begun = time.now();
      expect(await time.until(makeCaller().client.complete(request))).toMatchObject({
        text: answer,
        provider: 'azure',
      });
      expect(time.now() - begun).toBeGreaterThan(5000);
    }),
  );

  test(
    'an answer that has not ended after 30 s is given up',
    inWorld(async ({ time, makeCaller, azure }) => {
      azure.faults = () => ({ kind: 'slow', first: 900, between: 20_000 });
      const begun = time.now();
      expect(await time.until(makeCaller().client.complete(request))).toMatchObject({
        text: answer,
        provider: 'gemini',
      });
      expect(time.now() - begun).toBe(30_000);
    }),
  );

  test(
    'nobody answers: the error names everybody, and nothing that was asked',
    inWorld(async ({ time, makeCaller, azure, gemini, openai, claude }) => {
      for (const server of [azure, gemini, openai, claude])
        server.faults = () => ({ kind: 'answer', reply: serverError() });
      const error = await time.until(
        makeCaller()
          .client.complete(request)
          .catch((caught: unknown) => caught),
      );
      expect(error).toBeInstanceOf(NoProviderAnswered);
      expect((error as Error).message).toMatch(/azure .* gemini .* openai .* claude /s);
      expect(JSON.stringify(error) + (error as Error).stack).not.toContain('bundle');
    }),
  );
});

describe('retries', () => {
  test(
    'a 429 with Retry-After is tried again after just that long',
    inWorld(async ({ time, makeCaller, azure }) => {
      let left = 1;
      azure.faults = () => {
        left -= 1;
        return left >= 0 ? { kind: 'answer', reply: throttled(3) } : undefined;
      };
      const { client, notes } = makeCaller();
      const begun = time.now();
      expect(await time.until(client.complete(request))).toMatchObject({ provider: 'azure' });
      expect(time.now() - begun).toBe(3000);
      expect(notes.attempts.map(({ outcome }) => outcome)).toEqual(['throttled', 'answered']);
    }),
  );

  test(
    'the last provider is tried three times more, each time twice as late',
    inWorld(async ({ time, makeCaller, store, gemini }) => {
      store.set('enabled', 'false');
      store.set('fallbackOrder', 'gemini');
      const times: number[] = [];
      gemini.faults = () => {
        times.push(time.now());
        return { kind: 'answer', reply: serverError() };
      };
      await time.until(
        makeCaller()
          .client.complete(request)
          .catch(() => {}),
      );
      expect(times.map((at) => at - (times[0] ?? 0))).toEqual([0, 750, 750 + 1500, 750 + 1500 + 3000]);
    }),
  );

  test(
    'a cut answer is asked for again, and its caller sees one whole answer',
    inWorld(async ({ time, makeCaller, azure }) => {
      let left = 1;
      azure.faults = () => {
        left -= 1;
        return left >= 0 ? { kind: 'cut', pieces: 3 } : undefined;
      };
      const { client, notes } = makeCaller();
      expect(await time.until(client.complete(request))).toMatchObject({ text: answer, provider: 'azure' });
      expect(notes.attempts.map(({ outcome, estimated }) => [outcome, estimated])).toEqual([
        ['cut', true],
        ['answered', false],
      ]);
    }),
  );
});

describe('content filter', () => {
  test(
    'a question that is filtered goes nowhere else, and says nothing of itself',
    inWorld(async ({ time, makeCaller, azure, gemini }) => {
      azure.faults = () => ({ kind: 'answer', reply: contentFiltered('How do I price a bundle?') });
      const { client, notes } = makeCaller();
      const error = await time.until(client.complete(request).catch((caught: unknown) => caught));
      expect(error).toBeInstanceOf(ProviderError);
      expect(error).toMatchObject({ kind: 'content-filter', status: 400, code: 'content_filter' });
      expect(JSON.stringify(error) + (error as Error).stack).not.toContain('bundle');
      expect(gemini.ledger).toEqual([]);
      // The service works: neither breaker nor rollback may take this for a failure.
      expect(notes.calls).toEqual([{ provider: 'azure', tier: 'premium', failed: false }]);
    }),
  );

  test(
    'an answer that is filtered says so',
    inWorld(
      async ({ time, makeCaller }) => {
        expect(await time.until(makeCaller().client.complete(request))).toMatchObject({
          text: 'half of',
          finishReason: 'content-filter',
        });
      },
      { model: () => ({ text: 'half of', finish: 'content-filter' }) },
    ),
  );
});

describe('streams', () => {
  test(
    'come as they are made',
    inWorld(async ({ time, makeCaller, azure }) => {
      azure.faults = () => ({ kind: 'slow', first: 100, between: 100 });
      const pieces: [string, number][] = [];
      const begun = time.now();
      const read = async () => {
        for await (const event of makeCaller().client.stream(request)) {
          if (event.type === 'text') pieces.push([event.text, time.now() - begun]);
        }
      };
      await time.until(read());
      expect(pieces.map(([text]) => text).join('')).toBe(answer);
      expect(pieces.length).toBeGreaterThan(1);
      expect(pieces.map(([, at]) => at)).toEqual(pieces.map((_, index) => 300 + 100 * index));
    }),
  );

  test(
    'one that fails before its first piece falls back',
    inWorld(async ({ time, makeCaller, azure }) => {
      azure.faults = () => ({ kind: 'hang' });
      let text = '';
      const read = async () => {
        for await (const event of makeCaller().client.stream(request)) if (event.type === 'text') text += event.text;
      };
      await time.until(read());
      expect(text).toBe(answer);
    }),
  );

  test(
    'one that is cut after its first piece is not answered a second time',
    inWorld(async ({ time, makeCaller, azure, gemini }) => {
      azure.faults = () => ({ kind: 'cut', pieces: 3 });
      let text = '';
      const read = async () => {
        for await (const event of makeCaller().client.stream(request)) if (event.type === 'text') text += event.text;
      };
      await expect(time.until(read())).rejects.toThrow(AnswerInterrupted);
      expect(answer.startsWith(text) && text.length > 0).toBe(true);
      expect([azure.ledger.length, gemini.ledger.length]).toEqual([1, 0]);
    }),
  );

  test(
    'one that its caller leaves is given up on the wire too',
    inWorld(async ({ time, makeCaller, azure }) => {
      azure.faults = () => ({ kind: 'slow', first: 10, between: 10 });
      const { client, notes } = makeCaller();
      const read = async () => {
        for await (const event of client.stream(request)) if (event.type === 'text') return;
      };
      await time.until(read());
      await time.pass(1000);
      expect(notes.attempts).toMatchObject([{ outcome: 'abandoned', estimated: true }]);
      expect(azure.ledger).toMatchObject([{ whole: false }]);
    }),
  );

  test(
    'a caller who gives up waits no longer',
    inWorld(async ({ time, makeCaller, azure, gemini }) => {
      azure.faults = () => ({ kind: 'hang' });
      const control = new AbortController();
      const begun = time.now();
      const work = makeCaller().client.complete({ ...request, signal: control.signal });
      time.timer(1000, () => control.abort(new Error('gone')));
      await expect(time.until(work)).rejects.toThrow('gone');
      expect(time.now() - begun).toBe(1000);
      expect(gemini.ledger).toEqual([]);
    }),
  );
});
