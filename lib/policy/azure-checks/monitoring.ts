import { azureMetricNamespace, azureMetrics } from '../../estate/azure-alerts';
import { knownLogCategories } from '../azure-rules/operations';
import { type Block, blocks, providerDocs, type ResourceCheck, show } from './check';

const metricsPage =
  'https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-cognitiveservices-accounts-metrics';

const criteriaOf = (alert: Block): readonly Block[] => [...blocks(alert.criteria), ...blocks(alert.dynamic_criteria)];

/** Minutes of the ISO 8601 durations that alerts know. */
const minutes: Readonly<Record<string, number>> = {
  PT1M: 1,
  PT5M: 5,
  PT15M: 15,
  PT30M: 30,
  PT1H: 60,
  PT6H: 360,
  PT12H: 720,
  P1D: 1440,
};

/** Mistakes with logs, alerts and budgets that azurerm 4.55.0 passes at validate and at plan. */
export const monitoringChecks: readonly ResourceCheck[] = [
  {
    type: 'azurerm_monitor_diagnostic_setting',
    source: providerDocs('monitor_diagnostic_setting'),
    check: ({ enabled_log: logs, enabled_metric: metrics }) =>
      blocks(logs).length + blocks(metrics).length > 0
        ? undefined
        : 'enabled_log or enabled_metric must name a category, got: none',
  },
  {
    type: 'azurerm_monitor_diagnostic_setting',
    source: providerDocs('monitor_diagnostic_setting'),
    check: ({ metric }) =>
      metric === undefined ? undefined : `metric is out of use: write enabled_metric, got: ${show(metric)}`,
  },
  {
    type: 'azurerm_monitor_diagnostic_setting',
    source: 'lib/policy/azure-rules/operations.ts, knownLogCategories',
    check: ({ enabled_log: logs }) => {
      const unknown = blocks(logs).find(({ category }) => !knownLogCategories.includes(String(category)));
      return unknown && `enabled_log has an unknown category, got: ${show(unknown.category)}`;
    },
  },
  {
    type: 'azurerm_monitor_metric_alert',
    source: metricsPage,
    check: (alert) => {
      const wrong = criteriaOf(alert).find(
        ({ metric_namespace: namespace, metric_name: name }) =>
          namespace !== azureMetricNamespace || !(String(name) in azureMetrics),
      );
      return (
        wrong &&
        `criteria must name a metric of ${azureMetricNamespace} that is meant for Azure OpenAI, got: ` +
          `${show(wrong.metric_namespace)} ${show(wrong.metric_name)}; known: ${Object.keys(azureMetrics).join(', ')}`
      );
    },
  },
  {
    type: 'azurerm_monitor_metric_alert',
    source: metricsPage,
    check: (alert) => {
      for (const { metric_name: name, dimension } of criteriaOf(alert)) {
        const known: readonly string[] = azureMetrics[String(name) as keyof typeof azureMetrics] ?? [];
        const odd = blocks(dimension).find(({ name: text }) => !known.includes(String(text)));
        if (odd) {
          return `criteria has a dimension that ${show(name)} does not have, got: ${show(odd.name)}; known: ${known.join(', ')}`;
        }
      }
      return undefined;
    },
  },
  {
    type: 'azurerm_monitor_metric_alert',
    source: 'https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-metric-multiple-time-series-single-rule',
    check: (alert) => {
      const criteria = criteriaOf(alert);
      const split = criteria
        .flatMap(({ dimension }) => blocks(dimension))
        .find(({ values }) => Array.isArray(values) && values.length > 1);
      return criteria.length > 1 && split
        ? `criteria admits one value per dimension where there is more than one criterion, got: ${show(split.values)}`
        : undefined;
    },
  },
  {
    type: 'azurerm_monitor_metric_alert',
    source: providerDocs('monitor_metric_alert'),
    check: ({ window_size: window = 'PT5M', frequency = 'PT1M' }) =>
      (minutes[String(window)] ?? 0) > (minutes[String(frequency)] ?? Number.POSITIVE_INFINITY)
        ? undefined
        : `window_size must be longer than frequency, got: ${show(window)} and ${show(frequency)}`,
  },
  {
    type: 'azurerm_monitor_metric_alert',
    source: 'docs/azure-runbooks.md',
    check: ({ description, action }) => {
      if (blocks(action).length === 0) return 'action must name an action group, or nobody hears of it, got: none';
      return /Runbook: docs\/azure-runbooks\.md#[a-z-]+$/.test(String(description))
        ? undefined
        : `description must end at a runbook, got: ${show(description)}`;
    },
  },
  {
    type: 'azurerm_monitor_action_group',
    source: providerDocs('monitor_action_group'),
    check: ({ short_name: name }) =>
      typeof name === 'string' && name.length >= 1 && name.length <= 12
        ? undefined
        : `short_name must have 1 to 12 characters, got: ${show(name)}`,
  },
  {
    type: 'azurerm_monitor_action_group',
    source: providerDocs('monitor_action_group'),
    check: ({ enabled, ...group }) =>
      enabled !== false && Object.keys(group).some((key) => key.endsWith('_receiver') && blocks(group[key]).length > 0)
        ? undefined
        : 'a receiver must be named and the group enabled, or nobody hears of an alert, got: none',
  },
  {
    type: 'azurerm_application_insights',
    source: providerDocs('application_insights'),
    check: ({ daily_data_cap_in_gb: cap, local_authentication_disabled: entraOnly }) => {
      if (typeof cap !== 'number') return `daily_data_cap_in_gb must be set (the default is 100), got: ${show(cap)}`;
      return entraOnly === true
        ? undefined
        : `local_authentication_disabled must be true (by default a key in clients may write), got: ${show(entraOnly)}`;
    },
  },
  {
    type: 'azurerm_consumption_budget_resource_group',
    source: providerDocs('consumption_budget_resource_group'),
    check: ({ time_period: period }) => {
      const wrong = blocks(period).find(({ start_date: start }) => !/^\d{4}-\d{2}-01T00:00:00Z$/.test(String(start)));
      return (
        wrong && `time_period.start_date must be the first of a month, as a literal, got: ${show(wrong.start_date)}`
      );
    },
  },
  {
    type: 'azurerm_consumption_budget_resource_group',
    source: providerDocs('consumption_budget_resource_group'),
    check: ({ notification: notices }) => {
      const deaf = blocks(notices).find((notice) =>
        ['contact_emails', 'contact_groups', 'contact_roles'].every(
          (key) => !Array.isArray(notice[key]) || notice[key].length === 0,
        ),
      );
      return deaf && `notification must name a contact, got: ${show(deaf)}`;
    },
  },
  {
    type: 'azurerm_application_insights_workbook',
    source: providerDocs('application_insights_workbook'),
    check: ({ name, data_json: data }) => {
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(String(name))) {
        return `name must be a UUID in small letters, got: ${show(name)}`;
      }
      const wrong = [...String(data).matchAll(/accounts--([A-Za-z]+)/g)].find(
        ([, metric = '']) => !(metric in azureMetrics),
      );
      return wrong && `data_json draws an unknown metric, got: ${show(wrong[1])}`;
    },
  },
];
