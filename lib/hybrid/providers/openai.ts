import OpenAI from 'openai';
import type { Provider, ProviderEvent } from '../chat';
import { chatParameters, clientOptions, dialectOf, openAiEvents } from './openai-chat';
import type { KeyedProviderOptions } from './options';

/** OpenAI itself, the backup of today. */
export function openAiProvider({
  key,
  models,
  fetch,
  baseUrl = 'https://api.openai.com',
}: KeyedProviderOptions): Provider {
  return {
    name: 'openai',
    async *stream(request, signal): AsyncGenerator<ProviderEvent> {
      const model = models[request.tier];
      const client = new OpenAI({
        ...clientOptions,
        apiKey: await key(),
        baseURL: `${baseUrl}/v1`,
        ...(fetch && { fetch }),
      });
      yield* openAiEvents('openai', client, chatParameters(request, model, dialectOf(model)), signal);
    },
  };
}
