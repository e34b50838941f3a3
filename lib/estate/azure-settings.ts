import { z } from 'zod';
import { acknowledgedModels, modelDeployments, type Tier } from './azure';
import { contentFilterSchema } from './azure-content-filter';
import { linkSchema } from './azure-link';

/** Pay-per-token SKUs. Provisioned ones bill by the hour for units of throughput, not per thousand tokens a minute. */
export const deploymentSkus = ['GlobalStandard', 'DataZoneStandard', 'Standard'] as const;
export type DeploymentSku = (typeof deploymentSkus)[number];

/**
 * Who may open a connection to the public address of the endpoint: anybody (who then needs an identity with a role,
 * since keys are off), listed addresses only, or nobody.
 */
export const publicAccessModes = ['identity', 'allow-list', 'off'] as const;
export type PublicAccess = (typeof publicAccessModes)[number];

const tierSchema = (tier: Tier) => {
  const row = modelDeployments[tier];
  return z
    .strictObject({
      model: z.string().default(row.model),
      version: z.string().default(row.version),
      skuName: z.enum(deploymentSkus).default(row.skuName),
      /** Thousands of tokens per minute. */
      capacity: z.int().default(row.capacity),
      /** @default the model's name */
      deploymentName: z.string().optional(),
    })
    .prefault({});
};

/** Where a second account differs from the first: what is left out is as in the first. */
const secondTierSchema = z
  .strictObject({ skuName: z.enum(deploymentSkus).optional(), capacity: z.int().optional() })
  .prefault({});

/** Where Terraform keeps its state: a file beside the repository, or a blob that a team shares. */
const backendSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('local') }),
    z.strictObject({
      kind: z.literal('azurerm'),
      resourceGroupName: z.string(),
      /** Unique in all of Azure. */
      storageAccountName: z.string(),
      containerName: z.string().default('tfstate'),
      key: z.string().default('huntaze-azure.tfstate'),
    }),
  ])
  .default({ kind: 'local' });

/**
 * The Azure part of an account's settings file: types and defaults. What a value may be beside its type is held by
 * the rules of `lib/policy/azure.ts`, which name every violation at once.
 */
export const azureSettingsSchema = z.strictObject({
  /** @default ARM_SUBSCRIPTION_ID of whoever plans */
  subscriptionId: z.guid().optional(),
  location: z.string().default('eastus2'),
  /** Start of every name that Azure scopes to the subscription or the group. */
  namePrefix: z.string().default('huntaze-ai-production'),
  accountName: z.string().default('huntaze-ai-api'),
  /** First label of the endpoint's host name. Unique in all of Azure; a new one replaces the account. */
  subdomain: z.string().default('huntaze-ai-api'),
  /** Version of the data-plane API that callers ask for. */
  apiVersion: z.string().default('2024-10-21'),
  tiers: z.strictObject({ premium: tierSchema('premium'), standard: tierSchema('standard') }).prefault({}),
  contentFilter: contentFilterSchema,
  /** Model versions, as `model version`, that may be modelled although they are retired. */
  acknowledgedRetiredModels: z
    .array(z.string())
    .default(() => acknowledgedModels.map(({ model, version }) => `${model} ${version}`)),
  /**
   * A second account with the same deployments in another region. Its private endpoint stands in the one network.
   * @default none
   */
  secondRegion: z
    .strictObject({
      location: z.string(),
      accountName: z.string(),
      subdomain: z.string(),
      tiers: z.strictObject({ premium: secondTierSchema, standard: secondTierSchema }).prefault({}),
      /** Address of its private endpoint: output `secondary_private_endpoint_address` of the Azure stack. */
      endpointAddress: z.string().optional(),
    })
    .optional(),
  network: z
    .strictObject({
      /** IPv4 block of the virtual network. */
      addressSpace: z.string().default('10.60.0.0/22'),
      endpointSubnet: z.string().default('10.60.0.0/26'),
      /** Block of the VPN gateway, which only a link needs. */
      gatewaySubnet: z.string().default('10.60.3.0/26'),
    })
    .prefault({}),
  connectivity: z
    .strictObject({
      privateEndpoint: z.boolean().default(true),
      /** @default identity, and off by itself once the link is verified and no caller would be cut off */
      publicAccess: z.enum(publicAccessModes).optional(),
      /** Public IPv4 addresses or blocks, for `allow-list`. */
      allowedAddresses: z.array(z.string()).default([]),
      /** Roles of callers that may lose their way in when public access is narrowed or closed. */
      cutOffCallers: z.array(z.string()).default([]),
      link: linkSchema,
    })
    .prefault({}),
  monitoring: z
    .strictObject({
      logRetentionDays: z.int().default(90),
      logCategories: z.array(z.string()).default(['Audit', 'AzureOpenAIRequestUsage', 'RequestResponse', 'Trace']),
      /** Gigabytes a day that Application Insights takes; the provider's default is 100. */
      insightsDailyCapGb: z.number().default(1),
      /** Mailboxes that alerts and budget notices reach, beside the owners of the subscription. No person's name. */
      alertEmails: z.array(z.string()).default([]),
    })
    .prefault({}),
  budget: z
    .strictObject({
      /** First of a month. Create-only: another date replaces the budget. */
      startDate: z.string().default('2026-12-01'),
    })
    .prefault({}),
  /** A lock that keeps everybody from deleting the accounts. Off for the time in which something in them must go. */
  lock: z.boolean().default(true),
  backend: backendSchema,
  /** Resources that exist already, by their address in the stack, with their Azure resource id: taken over, not made. */
  importFrom: z.record(z.string(), z.string()).default({}),
  tags: z.record(z.string(), z.string()).default({
    Environment: 'production',
    ManagedBy: 'Terraform',
    Project: 'Huntaze AI Migration',
  }),
});

