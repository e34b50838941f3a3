import { tokenExchange } from '../estate/hybrid';
import { type Clock, pause } from './clock';
import { ProviderError, retryAfterOf } from './errors';

export interface TokenOptions {
  readonly tenantId: string;
  /** Client id of the identity that trusts the role. */
  readonly clientId: string;
  /** Token of AWS for the role that this process runs as. */
  readonly awsToken: () => Promise<string>;
  readonly clock: Clock;
  /** @default Entra's public cloud */
  readonly authority?: string | undefined;
  /** @default the platform's */
  readonly fetch?: typeof fetch;
}

/** Seconds before its end at which a token is no longer used: longer than any one call takes. */
const margin = 300;

/** Milliseconds before each new try. Entra takes up to some minutes to know a credential that was just made. */
const delays = [1000, 2000, 4000, 8000, 15_000, 30_000] as const;

/** Milliseconds that one request may take. */
const requestTimeout = 5000;

/**
 * Errors that pass by themselves.
 * Source: https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
 */
const passing = new Set([
  /** No matching federated identity record yet. */
  'AADSTS70021',
  /** Entra itself. */
  'AADSTS90033',
  'AADSTS50196',
]);

interface TokenAnswer {
  readonly access_token?: string;
  /** Seconds. */
  readonly expires_in?: number;
  readonly error_description?: string;
}

/**
 * A function that gives Entra tokens for Azure OpenAI, without a stored secret: AWS signs who this process is, and Entra
 * believes it. Tokens are kept until shortly before their end, and callers at the same time share one exchange.
 *
 * @returns throws ProviderError of kind `refused` with Entra's code where nothing but a change of settings helps
 */
export function entraTokens(options: TokenOptions): () => Promise<string> {
  let known: { readonly token: string; readonly until: number } | undefined;
  let pending: Promise<string> | undefined;
  const exchange = async () => {
    const { token, expiresIn } = await exchanged(options);
    // A token that lives for less than twice the margin would never be used again.
    const lifetime = Math.max(expiresIn - margin, expiresIn / 2);
    known = { token, until: options.clock.now() + lifetime * 1000 };
    return token;
  };
  return () => {
    if (known && options.clock.now() < known.until) return Promise.resolve(known.token);
    pending ??= exchange().finally(() => {
      pending = undefined;
    });
    return pending;
  };
}

async function exchanged(options: TokenOptions): Promise<{ token: string; expiresIn: number }> {
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await exchangeOnce(options);
    if ('token' in outcome) return outcome;
    const delay = outcome.error.retryAfter ?? delays[attempt];
    if (!outcome.passes || delays[attempt] === undefined || delay === undefined) throw outcome.error;
    await pause(options.clock, delay);
  }
}

type Outcome =
  | { readonly token: string; readonly expiresIn: number }
  | { readonly error: ProviderError; readonly passes: boolean };

async function exchangeOnce({
  tenantId,
  clientId,
  awsToken,
  clock,
  authority,
  ...options
}: TokenOptions): Promise<Outcome> {
  const send = options.fetch ?? fetch;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    scope: tokenExchange.scope,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    // Made anew for each try: it lives for minutes only.
    client_assertion: await signedByAws(awsToken),
  });
  const url = `${(authority ?? tokenExchange.authority).replace(/\/$/, '')}/${tenantId}/oauth2/v2.0/token`;
  try {
    const response = await send(url, { method: 'POST', body, signal: AbortSignal.timeout(requestTimeout) });
    const answer = (await response.json().catch(() => ({}))) as TokenAnswer;
    if (response.ok && answer.access_token) return { token: answer.access_token, expiresIn: answer.expires_in ?? 3600 };
    const code = /\bAADSTS\d+\b/.exec(answer.error_description ?? '')?.[0];
    const { status } = response;
    const passes = status === 429 || status >= 500 || (code !== undefined && passing.has(code));
    const kind = status === 429 ? 'throttled' : status >= 500 ? 'unavailable' : 'refused';
    const retryAfter = retryAfterOf(response.headers, clock.now());
    return { error: new ProviderError('azure', kind, { status, code, retryAfter }), passes };
  } catch {
    return { error: new ProviderError('azure', 'unavailable', { code: 'entra' }), passes: true };
  }
}

async function signedByAws(awsToken: () => Promise<string>): Promise<string> {
  try {
    return await awsToken();
  } catch (error) {
    const code = error instanceof Error && /^\w{1,64}$/.test(error.name) ? error.name : 'sts';
    throw new ProviderError('azure', 'refused', { code });
  }
}
