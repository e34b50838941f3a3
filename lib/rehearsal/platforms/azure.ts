import { decodeProtectedHeader, jwtVerify } from 'jose';
import { authorityVariable, hybridNames, tokenExchange } from '../../estate/hybrid';
import { AzureOpenAiServer } from '../ai/azure-openai';
import { EntraServer } from '../ai/entra';

const rehearsedTenant = '00000000-0000-4000-8000-000000000001';
const rehearsedClient = '00000000-0000-4000-8000-000000000002';

/** Key with which the embedded AWS signs every token that its STS gives to others. */
const emulatorKey = new TextEncoder().encode('ministack-fake-key');

/**
 * Entra, as far as it can believe the embedded AWS: its STS signs with HS256 and one known key, names the account's root
 * instead of the role, and itself the issuer. Audience, lifetime and signature are checked here; algorithm, issuer and
 * subject are in the migration's tests.
 */
export class RehearsedEntra extends EntraServer {
  /** What an assertion had that the emulator is not known to give: the gap has closed, and this class must go. */
  gapClosed: string | undefined;

  constructor() {
    super({
      tenantId: rehearsedTenant,
      credentials: [{ clientId: rehearsedClient, issuer: '', subject: '', audience: tokenExchange.audience }],
      issuerKeys: async () => emulatorKey,
    });
  }

  protected override async isTrusted(assertion: string): Promise<boolean> {
    const { alg } = decodeProtectedHeader(assertion);
    if (alg !== 'HS256') {
      this.gapClosed = `its STS signs with ${alg} now`;
      return false;
    }
    const { payload } = await jwtVerify(assertion, emulatorKey, {
      algorithms: ['HS256'],
      audience: tokenExchange.audience,
    });
    if (!payload.sub?.endsWith(':root')) this.gapClosed = `its STS names ${payload.sub} as the subject now`;
    return (payload.exp ?? 0) - (payload.iat ?? 0) === tokenExchange.durationSeconds;
  }
}

/** Variables that lead a caller to the rehearsed Entra and the account behind it. */
export const rehearsedVariables = (platforms: {
  readonly entra: Pick<EntraServer, 'url'>;
  readonly azure: Pick<AzureOpenAiServer, 'url'>;
}): Readonly<Record<string, string>> => ({
  [authorityVariable]: platforms.entra.url,
  [hybridNames.endpoint]: platforms.azure.url,
  [hybridNames.tenantId]: rehearsedTenant,
  [hybridNames.clientId]: rehearsedClient,
});

/** The account as the settings have it, behind the rehearsed Entra. */
export const rehearsedAzure = (entra: EntraServer): AzureOpenAiServer =>
  new AzureOpenAiServer({
    entra,
    deployments: { 'gpt-4o': 'gpt-4o-2024-11-20', 'gpt-4o-mini': 'gpt-4o-mini-2024-07-18' },
  });
