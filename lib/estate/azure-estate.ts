import { hasReached } from './azure-link';
import { type AzureSettings, azureSettingsOf, type PublicAccess } from './azure-settings';
import { callerSubject, type HybridCaller, hybridCallers } from './hybrid';
import type { CallerNetwork, HybridSettings } from './hybrid-settings';

/** A caller on AWS with the subject that Azure trusts. */
export interface TrustedCaller extends HybridCaller {
  readonly subject: string;
}

/** Name of the credential by which Azure trusts a caller: IAM admits characters in a role's name that Azure does not. */
export const credentialName = ({ role }: Pick<HybridCaller, 'role'>): string =>
  `aws-${role.replace(/[^A-Za-z0-9_-]/g, '-')}`;

/** Everything that the Azure stack is built from: its own settings, and what it must know of AWS. */
export interface AzureEstate {
  readonly settings: AzureSettings;
  readonly callers: readonly TrustedCaller[];
  /** Issuer of the account's tokens; unknown until outbound federation is switched on. */
  readonly issuer: string | undefined;
  /** In the currency of the subscription's bill. */
  readonly monthlyBudget: number;
}

export const azureEstateOf = (account: {
  readonly account: string;
  readonly namePrefix?: string | undefined;
  readonly azure: AzureSettings;
  readonly hybrid: HybridSettings;
}): AzureEstate => ({
  settings: azureSettingsOf(account),
  callers: hybridCallers(account.hybrid).map((caller) => ({
    ...caller,
    subject: callerSubject(account.account, caller),
  })),
  issuer: account.hybrid.identity.issuer,
  monthlyBudget: account.hybrid.budgets.monthly,
});

/** What a caller reaches from where it stands. */
export interface Ways {
  /** Azure's public addresses, Entra's token endpoint and the endpoint's public address among them. */
  readonly internet: boolean;
  /** It goes there from one address, which an allow-list can name. */
  readonly fixedAddress: boolean;
  /** The linked VPC, and so the private endpoint once the link stands. */
  readonly link: boolean;
}

const waysOf: Readonly<Record<CallerNetwork, Ways>> = {
  'outside-vpc': { internet: true, fixedAddress: false, link: false },
  'public-address': { internet: true, fixedAddress: false, link: true },
  nat: { internet: true, fixedAddress: true, link: true },
  private: { internet: false, fixedAddress: false, link: true },
};

/** Whether a caller gets through, and why not. */
export interface Reach {
  readonly reaches: boolean;
  readonly why: string;
}

/**
 * Whether a caller gets an answer under a mode of public access.
 *
 * A token comes first, and Entra gives it over the internet only: a caller without a way out gets none, link or not.
 */
export function reachOf(
  { network }: Pick<HybridCaller, 'network'>,
  settings: AzureSettings,
  mode: PublicAccess,
): Reach {
  const ways = waysOf[network];
  const { privateEndpoint, link } = settings.connectivity;
  const overLink = ways.link && privateEndpoint && hasReached(link.stage, 'verified');
  if (!ways.internet) {
    return { reaches: false, why: "no way out to Entra's token endpoint, which is public only: give it a NAT" };
  }
  if (overLink) return { reaches: true, why: 'over the link, to the private endpoint' };
  if (mode === 'identity') return { reaches: true, why: 'public address, with its identity' };
  if (mode === 'allow-list' && ways.fixedAddress) {
    return { reaches: true, why: 'public address, if allowedAddresses names the address of its NAT' };
  }
  return {
    reaches: false,
    why:
      mode === 'allow-list'
        ? 'no fixed address that an allow-list could name: give it a NAT'
        : ways.link
          ? `public access is off, and the link is ${link.stage}, not verified`
          : 'public access is off, and it stands outside the linked VPC',
  };
}

/** Callers that a mode would shut out, but for those that the settings give up. */
export const cutOff = ({ settings, callers }: AzureEstate, mode: PublicAccess): readonly TrustedCaller[] =>
  callers.filter(
    (caller) => !settings.connectivity.cutOffCallers.includes(caller.role) && !reachOf(caller, settings, mode).reaches,
  );

/**
 * Public access as it stands: the setting, or else `identity` until the link is verified and nobody would be cut off,
 * and `off` from then on.
 */
export function publicAccessOf(estate: AzureEstate): PublicAccess {
  const { publicAccess, privateEndpoint, link } = estate.settings.connectivity;
  if (publicAccess) return publicAccess;
  const mayClose = privateEndpoint && hasReached(link.stage, 'verified') && cutOff(estate, 'off').length === 0;
  return mayClose ? 'off' : 'identity';
}
