import { z } from 'zod';
import { acknowledgedModels, modelDeployments, type Tier } from './azure';

/** Pay-per-token SKUs. Provisioned ones bill by the hour for units of throughput, not per thousand tokens a minute. */
export const deploymentSkus = ['GlobalStandard', 'DataZoneStandard', 'Standard'] as const;
export type DeploymentSku = (typeof deploymentSkus)[number];

/**
 * How far the site-to-site link between the two clouds has come: nothing, the Azure gateway, both ends connected,
 * and connected with name resolution and a call from AWS proven.
 */
export const linkStages = ['none', 'gateway', 'connected', 'verified'] as const;

/**
 * Who may open a connection to the public address of the endpoint: anybody (who then needs an identity with a role,
 * since keys are off), listed addresses only, or nobody.
 */
export const publicAccessModes = ['identity', 'allow-list', 'off'] as const;

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
  /** Model versions, as `model version`, that may be modelled although they are retired. */
  acknowledgedRetiredModels: z
    .array(z.string())
    .default(() => acknowledgedModels.map(({ model, version }) => `${model} ${version}`)),
  network: z
    .strictObject({
      /** IPv4 block of the virtual network; room is left for a gateway subnet. */
      addressSpace: z.string().default('10.60.0.0/22'),
      endpointSubnet: z.string().default('10.60.0.0/26'),
    })
    .prefault({}),
  connectivity: z
    .strictObject({
      privateEndpoint: z.boolean().default(true),
      publicAccess: z.enum(publicAccessModes).default('identity'),
      /** Public IPv4 addresses or blocks, for `allow-list`. */
      allowedAddresses: z.array(z.string()).default([]),
      /** The link as it stands. A statement of fact: it decides how far public access may close. */
      link: z.strictObject({ stage: z.enum(linkStages).default('none') }).prefault({}),
      /** Every caller on AWS has a way out (NAT or public address) to Entra's token endpoint, which is public only. */
      callersReachEntra: z.boolean().default(false),
    })
    .prefault({}),
  monitoring: z
    .strictObject({
      logRetentionDays: z.int().default(90),
      logCategories: z.array(z.string()).default(['Audit', 'AzureOpenAIRequestUsage', 'RequestResponse', 'Trace']),
    })
    .prefault({}),
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
export const azureSettingsOf = (account: {
  readonly namePrefix?: string | undefined;
  readonly azure: AzureSettings;
}): AzureSettings => ({ ...account.azure, subdomain: `${account.namePrefix ?? ''}${account.azure.subdomain}` });

export const tiers: readonly Tier[] = ['premium', 'standard'];

export const deploymentName = (settings: AzureSettings, tier: Tier): string =>
  settings.tiers[tier].deploymentName ?? settings.tiers[tier].model;

/** Address that callers use: the value of AZURE_OPENAI_ENDPOINT. */
export const azureEndpoint = (settings: Pick<AzureSettings, 'subdomain'>): string =>
  `https://${settings.subdomain}.openai.azure.com/`;

/** Physical names that follow from the settings. */
export function azureNames(settings: AzureSettings) {
  const { namePrefix } = settings;
  return {
    resourceGroup: `${namePrefix}-rg`,
    account: settings.accountName,
    workspace: `${namePrefix}-logs`,
    diagnosticSetting: `${namePrefix}-openai-logs`,
    virtualNetwork: `${namePrefix}-vnet`,
    endpointSubnet: 'private-endpoints',
    privateEndpoint: `${namePrefix}-openai-pe`,
    dnsLink: `${namePrefix}-vnet-link`,
  } as const;
}

/**
 * Private zone in which the endpoint's name resolves inside a linked network; Azure gives the name.
 * Source: https://learn.microsoft.com/azure/private-link/private-endpoint-dns
 */
export const privateDnsZoneName = 'privatelink.openai.azure.com';
