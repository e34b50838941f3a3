import { modelsOfToday } from '../../lib/estate/hybrid-settings';
import type { ChatRequest, ProviderName } from '../../lib/hybrid';
import { defaultMaxTokens } from '../../lib/hybrid';
import type { Model, ModelAnswer } from '../../lib/rehearsal/ai/model';
import promptsFile from './prompts.json';
import { ledgers } from './traffic';
import { deployments, inWorld, type World } from './world';

jest.setTimeout(120_000);

interface Prompt {
  readonly name: string;
  readonly request: Omit<ChatRequest, 'subject'>;
  readonly answer: ModelAnswer;
}

const prompts = promptsFile as readonly Prompt[];
const providers: readonly ProviderName[] = ['azure', 'gemini', 'openai', 'claude'];

/** Every server answers a known question with its committed answer, and refuses to know any other. */
const committed: Model = ({ turns }) => {
  const asked = turns.at(-1)?.content;
  const prompt = prompts.find(({ request }) => request.messages.at(-1)?.content === asked);
  if (!prompt) throw new Error(`No committed answer for a question, got: ${asked}`);
  return prompt.answer;
};

const ask = (world: World, provider: ProviderName, request: Prompt['request']) => {
  world.store.set('enabled', String(provider === 'azure'));
  world.store.set('fallbackOrder', provider === 'azure' ? 'gemini' : provider);
  return world.time.until(world.makeCaller().client.complete({ ...request, subject: 'parity' }));
};

/** What a provider must have understood. */
function understood({ messages, maxTokens = defaultMaxTokens, temperature, json = false }: Prompt['request']) {
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  return {
    system: system.join('\n\n'),
    turns: messages.filter(({ role }) => role !== 'system'),
    maxTokens,
    temperature,
    json,
    stream: true,
  };
}

test('the committed set has a dozen prompts, each of another kind', () => {
  expect(prompts.length).toBeGreaterThanOrEqual(12);
  expect(new Set(prompts.map(({ name }) => name)).size).toBe(prompts.length);
});

describe.each(providers)('%s', (provider) => {
  test.each(prompts.map(({ name, request, answer }) => [name, request, answer] as const))(
    'understands and answers: %s',
    (_, request, answer) =>
      inWorld(
        async (world) => {
          const got = await ask(world, provider, request);
          const [entry] = ledgers(world)[provider];
          const { model, ...question } = entry?.question ?? { model: undefined };
          expect(question).toEqual(understood(request));
          const azureModel = deployments[request.tier === 'premium' ? 'gpt-4o' : 'gpt-4o-mini'];
          expect(model).toBe(provider === 'azure' ? azureModel : modelsOfToday[provider][request.tier]);
          expect(got).toEqual({
            text: answer.text,
            finishReason: answer.finish,
            provider,
            model,
            usage: {
              promptTokens: entry?.promptTokens,
              cachedTokens: entry?.cachedTokens,
              completionTokens: entry?.completionTokens,
            },
          });
        },
        { model: committed },
      )(),
  );
});

test(
  'a temperature above 1 is one to OpenAI, and the highest that there is to Claude',
  inWorld(async (world) => {
    const request = {
      tier: 'standard',
      temperature: 1.4,
      messages: [{ role: 'user', content: 'Surprise me.' }],
    } as const;
    for (const provider of providers) await ask(world, provider, request);
    const seen = providers.map((provider) => ledgers(world)[provider][0]?.question.temperature);
    expect(seen).toEqual([1.4, 1.4, 1.4, 1]);
  }),
);

describe('a successor that reasons takes other parameters', () => {
  const request = {
    tier: 'premium',
    temperature: 0.7,
    maxTokens: 50,
    messages: [{ role: 'user', content: 'Which day sells best?' }],
  } as const;

  test(
    'told by the name of its deployment',
    inWorld(
      async (world) => {
        world.store.set('deploymentPremium', 'gpt-5.1');
        expect(await ask(world, 'azure', request)).toMatchObject({ provider: 'azure', model: 'gpt-5.1-2025-11-13' });
        expect(world.azure.ledger).toMatchObject([{ question: { maxTokens: 50, temperature: undefined } }]);
      },
      { deployments: { 'gpt-5.1': 'gpt-5.1-2025-11-13' } },
    ),
  );

  test(
    'found out by the first refusal, and remembered, under any other name',
    inWorld(
      async (world) => {
        world.store.set('deploymentPremium', 'premium');
        let requests = 0;
        world.azure.faults = () => {
          requests += 1;
          return undefined;
        };
        const { client, notes } = world.makeCaller();
        for (let call = 0; call < 3; call += 1) {
          expect(await world.time.until(client.complete({ ...request, subject: 's' }))).toMatchObject({
            provider: 'azure',
          });
        }
        expect(requests).toBe(4);
        expect(notes.attempts.map(({ outcome }) => outcome)).toEqual(['answered', 'answered', 'answered']);
      },
      { deployments: { premium: 'gpt-5.1-2025-11-13' } },
    ),
  );
});