export type AzureSettings = z.output<typeof azureSettingsSchema>;
/** What a settings file writes: everything is optional. */
export type AzureSettingsInput = z.input<typeof azureSettingsSchema>;

/**
 * The Azure part of a whole account's settings. The subdomain is unique in all of Azure, so it carries the prefix that
 * every account but the audited one has; all other names are scoped to the subscription or the group.
 */
export function azureSettingsOf(account: {
  readonly namePrefix?: string | undefined;
  readonly azure: AzureSettings;
}): AzureSettings {
  const { namePrefix = '', azure } = account;
  const prefixed = (subdomain: string): string => `${namePrefix}${subdomain}`;
  return {
    ...azure,
    subdomain: prefixed(azure.subdomain),
    ...(azure.secondRegion && {
      secondRegion: { ...azure.secondRegion, subdomain: prefixed(azure.secondRegion.subdomain) },
    }),
  };
}

export const tiers: readonly Tier[] = ['premium', 'standard'];

export const deploymentName = (settings: Pick<AzureSettings, 'tiers'>, tier: Tier): string =>
  settings.tiers[tier].deploymentName ?? settings.tiers[tier].model;

/** Host name of an account. */
export const azureHost = ({ subdomain }: { readonly subdomain: string }): string => `${subdomain}.openai.azure.com`;

/** Address that callers use: the value of AZURE_OPENAI_ENDPOINT. */
export const azureEndpoint = (settings: { readonly subdomain: string }): string => `https://${azureHost(settings)}/`;

/** Physical names that follow from the settings. */
export function azureNames(settings: Pick<AzureSettings, 'namePrefix'>) {
  const { namePrefix } = settings;
  return {
    resourceGroup: `${namePrefix}-rg`,
    workspace: `${namePrefix}-logs`,
    insights: `${namePrefix}-insights`,
    actionGroup: `${namePrefix}-alerts`,
    budget: `${namePrefix}-monthly`,
    callers: `${namePrefix}-aws-callers`,
    virtualNetwork: `${namePrefix}-vnet`,
    endpointSubnet: 'private-endpoints',
    /** Azure looks for its gateways in a subnet of this name and no other. */
    gatewaySubnet: 'GatewaySubnet',
    dnsLink: `${namePrefix}-vnet-link`,
    gateway: `${namePrefix}-vpn`,
    gatewayAddress: (instance: number) => `${namePrefix}-vpn-ip-${instance}`,
  } as const;
}

/** One Azure OpenAI account with what belongs to it alone. */
export interface AzureRegion {
  readonly key: 'primary' | 'secondary';
  readonly location: string;
  readonly accountName: string;
  readonly subdomain: string;
  readonly tiers: AzureSettings['tiers'];
  readonly endpointAddress: string | undefined;
  /** Path of its settings, for messages. */
  readonly setting: 'azure' | 'azure.secondRegion';
}

/** The first account, and the second where the settings have one. */
export function azureRegions(settings: AzureSettings): readonly AzureRegion[] {
  const { secondRegion: second } = settings;
  const primary: AzureRegion = {
    key: 'primary',
    location: settings.location,
    accountName: settings.accountName,
    subdomain: settings.subdomain,
    tiers: settings.tiers,
    endpointAddress: settings.connectivity.link.endpointAddress,
    setting: 'azure',
  };
  if (!second) return [primary];
  const tier = (name: Tier) => ({
    ...settings.tiers[name],
    skuName: second.tiers[name].skuName ?? settings.tiers[name].skuName,
    capacity: second.tiers[name].capacity ?? settings.tiers[name].capacity,
  });
  return [
    primary,
    {
      key: 'secondary',
      location: second.location,
      accountName: second.accountName,
      subdomain: second.subdomain,
      tiers: { premium: tier('premium'), standard: tier('standard') },
      endpointAddress: second.endpointAddress,
      setting: 'azure.secondRegion',
    },
  ];
}

/** Physical names of what belongs to one account. */
export function regionNames({ namePrefix }: Pick<AzureSettings, 'namePrefix'>, { key }: Pick<AzureRegion, 'key'>) {
  const prefix = key === 'primary' ? namePrefix : `${namePrefix}-secondary`;
  return {
    diagnosticSetting: `${prefix}-openai-logs`,
    privateEndpoint: `${prefix}-openai-pe`,
    lock: `${prefix}-openai-lock`,
    alert: (id: string) => `${prefix}-${id}`,
  } as const;
}

/**
 * Private zone in which the endpoint's name resolves inside a linked network; Azure gives the name.
 * Source: https://learn.microsoft.com/azure/private-link/private-endpoint-dns
 */
export const privateDnsZoneName = 'privatelink.openai.azure.com';
