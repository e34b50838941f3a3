import type { Tier } from '../../estate/azure';

/** What a provider of today needs. */
export interface KeyedProviderOptions {
  /** The key, read when it is needed. */
  readonly key: () => Promise<string>;
  readonly models: Readonly<Record<Tier, string>>;
  /** @default the provider's own address */
  readonly baseUrl?: string | undefined;
  /** @default the platform's */
  readonly fetch?: typeof fetch | undefined;
}
