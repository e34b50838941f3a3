import { ApplicationInsights } from '@cdktf/provider-azurerm/lib/application-insights';
import type { CognitiveAccount } from '@cdktf/provider-azurerm/lib/cognitive-account';
import { ConsumptionBudgetResourceGroup } from '@cdktf/provider-azurerm/lib/consumption-budget-resource-group';
import { LogAnalyticsWorkspace } from '@cdktf/provider-azurerm/lib/log-analytics-workspace';
import { MonitorActionGroup } from '@cdktf/provider-azurerm/lib/monitor-action-group';
import { MonitorDiagnosticSetting } from '@cdktf/provider-azurerm/lib/monitor-diagnostic-setting';
import type { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import { Construct } from 'constructs';
import type { AzureEstate } from '../lib/estate/azure-estate';
import { type AzureRegion, type AzureSettings, azureNames, regionNames } from '../lib/estate/azure-settings';
import { budgetNotices } from '../lib/estate/hybrid';

export interface MonitoringProps {
  readonly estate: AzureEstate;
  readonly resourceGroup: ResourceGroup;
}

/** Built-in role Owner: its holders hear of alerts, so that somebody does while the settings name no mailbox. */
const owner = { name: 'Owner', id: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635' } as const;

/** Where logs and metrics go, whom alerts reach, and what the month may cost. */
export class Monitoring extends Construct {
  /** It refuses to be destroyed: its logs exist nowhere else. */
  readonly workspace: LogAnalyticsWorkspace;
  readonly insights: ApplicationInsights;
  readonly actionGroup: MonitorActionGroup;
  private readonly settings: AzureSettings;

  constructor(scope: Construct, id: string, { estate, resourceGroup }: MonitoringProps) {
    super(scope, id);
    const { settings, monthlyBudget } = estate;
    this.settings = settings;
    const names = azureNames(settings);
    const { tags, monitoring } = settings;
    const inGroup = { resourceGroupName: resourceGroup.name };
    const inRegion = { ...inGroup, location: resourceGroup.location };

    this.workspace = new LogAnalyticsWorkspace(this, 'logs', {
      ...inRegion,
      name: names.workspace,
      sku: 'PerGB2018',
      retentionInDays: monitoring.logRetentionDays,
      localAuthenticationEnabled: false,
      tags,
      lifecycle: { preventDestroy: true },
    });
    this.insights = new ApplicationInsights(this, 'insights', {
      ...inRegion,
      name: names.insights,
      applicationType: 'web',
      workspaceId: this.workspace.id,
      dailyDataCapInGb: monitoring.insightsDailyCapGb,
      localAuthenticationDisabled: true,
      tags,
    });
    this.actionGroup = new MonitorActionGroup(this, 'action-group', {
      ...inGroup,
      name: names.actionGroup,
      shortName: 'huntaze-ai',
      armRoleReceiver: [{ name: 'owners', roleId: owner.id, useCommonAlertSchema: true }],
      emailReceiver: monitoring.alertEmails.map((emailAddress) => ({
        name: emailAddress,
        emailAddress,
        useCommonAlertSchema: true,
      })),
      tags,
    });
    new ConsumptionBudgetResourceGroup(this, 'budget', {
      name: names.budget,
      resourceGroupId: resourceGroup.id,
      amount: monthlyBudget,
      timeGrain: 'Monthly',
      timePeriod: { startDate: `${settings.budget.startDate}T00:00:00Z` },
      notification: budgetNotices.map((share) => ({
        operator: 'GreaterThanOrEqualTo',
        threshold: share * 100,
        thresholdType: 'Actual',
        contactGroups: [this.actionGroup.id],
        contactRoles: [owner.name],
      })),
    });
  }

  /** Sends the logs and metrics of an account to the workspace. */
  record(scope: Construct, id: string, region: AzureRegion, account: CognitiveAccount): MonitorDiagnosticSetting {
    return new MonitorDiagnosticSetting(scope, id, {
      name: regionNames(this.settings, region).diagnosticSetting,
      targetResourceId: account.id,
      logAnalyticsWorkspaceId: this.workspace.id,
      enabledLog: this.settings.monitoring.logCategories.map((category) => ({ category })),
      enabledMetric: [{ category: 'AllMetrics' }],
    });
  }
}
