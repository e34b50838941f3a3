import type { CognitiveAccount } from '@cdktf/provider-azurerm/lib/cognitive-account';
import type { MonitorActionGroup } from '@cdktf/provider-azurerm/lib/monitor-action-group';
import { MonitorMetricAlert } from '@cdktf/provider-azurerm/lib/monitor-metric-alert';
import type { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import type { Construct } from 'constructs';
import { azureAlerts, azureMetricNamespace } from '../lib/estate/azure-alerts';
import { type AzureRegion, type AzureSettings, regionNames } from '../lib/estate/azure-settings';

export interface AlertsProps {
  readonly settings: AzureSettings;
  readonly region: AzureRegion;
  readonly resourceGroup: ResourceGroup;
  readonly account: CognitiveAccount;
  readonly actionGroup: MonitorActionGroup;
}

/** An alert on an account for each row of the table; each description ends at its runbook. */
export function addAlerts(scope: Construct, props: AlertsProps): void {
  const { settings, region, resourceGroup, account, actionGroup } = props;
  for (const row of azureAlerts(region)) {
    new MonitorMetricAlert(scope, `alert-${row.id}`, {
      name: regionNames(settings, region).alert(row.id),
      resourceGroupName: resourceGroup.name,
      scopes: [account.id],
      description: `${row.why}. Runbook: docs/azure-runbooks.md#${row.runbook}`,
      severity: row.severity,
      windowSize: row.window,
      frequency: row.frequency,
      autoMitigate: true,
      criteria: row.criteria.map(({ metric, aggregation, operator, threshold, dimensions }) => ({
        metricNamespace: azureMetricNamespace,
        metricName: metric,
        aggregation,
        operator,
        threshold,
        dimension: dimensions.map(({ name, operator: match, values }) => ({
          name,
          operator: match,
          values: [...values],
        })),
      })),
      action: [{ actionGroupId: actionGroup.id }],
      tags: settings.tags,
    });
  }
}
