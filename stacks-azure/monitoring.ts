import type { CognitiveAccount } from '@cdktf/provider-azurerm/lib/cognitive-account';
import { LogAnalyticsWorkspace } from '@cdktf/provider-azurerm/lib/log-analytics-workspace';
import { MonitorDiagnosticSetting } from '@cdktf/provider-azurerm/lib/monitor-diagnostic-setting';
import type { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import { Construct } from 'constructs';
import { type AzureSettings, azureNames } from '../lib/estate/azure-settings';

export interface MonitoringProps {
  readonly settings: AzureSettings;
  readonly resourceGroup: ResourceGroup;
  readonly account: CognitiveAccount;
}

/** Where the account's logs and metrics go. The workspace refuses to be destroyed: its logs exist nowhere else. */
export class Monitoring extends Construct {
  readonly workspace: LogAnalyticsWorkspace;

  constructor(scope: Construct, id: string, { settings, resourceGroup, account }: MonitoringProps) {
    super(scope, id);
    const names = azureNames(settings);
    const { logRetentionDays, logCategories } = settings.monitoring;
    this.workspace = new LogAnalyticsWorkspace(this, 'logs', {
      name: names.workspace,
      resourceGroupName: resourceGroup.name,
      location: resourceGroup.location,
      sku: 'PerGB2018',
      retentionInDays: logRetentionDays,
      localAuthenticationEnabled: false,
      tags: settings.tags,
      lifecycle: { preventDestroy: true },
    });
    new MonitorDiagnosticSetting(this, 'openai-to-logs', {
      name: names.diagnosticSetting,
      targetResourceId: account.id,
      logAnalyticsWorkspaceId: this.workspace.id,
      enabledLog: logCategories.map((category) => ({ category })),
      enabledMetric: [{ category: 'AllMetrics' }],
    });
  }
}
