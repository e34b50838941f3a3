import { type AzureEstate, azureEstateOf, publicAccessOf, reachOf } from '../estate/azure-estate';
import { azureRegions, deploymentName, type PublicAccess, tiers } from '../estate/azure-settings';
import type { AccountSettings } from '../estate/settings';
import { overlaps, parseAddressRange } from '../policy/address-range';
import { validateAzureSettings } from '../policy/azure';
import { awsRanges } from '../policy/azure-rules/network';
import { checkModels, findModel, modelId, retirementDate } from '../policy/models';

/**
 * `stop`: a deploy would be refused, would fail, or would leave a caller outside. `open`: something is left to do before
 * AWS calls Azure.
 */
export type Verdict = 'ok' | 'open' | 'stop';

export const topics = ['settings', 'addresses', 'model', 'quota', 'caller'] as const;

export interface CheckRow {
  readonly topic: (typeof topics)[number];
  readonly what: string;
  readonly verdict: Verdict;
  /** What was found, and what to do where that is not well. */
  readonly found: string;
}

/** What a check knows beside the settings. */
export interface Surroundings {
  /** ISO date. */
  readonly today: string;
  /** ARM_SUBSCRIPTION_ID of whoever checks. */
  readonly subscription: string | undefined;
}

export interface HybridCheck {
  readonly account: string;
  /** ISO date that models and dates were compared with. */
  readonly today: string;
  readonly publicAccess: PublicAccess;
  readonly linkStage: string;
  readonly rows: readonly CheckRow[];
}

/**
 * What a newcomer wants to know before the first deploy of the hybrid. Reads settings and tables only, and reaches no
 * cloud.
 */
export function checkHybrid(account: AccountSettings, { today, subscription }: Surroundings): HybridCheck {
  const estate = azureEstateOf(account);
  return {
    account: account.account,
    today,
    publicAccess: publicAccessOf(estate),
    linkStage: estate.settings.connectivity.link.stage,
    rows: [
      ...brokenRules(estate, today),
      ...completeness(account, estate, { today, subscription }),
      ...addresses(estate),
      ...models(estate, today),
      ...quotas(estate),
      ...callers(estate),
    ],
  };
}

/** Whether nothing would stop a deploy. */
export const isDeployable = ({ rows }: HybridCheck): boolean => rows.every(({ verdict }) => verdict !== 'stop');

