import { randomBytes } from 'node:crypto';
import { type JWTVerifyGetKey, jwtVerify } from 'jose';
import { type AiReply, type AiRequest, AiServer, type AiServerOptions, type WholeReply } from './ai-server';

/** Trust of one identity in one role of AWS, as `azurerm_federated_identity_credential` has it. */
export interface FederatedCredential {
  readonly clientId: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}

export interface EntraOptions extends AiServerOptions {
  readonly tenantId: string;
  readonly credentials: readonly FederatedCredential[];
  /** Keys of the issuer, which Entra would read from its discovery document. */
  readonly issuerKeys: JWTVerifyGetKey;
  /** Seconds that a token lives. @default 3599, as Entra's */
  readonly tokenLifetime?: number;
}

const scope = 'https://cognitiveservices.azure.com/.default';
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Entra's token endpoint for client credentials with a federated assertion. */
export class EntraServer extends AiServer {
  /** Exchanges that gave a token. */
  exchanges = 0;
  /** Requests that come before Entra knows a credential that was just made. */
  notYetKnown = 0;
  private readonly tokens = new Map<string, number>();

  constructor(private readonly options: EntraOptions) {
    super(options);
  }

  /** Whether a token was given out here and has not ended. */
  accepts(token: string): boolean {
    return (this.tokens.get(token) ?? 0) > this.time.now();
  }

  /** Ends every token before its time. */
  revoke(): void {
    this.tokens.clear();
  }

  protected async reply({ method, url, body }: AiRequest): Promise<AiReply> {
    const { tenantId, credentials, tokenLifetime = 3599 } = this.options;
    const tenant = /^\/([^/]+)\/oauth2\/v2\.0\/token$/.exec(url.pathname)?.[1];
    if (method !== 'POST' || tenant === undefined) return { status: 404, body: {} };
    if (tenant !== tenantId) return refusal(90002, `Tenant '${tenant}' not found.`);
    const form = new URLSearchParams(body);
    if (form.get('grant_type') !== 'client_credentials') return refusal(70003, 'The grant type is not supported.');
    if (form.get('scope') !== scope) return refusal(70011, 'The scope is not valid.');
    const clientId = form.get('client_id') ?? '';
    const own = credentials.filter((credential) => credential.clientId === clientId);
    if (own.length === 0) return refusal(700016, `Application with identifier '${clientId}' was not found.`);
    if (form.get('client_assertion_type') !== assertionType) return refusal(7000216, 'client_assertion is required.');
    if (this.notYetKnown > 0) {
      this.notYetKnown -= 1;
      return noMatch;
    }
    const mistrusted = await this.mistrust(form.get('client_assertion') ?? '', own);
    if (mistrusted !== undefined) return mistrusted;
    this.exchanges += 1;
    const access_token = randomBytes(48).toString('base64url');
    this.tokens.set(access_token, this.time.now() + tokenLifetime * 1000);
    return {
      status: 200,
      body: { token_type: 'Bearer', expires_in: tokenLifetime, ext_expires_in: tokenLifetime, access_token },
    };
  }

  /**
   * Whether one of the identity's credentials trusts the assertion.
   *
   * @throws when its signature, its algorithm or its time is not good
   */
  protected async isTrusted(assertion: string, own: readonly FederatedCredential[]): Promise<boolean> {
    const { payload } = await jwtVerify(assertion, this.options.issuerKeys, {
      // Entra takes no other algorithm from outside.
      algorithms: ['RS256'],
      currentDate: new Date(this.time.now()),
    });
    return own.some(
      ({ issuer, subject, audience }) => payload.iss === issuer && payload.sub === subject && payload.aud === audience,
    );
  }

  /** @returns why the assertion is not believed, or undefined */
  private async mistrust(assertion: string, own: readonly FederatedCredential[]): Promise<WholeReply | undefined> {
    try {
      return (await this.isTrusted(assertion, own)) ? undefined : noMatch;
    } catch {
      return refusal(700027, 'The certificate with identifier used to sign the client assertion is not valid.');
    }
  }
}

const refusal = (code: number, message: string, status = 401): WholeReply => ({
  status,
  body: { error: 'invalid_client', error_description: `AADSTS${code}: ${message}`, error_codes: [code] },
});

const noMatch = refusal(70021, 'No matching federated identity record found for presented assertion.', 400);
