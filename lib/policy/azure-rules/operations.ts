import { list, type SettingsRule, unless } from './rule';

/**
 * Diagnostic log categories of an Azure OpenAI account; none of them holds the text of a prompt or an answer.
 * Source: https://learn.microsoft.com/azure/azure-monitor/reference/supported-logs/microsoft-cognitiveservices-accounts-logs
 */
export const knownLogCategories: readonly string[] = ['Audit', 'AzureOpenAIRequestUsage', 'RequestResponse', 'Trace'];

/** Logs, alerts and the budget. */
export const operationRules: readonly SettingsRule[] = [
  {
    source: 'https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure',
    check: ({ settings: { monitoring } }) =>
      unless(
        monitoring.logRetentionDays >= 30 && monitoring.logRetentionDays <= 730,
        `azure.monitoring.logRetentionDays is out of range, got: ${monitoring.logRetentionDays}. Give 30 to 730 days.`,
      ),
  },
  {
    source: 'lib/policy/azure-rules/operations.ts, knownLogCategories',
    check: ({ settings: { monitoring } }) => [
      ...unless(
        monitoring.logCategories.length > 0,
        `azure.monitoring.logCategories is empty, got: []. Name at least one of: ${list(knownLogCategories)}.`,
      ),
      ...monitoring.logCategories
        .filter((category) => !knownLogCategories.includes(category))
        .map(
          (category) =>
            `azure.monitoring.logCategories has an unknown category, got: ${category}. ` +
            `Choose from: ${list(knownLogCategories)}.`,
        ),
      ...unless(
        new Set(monitoring.logCategories).size === monitoring.logCategories.length,
        `azure.monitoring.logCategories names a category twice, got: ${list(monitoring.logCategories)}. Name each once.`,
      ),
    ],
  },
  {
    source: 'https://learn.microsoft.com/azure/azure-monitor/app/opentelemetry-sampling#set-a-daily-cap',
    check: ({ settings: { monitoring } }) =>
      unless(
        monitoring.insightsDailyCapGb > 0 && monitoring.insightsDailyCapGb <= 100,
        `azure.monitoring.insightsDailyCapGb is out of range, got: ${monitoring.insightsDailyCapGb}. ` +
          'Give gigabytes a day, above 0 and at most 100.',
      ),
  },
  {
    source: 'https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups',
    check: ({ settings: { monitoring } }) =>
      monitoring.alertEmails.flatMap((address) =>
        unless(
          /^[^@\s]+@[^@\s]+\.[^@\s.]+$/.test(address),
          `azure.monitoring.alertEmails has an entry that is no mail address, got: ${address}. Write name@domain.`,
        ),
      ),
  },
  {
    source: 'https://learn.microsoft.com/rest/api/consumption/budgets/create-or-update',
    check: ({ settings: { budget } }, today) => {
      const { startDate } = budget;
      const firstOfMonth = /^\d{4}-(0[1-9]|1[0-2])-01$/.test(startDate);
      if (!firstOfMonth) {
        return [
          `azure.budget.startDate is not the first of a month, got: ${startDate}. Write year-month-01, for example 2026-12-01.`,
        ];
      }
      return [
        ...unless(
          startDate >= '2017-06-01',
          `azure.budget.startDate is before Azure has budgets, got: ${startDate}. Choose 2017-06-01 or later.`,
        ),
        ...unless(
          startDate <= aYearAfter(today),
          `azure.budget.startDate is more than twelve months ahead of ${today}, got: ${startDate}. Choose an earlier month.`,
        ),
      ];
    },
  },
];

const aYearAfter = (day: string): string => `${Number(day.slice(0, 4)) + 1}${day.slice(4)}`;