const brokenRules = (estate: AzureEstate, today: string): readonly CheckRow[] =>
  validateAzureSettings(estate, today).map((message) => ({
    topic: 'settings',
    what: /(?:azure|hybrid)\.[\w.[\]']+/.exec(message)?.[0] ?? 'azure',
    verdict: 'stop',
    found: message,
  }));

/** Settings that the bring-up fills in one after the other. */
function completeness(
  { hybrid }: AccountSettings,
  estate: AzureEstate,
  { today, subscription }: Surroundings,
): readonly CheckRow[] {
  const { settings, issuer } = estate;
  const row = (what: string, value: string | undefined, missing: string, present = value ?? ''): CheckRow => ({
    topic: 'settings',
    what,
    verdict: value === undefined ? 'open' : 'ok',
    found: value === undefined ? missing : present,
  });
  const past = settings.budget.startDate < `${today.slice(0, 7)}-01`;
  return [
    row(
      'azure.subscriptionId',
      settings.subscriptionId ?? subscription,
      'Not set: plan and apply take ARM_SUBSCRIPTION_ID, which this shell does not have either.',
    ),
    row(
      'azure.backend',
      settings.backend.kind === 'azurerm' ? settings.backend.storageAccountName : undefined,
      'local: the state is a file of whoever applies. A team sets azurerm: docs/decisions/012-terraform-state.md.',
    ),
    {
      topic: 'settings',
      what: 'azure.budget.startDate',
      verdict: past ? 'open' : 'ok',
      found: past
        ? `${settings.budget.startDate} has passed: Azure creates a budget from this month or a later one. Where it exists, leave the date: another replaces it.`
        : settings.budget.startDate,
    },
    row(
      'hybrid.identity.issuer',
      issuer,
      'Unknown: estate hybrid federation --enable switches outbound federation on and prints it.',
    ),
    row('hybrid.identity.tenantId', hybrid.identity.tenantId, 'Unknown: output tenant_id of the Azure stack.'),
    row('hybrid.identity.clientId', hybrid.identity.clientId, 'Unknown: output client_id of the Azure stack.'),
    {
      topic: 'settings',
      what: 'hybrid.enabled',
      verdict: hybrid.enabled ? 'ok' : 'open',
      found: hybrid.enabled
        ? `true, for ${hybrid.rolloutPercentage} % of the subjects`
        : 'false: the providers of today answer everybody. Last step of the bring-up.',
    },
  ];
}

/** A link can route an address to one side only. */
function addresses({ settings }: AzureEstate): readonly CheckRow[] {
  const ours = parseAddressRange(settings.network.addressSpace);
  return awsRanges.map(({ name, cidr }) => {
    const theirs = parseAddressRange(cidr);
    const clash = ours !== undefined && theirs !== undefined && overlaps(ours, theirs);
    return {
      topic: 'addresses',
      what: `${settings.network.addressSpace} and ${cidr} of ${name}`,
      verdict: clash ? 'stop' : 'ok',
      found: clash ? 'They overlap. Choose another azure.network.addressSpace.' : 'apart',
    };
  });
}

function models({ settings }: AzureEstate, today: string): readonly CheckRow[] {
  return tiers.map((tier) => {
    const use = { setting: `azure.tiers.${tier}`, ...settings.tiers[tier] };
    const known = findModel(use.model, use.version);
    const [finding] = checkModels([use], today);
    const name = { topic: 'model', what: `${tier}: ${modelId(use)}` } as const;
    if (known === undefined) return { ...name, verdict: 'stop', found: 'No such version in lib/policy/models.ts.' };
    if (finding === undefined) return { ...name, verdict: 'ok', found: `alive until ${retirementDate(known)}` };
    return { ...name, verdict: finding.severity === 'retired' ? 'stop' : 'open', found: finding.message };
  });
}

function quotas({ settings }: AzureEstate): readonly CheckRow[] {
  return azureRegions(settings).flatMap((region) =>
    tiers.map((tier): CheckRow => {
      const { model, version, skuName, capacity } = region.tiers[tier];
      const quota = findModel(model, version)?.quota[skuName];
      const what = `${region.location}, ${deploymentName(region, tier)}: ${capacity}K tokens/min ${skuName}`;
      const row = (verdict: Verdict, found: string): CheckRow => ({ topic: 'quota', what, verdict, found });
      if (quota === undefined) return row('stop', `No published quota of ${model} as ${skuName}.`);
      if (capacity > quota.highest) return row('stop', `No subscription gets more than ${quota.highest}K.`);
      return capacity > quota.initial
        ? row('open', `A subscription starts with ${quota.initial}K: ask Microsoft for more before you apply.`)
        : row('ok', `A subscription starts with ${quota.initial}K.`);
    }),
  );
}

/** A caller needs a token, a way to the endpoint, and for the token a way to Entra. */
function callers(estate: AzureEstate): readonly CheckRow[] {
  const { settings } = estate;
  const mode = publicAccessOf(estate);
  return estate.callers.map((caller) => {
    const { reaches, why } = reachOf(caller, settings, mode);
    const given = settings.connectivity.cutOffCallers.includes(caller.role);
    const what = `${caller.name} (${caller.role}, ${caller.network})`;
    const row = (verdict: Verdict, found: string): CheckRow => ({ topic: 'caller', what, verdict, found });
    if (!reaches)
      return row(
        given ? 'open' : 'stop',
        `cannot reach the endpoint: ${why}${given ? '. Given up in azure.connectivity.cutOffCallers' : ''}`,
      );
    if (estate.issuer === undefined) return row('open', `would reach it (${why}), but gets no token yet: no issuer`);
    return row('ok', `reaches it: ${why}`);
  });
}
