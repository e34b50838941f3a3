import type { Tier } from './azure';
import { type AzureRegion, deploymentName, tiers } from './azure-settings';
import { type Evidence, evidence, proposed } from './evidence';

/** Headings of docs/azure-runbooks.md, as the fragment of a link to them. */
export const azureRunbookAnchors = [
  'azure-availability',
  'azure-server-errors',
  'azure-throttled',
  'azure-tokens-near-capacity',
  'azure-content-filter-rejections',
  'azure-budget',
] as const;

export type AzureRunbookAnchor = (typeof azureRunbookAnchors)[number];

const openAi = ['ApiName', 'OperationName', 'Region', 'StreamType', 'ModelDeploymentName', 'ModelName', 'ModelVersion'];

/**
 * Platform metrics that alerts and the workbook may use, with their dimensions. The provider takes any text for both.
 *
 * None has a percentile, and the older Latency, TotalCalls, SuccessRate and BlockedCalls are not meant for Azure OpenAI.
 * Source: https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-cognitiveservices-accounts-metrics
 */
export const azureMetrics = {
  AzureOpenAIAvailabilityRate: openAi,
  AzureOpenAIRequests: [...openAi, 'StatusCode', 'IsSpillover', 'ServiceTierRequest', 'ServiceTierResponse'],
  AzureOpenAITTLTInMS: openAi,
  ProcessedPromptTokens: ['ApiName', 'ModelDeploymentName', 'FeatureName', 'UsageChannel', 'Region', 'ModelVersion'],
  GeneratedTokens: ['ApiName', 'ModelDeploymentName', 'FeatureName', 'UsageChannel', 'Region', 'ModelVersion'],
  TokenTransaction: ['ApiName', 'ModelDeploymentName', 'FeatureName', 'UsageChannel', 'Region', 'ModelVersion'],
  RAIRejectedRequests: [
    'Region',
    'ModelDeploymentName',
    'ModelName',
    'ModelVersion',
    'ApiName',
    'TextType',
    'Category',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type AzureMetric = keyof typeof azureMetrics;

/** Namespace of those metrics. */
export const azureMetricNamespace = 'Microsoft.CognitiveServices/accounts';

/** The value that starts with a text, or is one of a list. */
export interface DimensionFilter {
  readonly name: string;
  readonly operator: 'Include' | 'StartsWith';
  readonly values: readonly string[];
}

export interface AlertCriterion {
  readonly metric: AzureMetric;
  readonly aggregation: 'Average' | 'Total';
  readonly operator: 'GreaterThan' | 'LessThan';
  readonly threshold: number;
  readonly dimensions: readonly DimensionFilter[];
}

/** One alert. Where it names several deployments, Azure judges each on its own. */
export interface AzureAlertRow {
  readonly id: string;
  /** 0 is the gravest, 4 the least. */
  readonly severity: 1 | 2 | 3;
  /** Every one must hold. */
  readonly criteria: readonly AlertCriterion[];
  /** ISO 8601 duration of the window that is judged. */
  readonly window: 'PT5M' | 'PT15M' | 'PT1H';
  readonly frequency: 'PT1M' | 'PT5M';
  readonly runbook: AzureRunbookAnchor;
  /** Why this figure. */
  readonly why: string;
  readonly source: Evidence;
}

/** Share of a deployment's tokens a minute from which somebody hears of it. */
const capacityWarningShare = 0.8;

/** Requests in a window below which a rate means nothing. */
const enoughRequests = 10;

const inApp = (id: string): Evidence =>
  evidence('azureTerraform', 'inferred', `rule ${id} of the application's alerting service, no resource anywhere`);

/** The alerts of one account. */
export function azureAlerts(region: AzureRegion): readonly AzureAlertRow[] {
  const names = tiers.map((tier) => deploymentName(region, tier));
  const ofDeployments: DimensionFilter = { name: 'ModelDeploymentName', operator: 'Include', values: names };
  const requests = (...more: readonly DimensionFilter[]) =>
    ({
      metric: 'AzureOpenAIRequests',
      aggregation: 'Total',
      operator: 'GreaterThan',
      dimensions: [...more],
    }) as const;
  const availability = (threshold: number, window: 'PT5M' | 'PT1H'): Pick<AzureAlertRow, 'criteria' | 'window'> => ({
    window,
    criteria: [
      {
        metric: 'AzureOpenAIAvailabilityRate',
        aggregation: 'Average',
        operator: 'LessThan',
        threshold,
        dimensions: [],
      },
      { ...requests(), threshold: enoughRequests },
    ],
  });
  return [
    {
      id: 'availability-fast',
      severity: 1,
      ...availability(95, 'PT5M'),
      frequency: 'PT1M',
      runbook: 'azure-availability',
      why: `one request in twenty fails, of more than ${enoughRequests} in five minutes`,
      source: inApp('error rate: above 5 % on average over 5 minutes'),
    },
    {
      id: 'availability-slow',
      severity: 2,
      ...availability(99, 'PT1H'),
      frequency: 'PT5M',
      runbook: 'azure-availability',
      why: 'one request in a hundred fails over an hour: the objective of the month does not last',
      source: inApp('service level: errors 1 %, availability 99.9 % over 30 days'),
    },
    {
      id: 'server-errors',
      severity: 2,
      window: 'PT5M',
      frequency: 'PT1M',
      criteria: [
        {
          ...requests(ofDeployments, { name: 'StatusCode', operator: 'StartsWith', values: ['5'] }),
          threshold: 5,
        },
      ],
      runbook: 'azure-server-errors',
      why: 'five failures open the breaker of a caller',
      source: inApp('breaker: 5 consecutive failures'),
    },
    {
      id: 'throttled',
      severity: 2,
      window: 'PT5M',
      frequency: 'PT1M',
      criteria: [
        { ...requests(ofDeployments, { name: 'StatusCode', operator: 'Include', values: ['429'] }), threshold: 10 },
      ],
      runbook: 'azure-throttled',
      why: 'single answers 429 are retried; two a minute are a shortage of capacity',
      source: proposed('documents name the metric azure_openai_rate_limit_hit and no figure'),
    },
    ...tiers.map((tier) => tokensNearCapacity(region, tier)),
    {
      id: 'content-filter',
      severity: 3,
      window: 'PT1H',
      frequency: 'PT5M',
      criteria: [
        {
          metric: 'RAIRejectedRequests',
          aggregation: 'Total',
          operator: 'GreaterThan',
          threshold: 20,
          dimensions: [ofDeployments],
        },
      ],
      runbook: 'azure-content-filter-rejections',
      why: 'a rejection means that the filter works; many mean that it does not suit the platform, or is being tried',
      source: proposed('documents name the metric azure_openai_content_filter_trigger and no figure'),
    },
  ];
}

function tokensNearCapacity(region: AzureRegion, tier: Tier): AzureAlertRow {
  const { capacity } = region.tiers[tier];
  const minutes = 5;
  return {
    id: `tokens-${tier}`,
    severity: 3,
    window: 'PT5M',
    frequency: 'PT1M',
    criteria: [
      {
        metric: 'TokenTransaction',
        aggregation: 'Total',
        operator: 'GreaterThan',
        threshold: Math.round(capacityWarningShare * capacity * 1000 * minutes),
        dimensions: [{ name: 'ModelDeploymentName', operator: 'Include', values: [deploymentName(region, tier)] }],
      },
    ],
    runbook: 'azure-tokens-near-capacity',
    why: `${capacityWarningShare * 100} % of ${capacity} thousand tokens a minute, over five minutes`,
    source: proposed('capacity of the deployment; documents warn at 80 % of other limits'),
  };
}
