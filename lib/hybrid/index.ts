import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { authorityVariable, hybridPathVariable } from '../estate/hybrid';
import { webIdentityTokens } from './aws-token';
import type { Provider } from './chat';
import { HybridClient, type HybridClientOptions } from './client';
import { type Clock, systemClock } from './clock';
import { providerKeys } from './keys';
import { LiveState, type LiveStateOptions } from './live-state';
import { type Meter, powertoolsMeter } from './meter';
import { parameterStore } from './parameter-store';
import { azureProvider } from './providers/azure';
import { claudeProvider } from './providers/claude';
import { geminiProvider } from './providers/gemini';
import { openAiProvider } from './providers/openai';
import type { AzureTarget } from './state';
import { entraTokens } from './token';

export * from './chat';
export { HybridClient } from './client';
export { AnswerInterrupted, NoProviderAnswered, ProviderError } from './errors';
export { HybridSettingError } from './state';

export interface HybridOptions {
  /** Name of the function or task, as its metrics show it. */
  readonly caller: string;
  /** @default the process's */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** @default on standard output */
  readonly meter?: Meter;
  /** @default a line on standard error, without the error's message */
  readonly onTrouble?: LiveStateOptions['onTrouble'];
  readonly clock?: Clock;
}

const fallbacks = { gemini: geminiProvider, openai: openAiProvider, claude: claudeProvider } as const;

/** Limits of the calls to AWS: none of them may hold up an answer. */
const awsLimits = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
} as const;

/**
 * The client as functions and tasks use it: settings from SSM parameters, tokens by the role that the process runs as,
 * keys of the providers of today from their secrets.
 */
export function hybridClient(options: HybridOptions): HybridClient {
  const { caller, environment = process.env, clock = systemClock, meter = powertoolsMeter(caller) } = options;
  const state = new LiveState({
    store: parameterStore(new SSMClient(awsLimits), environment, environment[hybridPathVariable]),
    clock,
    onTrouble: options.onTrouble ?? ((what, error) => console.error(`${what}: ${errorClass(error)}`)),
  });
  const awsToken = webIdentityTokens(new STSClient(awsLimits));
  const key = providerKeys(new SecretsManagerClient(awsLimits), clock);
  const azure = onceFor((target: AzureTarget) => {
    const token = entraTokens({ ...target, awsToken, clock, authority: environment[authorityVariable] });
    return azureProvider({ target, token });
  });
  const fallback: HybridClientOptions['fallback'] = (name, { fallbackModels }) =>
    fallbacks[name]({ key: () => key(name), models: fallbackModels[name] });
  return new HybridClient({ state, azure, fallback, meter, clock });
}

/** The provider of a target, made once: it keeps the token and the connections. */
export function onceFor(make: (target: AzureTarget) => Provider): (target: AzureTarget) => Provider {
  let known: { readonly key: string; readonly provider: Provider } | undefined;
  return (target) => {
    const key = JSON.stringify(target);
    if (known?.key !== key) known = { key, provider: make(target) };
    return known.provider;
  };
}

const errorClass = (error: unknown): string => (error instanceof Error ? error.name : 'unknown error');
