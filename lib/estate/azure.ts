import { audited, type Evidence, evidence, proposed, type Row } from './evidence';
import type { UnmodelledRow } from './unmodelled';

/** The two tiers of the audit, section 10. */
export type Tier = 'premium' | 'standard';

/** A thing in Azure, with the type and address under which Terraform keeps it. */
export interface AzureRow extends Row {
  readonly type: string;
  /** Address in the stack, unique: `type.logical-id`. */
  readonly address: string;
}

/** A model deployment as the audit and the migration strategy have it. */
export interface ModelDeploymentRow extends AzureRow {
  readonly model: string;
  readonly version: string;
  readonly skuName: 'GlobalStandard';
  /** Thousands of tokens per minute. */
  readonly capacity: number;
}

const strategy = 'US-EAST-2 migration strategy of 1 December 2025';
const terraform = 'Terraform root azure-ai of 1 December 2025, never applied';

const row = (type: string, id: string, name: string, ...proof: readonly Evidence[]): AzureRow => ({
  type,
  address: `${type}.${id}`,
  name,
  owner: 'this repository',
  evidence: proof,
});

export const modelDeployments: Readonly<Record<Tier, ModelDeploymentRow>> = {
  premium: {
    ...row(
      'azurerm_cognitive_deployment',
      'deployments_premium',
      'gpt-4o',
      audited('"GPT-4o (premium)"; the other documents that pair the two tiers agree, the Terraform root does not'),
      proposed(
        `version, SKU and capacity: ${strategy} (its unit "PTU" is wrong: 100 means 100 thousand tokens a minute); ` +
          `name: final report, where the strategy says gpt-4o-prod`,
      ),
    ),
    model: 'gpt-4o',
    version: '2024-11-20',
    skuName: 'GlobalStandard',
    capacity: 100,
  },
  standard: {
    ...row(
      'azurerm_cognitive_deployment',
      'deployments_standard',
      'gpt-4o-mini',
      audited('"GPT-4o-mini (standard)"; the strategy calls this tier economy'),
      proposed(
        `version, SKU and capacity: ${strategy} (200 means 200 thousand tokens a minute); ` +
          `name: final report, where the strategy says gpt-4o-mini-prod`,
      ),
    ),
    model: 'gpt-4o-mini',
    version: '2024-07-18',
    skuName: 'GlobalStandard',
    capacity: 200,
  },
};

/** Retired model versions that are modelled all the same, and why. */
export const acknowledgedModels: readonly {
  readonly model: string;
  readonly version: string;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}[] = [
  {
    model: 'gpt-4o',
    version: '2024-11-20',
    reason: 'The audit names GPT-4o for the premium tier; whoever deploys chooses the successor.',
    evidence: [audited('retirement by edition of the schedule: 2026-06-05, then 2026-10-01, last seen 2027-04-14')],
  },
  {
    model: 'gpt-4o-mini',
    version: '2024-07-18',
    reason: 'The audit names GPT-4o-mini for the standard tier; whoever deploys chooses the successor.',
    evidence: [
      audited(
        'retirement by edition of the schedule: 2026-03-31, then 2027-10-01, then 2026-10-01, last seen 2027-04-14',
      ),
    ],
  },
];

/** Azure names a workbook by a UUID; a fixed one, since another replaces it. */
export const workbookName = '6f9d7c52-0b1e-4f0a-9a55-2d1f6f3c8e41';

