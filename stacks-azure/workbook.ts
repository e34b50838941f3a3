import { ApplicationInsightsWorkbook } from '@cdktf/provider-azurerm/lib/application-insights-workbook';
import type { CognitiveAccount } from '@cdktf/provider-azurerm/lib/cognitive-account';
import type { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import { Fn } from 'cdktf';
import type { Construct } from 'constructs';
import { workbookName } from '../lib/estate/azure';
import { type AzureMetric, azureMetricNamespace, azureMetrics } from '../lib/estate/azure-alerts';
import type { AzureSettings } from '../lib/estate/azure-settings';

/** Numbers that the workbook format has for aggregations. */
const aggregations = { total: 1, average: 4 } as const;

interface Chart {
  readonly title: string;
  readonly metrics: readonly AzureMetric[];
  readonly aggregation: keyof typeof aggregations;
  readonly splitBy?: string;
}

const charts: readonly Chart[] = [
  { title: 'Availability, per cent', metrics: ['AzureOpenAIAvailabilityRate'], aggregation: 'average' },
  { title: 'Requests by status', metrics: ['AzureOpenAIRequests'], aggregation: 'total', splitBy: 'StatusCode' },
  {
    title: 'Requests by deployment',
    metrics: ['AzureOpenAIRequests'],
    aggregation: 'total',
    splitBy: 'ModelDeploymentName',
  },
  {
    title: 'Time to the last byte, milliseconds, average (no platform metric has a percentile)',
    metrics: ['AzureOpenAITTLTInMS'],
    aggregation: 'average',
    splitBy: 'ModelDeploymentName',
  },
  {
    title: 'Tokens by deployment',
    metrics: ['TokenTransaction'],
    aggregation: 'total',
    splitBy: 'ModelDeploymentName',
  },
  { title: 'Tokens in and out', metrics: ['ProcessedPromptTokens', 'GeneratedTokens'], aggregation: 'total' },
  {
    title: 'Blocked by the content filter, by category',
    metrics: ['RAIRejectedRequests'],
    aggregation: 'total',
    splitBy: 'Category',
  },
];

export interface WorkbookProps {
  readonly settings: AzureSettings;
  readonly resourceGroup: ResourceGroup;
  readonly accounts: readonly CognitiveAccount[];
}

/** The picture of Azure's side: what the alerts judge, over time. The callers' side is on the dashboard of CloudWatch. */
export function addWorkbook(scope: Construct, { settings, resourceGroup, accounts }: WorkbookProps): void {
  new ApplicationInsightsWorkbook(scope, 'workbook', {
    name: workbookName,
    resourceGroupName: resourceGroup.name,
    location: resourceGroup.location,
    displayName: 'Huntaze Azure OpenAI',
    category: 'workbook',
    dataJson: Fn.jsonencode({
      version: 'Notebook/1.0',
      items: charts.map((chart, index) => metricItem(chart, index, accounts)),
      isLocked: false,
    }),
    tags: settings.tags,
  });
}

function metricItem(chart: Chart, index: number, accounts: readonly CognitiveAccount[]) {
  return {
    type: 10,
    name: `metric-${index}`,
    customWidth: '50',
    content: {
      version: 'MetricsItem/2.0',
      chartId: `workbook-${index}`,
      size: 0,
      chartType: 2,
      title: chart.title,
      resourceType: azureMetricNamespace.toLowerCase(),
      metricScope: 0,
      resourceIds: accounts.map((account) => account.id),
      timeContext: { durationMs: 86_400_000 },
      metrics: chart.metrics.map((metric) => ({
        namespace: azureMetricNamespace.toLowerCase(),
        metric: `${azureMetricNamespace.toLowerCase()}--${metric}`,
        aggregation: aggregations[chart.aggregation],
        splitBy: splitBy(chart, metric),
      })),
    },
  };
}

function splitBy({ title, splitBy: dimension }: Chart, metric: AzureMetric): string | null {
  if (dimension !== undefined && !(azureMetrics[metric] as readonly string[]).includes(dimension)) {
    throw new Error(`Chart "${title}" splits ${metric} by a dimension that it does not have, got: ${dimension}.`);
  }
  return dimension ?? null;
}
