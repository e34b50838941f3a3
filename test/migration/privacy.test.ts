import { hybridMetrics } from '../../lib/estate/hybrid';
import { powertoolsMeter } from '../../lib/hybrid/meter';
import type { Fault } from '../../lib/rehearsal/ai/ai-server';
import { contentFiltered, serverError, throttled } from '../../lib/rehearsal/ai/azure-openai';
import { inWorld } from './world';

jest.setTimeout(120_000);

/** Stands in every question, every answer and every subject. */
const canary = 'canary-7f3a';

/** Runs work, and gives everything that was written meanwhile. */
async function written(work: () => Promise<void>): Promise<string> {
  const lines: string[] = [];
  const take = (...parts: unknown[]) => {
    lines.push(parts.map(String).join(' '));
    return true;
  };
  const spies = [
    ...(['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
      jest.spyOn(console, name).mockImplementation(take),
    ),
    jest.spyOn(process.stdout, 'write').mockImplementation(take as typeof process.stdout.write),
    jest.spyOn(process.stderr, 'write').mockImplementation(take as typeof process.stderr.write),
  ];
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return lines.join('\n');
}

/** An error with everything that a logger could make of it. */
function everythingOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const fields = Object.getOwnPropertyNames(error).map((name) => {
    const value = (error as unknown as Record<string, unknown>)[name];
    return value instanceof Error || Array.isArray(value) ? [value].flat().map(everythingOf).join() : String(value);
  });
  return [error.message, error.stack, JSON.stringify(error), ...fields].join('\n');
}

test.each<[string, Fault | undefined]>([
  ['answered', undefined],
  ['filtered, with a message that quotes the question', { kind: 'answer', reply: contentFiltered(canary) }],
  [
    'refused, with a message that quotes the question',
    {
      kind: 'answer',
      reply: { status: 400, body: { error: { message: `Invalid value: '${canary}'`, code: canary.repeat(9) } } },
    },
  ],
  ['throttled', { kind: 'answer', reply: throttled(60) }],
  ['failed', { kind: 'answer', reply: serverError() }],
  ['cut', { kind: 'cut', pieces: 2 }],
  ['hung up on', { kind: 'refuse' }],
  ['answered with nonsense', { kind: 'answer', reply: { status: 200, body: `<html>${canary}</html>` } }],
])('a call that is %s leaves nothing of its content anywhere', (_, fault) =>
  inWorld(async (world) => {
    for (const server of [world.azure, world.gemini, world.openai, world.claude]) server.faults = () => fault;
    const messages = [
      { role: 'system', content: `Be ${canary}.` },
      { role: 'user', content: `What is ${canary}?` },
    ] as const;
    const environment = process.env.OPENAI_LOG;
    process.env.OPENAI_LOG = 'debug';
    const errors: unknown[] = [];
    const { client } = world.makeCaller(undefined, powertoolsMeter('a-caller'));
    const output = await written(async () => {
      const request = { tier: 'premium', subject: `user-${canary}`, messages } as const;
      await world.time.until(client.complete(request).catch((error: unknown) => errors.push(error)));
    });
    if (environment === undefined) delete process.env.OPENAI_LOG;
    else process.env.OPENAI_LOG = environment;
    // Something was written, or the spies saw nothing at all.
    expect(output).toContain(hybridMetrics.latency);
    expect(output).not.toContain(canary);
    expect(errors.map(everythingOf).join()).not.toContain(canary);
    expect(errors.length).toBe(fault ? 1 : 0);
  })(),
);

test(
  'the metrics name provider, tier and caller, and nothing of anybody',
  inWorld(async (world) => {
    const { client } = world.makeCaller(undefined, powertoolsMeter('a-caller'));
    const output = await written(async () => {
      const messages = [{ role: 'user', content: 'Hello.' }] as const;
      await world.time.until(client.complete({ tier: 'premium', subject: 'user-1', messages }));
    });
    const records = output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const attempt = records.find((record) => hybridMetrics.latency in record);
    expect(attempt).toMatchObject({
      provider: 'azure',
      tier: 'premium',
      caller: 'a-caller',
      azure_openai_prompt_tokens: 5,
      azure_openai_completion_tokens: 5,
      azure_openai_total_tokens: 10,
      _aws: {
        CloudWatchMetrics: [
          {
            Namespace: 'Huntaze/AzureOpenAI',
            Dimensions: [['provider'], ['provider', 'tier'], ['provider', 'tier', 'caller']],
          },
        ],
      },
    });
    const call = records.find((record) => hybridMetrics.success in record);
    expect(call).toMatchObject({ azure_openai_success: 1, azure_openai_error_rate: 0 });
    const told = records.find((record) => hybridMetrics.rolledBack in record);
    expect(told).toMatchObject({ azure_openai_rollout_percentage: 100, azure_openai_rolled_back: 0 });
    expect(told?._aws).toMatchObject({ CloudWatchMetrics: [{ Dimensions: [['provider']] }] });
  }),
);
