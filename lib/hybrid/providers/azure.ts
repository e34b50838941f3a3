import { AzureOpenAI } from 'openai';
import type { Tier } from '../../estate/azure';
import type { ChatRequest, Provider, ProviderEvent } from '../chat';
import type { AzureTarget } from '../state';
import { chatParameters, clientOptions, type Dialect, dialectOf, openAiEvents, wantsOtherDialect } from './openai-chat';

export interface AzureProviderOptions {
  readonly target: Pick<AzureTarget, 'endpoint' | 'apiVersion' | 'deployments'>;
  readonly token: () => Promise<string>;
  /** @default the platform's */
  readonly fetch?: typeof fetch | undefined;
}

/** Azure OpenAI, called with a token and never with a key. */
export function azureProvider({ target, token, fetch }: AzureProviderOptions): Provider {
  const client = new AzureOpenAI({
    ...clientOptions,
    // Both are given so that neither OPENAI_BASE_URL nor AZURE_OPENAI_API_KEY of the process is taken instead.
    baseURL: `${target.endpoint.replace(/\/$/, '')}/openai`,
    apiKey: '',
    apiVersion: target.apiVersion,
    azureADTokenProvider: token,
    ...(fetch && { fetch }),
  });
  const dialects = new Map<Tier, Dialect>();
  const eventsIn = (request: ChatRequest, dialect: Dialect, signal: AbortSignal) =>
    openAiEvents('azure', client, chatParameters(request, target.deployments[request.tier], dialect), signal);
  return {
    name: 'azure',
    async *stream(request, signal): AsyncGenerator<ProviderEvent> {
      const { tier } = request;
      const dialect = dialects.get(tier) ?? dialectOf(target.deployments[tier]);
      try {
        yield* eventsIn(request, dialect, signal);
      } catch (error) {
        if (!wantsOtherDialect(error)) throw error;
        const other = dialect === 'classic' ? 'reasoning' : 'classic';
        dialects.set(tier, other);
        yield* eventsIn(request, other, signal);
      }
    },
  };
}