/** Audit section 10: everything in Azure, under the names that the default settings give. */
export const azureResources: readonly AzureRow[] = [
  row(
    'azurerm_resource_group',
    'group',
    'huntaze-ai-production-rg',
    proposed(`name: ${terraform}; other documents say huntaze-ai-rg and huntaze-ai. Region eastus2: ${strategy}`),
  ),
  row(
    'azurerm_cognitive_account',
    'account_openai',
    'huntaze-ai-api',
    audited('host name huntaze-ai-api.openai.azure.com, which gives the custom subdomain'),
    proposed(
      'the account is called like its subdomain; other documents: huntaze-ai-production-openai-primary, ' +
        'huntaze-ai-openai, huntaze-ai. Kind OpenAI, SKU S0 and the system-assigned identity: Terraform root azure-ai',
    ),
  ),
  modelDeployments.premium,
  modelDeployments.standard,
  row(
    'azurerm_virtual_network',
    'network_vnet',
    'huntaze-ai-production-vnet',
    proposed('the strategy has a private endpoint but names no network'),
  ),
  row('azurerm_subnet', 'network_endpoints', 'private-endpoints', proposed()),
  row(
    'azurerm_private_dns_zone',
    'network_zone',
    'privatelink.openai.azure.com',
    proposed('the strategy has no zone; the name is given by Azure'),
  ),
  row(
    'azurerm_private_dns_zone_virtual_network_link',
    'network_zone-link',
    'huntaze-ai-production-vnet-link',
    proposed(),
  ),
  row(
    'azurerm_private_endpoint',
    'private-endpoint',
    'huntaze-ai-production-openai-pe',
    audited('"private endpoint", said to be reached over HTTPS with no change on AWS: not possible without a link'),
    proposed(`name; the ${terraform}, leaves the account public`),
  ),
  row(
    'azurerm_management_lock',
    'lock',
    'huntaze-ai-production-openai-lock',
    proposed('no document has a lock; the account holds the host name that every caller knows'),
  ),
  row(
    'azurerm_user_assigned_identity',
    'callers_identity',
    'huntaze-ai-production-aws-callers',
    proposed('documents want a managed identity, which callers on AWS cannot have without federation'),
  ),
  row(
    'azurerm_role_assignment',
    'callers-role',
    'Cognitive Services OpenAI User',
    proposed('the Terraform README says Cognitive Services User, which may do more than call a model'),
  ),
  row(
    'azurerm_log_analytics_workspace',
    'monitoring_logs',
    'huntaze-ai-production-logs',
    proposed(`name, PerGB2018 and 90 days: ${terraform}`),
  ),
  row(
    'azurerm_application_insights',
    'monitoring_insights',
    'huntaze-ai-production-insights',
    proposed(`name, web, workspace based: ${terraform}; the daily cap is ours`),
  ),
  row(
    'azurerm_monitor_action_group',
    'monitoring_action-group',
    'huntaze-ai-production-alerts',
    proposed('a runbook names a group ops-team; no document names a recipient'),
  ),
  row(
    'azurerm_consumption_budget_resource_group',
    'monitoring_budget',
    'huntaze-ai-production-monthly',
    proposed('2,000 USD a month: cost thresholds of the application; other documents say 1,000 and 7,000'),
  ),
  row(
    'azurerm_monitor_diagnostic_setting',
    'openai-to-logs',
    'huntaze-ai-production-openai-logs',
    proposed('documents claim audit logs; no template declares them'),
  ),
  ...['availability-fast', 'availability-slow', 'server-errors', 'throttled', 'content-filter'].map((id) =>
    row(
      'azurerm_monitor_metric_alert',
      `alert-${id}`,
      `huntaze-ai-production-${id}`,
      proposed('documents claim alerts; they exist only as rules of the application'),
    ),
  ),
  ...(['premium', 'standard'] as const).map((tier) =>
    row(
      'azurerm_monitor_metric_alert',
      `alert-tokens-${tier}`,
      `huntaze-ai-production-tokens-${tier}`,
      proposed('documents name the metric azure_openai_quota_percentage and no resource'),
    ),
  ),
  row(
    'azurerm_application_insights_workbook',
    'workbook',
    workbookName,
    proposed('the application has a dashboard of eight widgets; no resource anywhere'),
  ),
];

/** What documents of the same days show for Azure and the model leaves out. */
export const azureUnmodelled: readonly UnmodelledRow[] = [
  {
    section: 'other',
    name: 'huntaze-ai-production-search (Azure AI Search)',
    reason: 'The audit asks for Azure OpenAI only.',
    evidence: [evidence('azureTerraform', 'listed', 'absent from section 10 of the audit')],
  },
  {
    section: 'other',
    name: 'huntaze-ai-production-kv (Key Vault)',
    reason: 'It held the account key; key authentication is off, so that there is nothing to keep in it.',
    evidence: [evidence('azureTerraform', 'listed', 'absent from section 10 of the audit')],
  },
  {
    section: 'other',
    name: 'gpt-4-turbo-prod, gpt-4-standard-prod, gpt-35-turbo-prod, gpt-4-vision-prod, text-embedding-ada-002-prod',
    reason: 'The audit names two tiers and other models; four of these five versions are gone from the schedule.',
    evidence: [evidence('azureTerraform', 'listed', 'absent from section 10 of the audit')],
  },
  {
    section: 'other',
    name: 'gpt-4o-realtime-prod, text-embedding-3-large-prod',
    reason: 'Later phases of the strategy; the audit does not ask for them.',
    evidence: [evidence('azureStrategy', 'listed', 'absent from section 10 of the audit')],
  },
  {
    section: 'other',
    name: 'huntaze-ai-hub-eus2, huntaze-ai-eus2-29796',
    reason: 'Accounts of October 2025 whose subscription and fate no document tells.',
    evidence: [evidence('audit', 'inferred', 'shown by setup scripts of October 2025; absent from section 10')],
  },
  {
    section: 'other',
    name: 'huntaze-ai-hub, huntaze-ai-project (Foundry hub, project and serverless models)',
    reason: 'A change of direction four days after the audit.',
    evidence: [evidence('audit', 'inferred', 'shown by scripts of 5 December 2025; absent from section 10')],
  },
];
