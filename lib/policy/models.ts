import type { DeploymentSku } from '../estate/azure-settings';

/**
 * Editions of Microsoft's retirement schedule that the table was read from, newest last.
 *
 * The schedule moves in both directions: gpt-4o-mini stood at 2027-10-01 in April 2026, at 2026-10-01 in July and at
 * 2027-04-14 in September. So the earlier date of the two newest editions counts, and every finding names both.
 */
const scheduleEditions = {
  '2026-07-07':
    'https://github.com/MicrosoftDocs/azure-ai-docs/blob/main/articles/foundry/openai/includes/concepts-model-retirement-schedule-content.md',
  '2026-09-02': 'https://learn.microsoft.com/azure/foundry/openai/concepts/model-retirement-schedule',
} as const;

export type ScheduleEdition = keyof typeof scheduleEditions;

/** Quota of one subscription in one region, in thousands of tokens per minute (one unit of `capacity`). */
export interface Quota {
  /** What a subscription starts with (quota tier 1). */
  readonly initial: number;
  /** The most that any subscription gets without an individual agreement (quota tier 6). */
  readonly highest: number;
}

/** One version of a model: how long it lives, and how much of it a subscription can have. */
export interface ModelVersion {
  readonly model: string;
  readonly version: string;
  /** ISO date per edition: from this day on the deployment cannot be created and every call fails. */
  readonly retires: Readonly<Record<ScheduleEdition, string>>;
  /** ISO date since which a subscription that never deployed this version is refused. */
  readonly closedToNewCustomers?: string;
  /** Left out where the schedule names none that lives longer. */
  readonly successor?: { readonly model: string; readonly version: string };
  /** A SKU that is missing here has no published quota that anybody looked up. */
  readonly quota: Readonly<Partial<Record<DeploymentSku, Quota>>>;
}

const gpt51 = { model: 'gpt-5.1', version: '2025-11-13' } as const;
const gpt5Mini = { model: 'gpt-5-mini', version: '2025-08-07' } as const;

/**
 * The model versions that a tier may name.
 *
 * Dates: {@link scheduleEditions}; closing dates: edition of 2025-12-16 of the same schedule. Quotas: tiers 1 and 6 of
 * https://learn.microsoft.com/azure/foundry/openai/quotas-limits (2026-08-20), except GlobalStandard of gpt-4o, which
 * that page no longer lists: "default" and "enterprise agreement" of its edition of 2025.
 */
export const modelVersions: readonly ModelVersion[] = [
  {
    model: 'gpt-4o',
    version: '2024-11-20',
    retires: { '2026-07-07': '2026-10-01', '2026-09-02': '2027-04-14' },
    closedToNewCustomers: '2025-11-20',
    successor: gpt51,
    quota: {
      GlobalStandard: { initial: 450, highest: 30_000 },
      DataZoneStandard: { initial: 300, highest: 15_000 },
    },
  },
  {
    model: 'gpt-4o',
    version: '2024-08-06',
    retires: { '2026-07-07': '2026-10-01', '2026-09-02': '2027-04-14' },
    closedToNewCustomers: '2025-08-06',
    successor: gpt51,
    quota: {
      GlobalStandard: { initial: 450, highest: 30_000 },
      DataZoneStandard: { initial: 300, highest: 15_000 },
    },
  },
  {
    model: 'gpt-4o-mini',
    version: '2024-07-18',
    retires: { '2026-07-07': '2026-10-01', '2026-09-02': '2027-04-14' },
    closedToNewCustomers: '2025-07-18',
    // Microsoft's own replacement, gpt-4.1-mini, leaves two weeks after it.
    successor: gpt5Mini,
    quota: {
      GlobalStandard: { initial: 2_000, highest: 225_000 },
      DataZoneStandard: { initial: 1_000, highest: 30_000 },
    },
  },
  {
    model: 'gpt-4.1',
    version: '2025-04-14',
    retires: { '2026-07-07': '2026-10-14', '2026-09-02': '2027-04-14' },
    successor: gpt51,
    quota: {
      GlobalStandard: { initial: 1_000, highest: 45_000 },
      DataZoneStandard: { initial: 300, highest: 15_000 },
    },
  },
  {
    model: 'gpt-4.1-mini',
    version: '2025-04-14',
    retires: { '2026-07-07': '2026-10-14', '2026-09-02': '2027-04-14' },
    successor: gpt5Mini,
    quota: {
      GlobalStandard: { initial: 5_000, highest: 225_000 },
      DataZoneStandard: { initial: 2_000, highest: 75_000 },
    },
  },
  {
    ...gpt5Mini,
    retires: { '2026-07-07': '2027-02-06', '2026-09-02': '2027-02-09' },
    successor: { model: 'gpt-5.4-mini', version: '2026-03-17' },
    quota: {
      GlobalStandard: { initial: 1_000, highest: 15_000 },
      DataZoneStandard: { initial: 300, highest: 4_000 },
    },
  },
  {
    ...gpt51,
    retires: { '2026-07-07': '2027-05-15', '2026-09-02': '2027-05-15' },
    quota: {
      GlobalStandard: { initial: 1_000, highest: 15_000 },
      DataZoneStandard: { initial: 300, highest: 4_000 },
      Standard: { initial: 300, highest: 4_000 },
    },
  },
  {
    model: 'gpt-5.4',
    version: '2026-03-05',
    retires: { '2026-07-07': '2027-03-05', '2026-09-02': '2027-09-02' },
    quota: {
      GlobalStandard: { initial: 1_000, highest: 15_000 },
      DataZoneStandard: { initial: 300, highest: 4_000 },
    },
  },
  {
    model: 'gpt-5.4-mini',
    version: '2026-03-17',
    retires: { '2026-07-07': '2027-03-18', '2026-09-02': '2027-09-21' },
    quota: { GlobalStandard: { initial: 1_000, highest: 15_000 } },
  },
];

/** How a version is written where it is acknowledged: model and version with one space between. */
export const modelId = (use: { readonly model: string; readonly version: string }): string =>
  `${use.model} ${use.version}`;

export const findModel = (model: string, version: string): ModelVersion | undefined =>
  modelVersions.find((row) => row.model === model && row.version === version);

/** ISO date from which the version counts as retired: the earliest that an edition of the schedule gives. */
export function retirementDate(row: ModelVersion): string {
  const [earliest = row.retires['2026-07-07']] = Object.values(row.retires).sort();
  return earliest;
}

/** A deployment, by the setting that decides it. */
export interface ModelUse {
  /** Path of the setting in the account's settings file, for example `azure.tiers.premium`. */
  readonly setting: string;
  readonly model: string;
  readonly version: string;
}

export interface ModelFinding extends ModelUse {
  readonly severity: 'retired' | 'retires-soon';
  /** ISO date. */
  readonly retires: string;
  /** One plain paragraph: what, since when, what follows, and the setting that mends it. */
  readonly message: string;
}

/** Days before its retirement from which a version is reported: the vendor's own last notice to existing customers. */
export const noticeDays = 180;

/**
 * Which of the models in use are retired on a day, or will be within {@link noticeDays} days.
 *
 * A version that the table does not know gives no finding here: the rules for the settings refuse it.
 *
 * @param today ISO date to compare with: the committed review date in synth, today's in commands
 * @throws when `today` is no ISO date
 */
export function checkModels(uses: readonly ModelUse[], today: string): readonly ModelFinding[] {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(today) || Number.isNaN(Date.parse(today))) {
    throw new Error(`The day to check models against is no ISO date, got: ${today}. Pass year-month-day.`);
  }
  return uses.flatMap((use) => {
    const row = findModel(use.model, use.version);
    if (!row) return [];
    const retires = retirementDate(row);
    const days = (Date.parse(retires) - Date.parse(today)) / 86_400_000;
    if (days > noticeDays) return [];
    const severity = days <= 0 ? 'retired' : 'retires-soon';
    return [{ ...use, severity, retires, message: describe(use, row, retires, severity) }];
  });
}

function describe(use: ModelUse, row: ModelVersion, retires: string, severity: ModelFinding['severity']): string {
  const verdict =
    severity === 'retired'
      ? `counts as RETIRED since ${retires}: plan passes, but a retired model cannot be deployed and every call to it fails`
      : `retires on ${retires}: from then on every call to it fails`;
  const editions = Object.entries(row.retires);
  const dates = editions.map(([edition, date]) => `${date} (edition of ${edition})`).join(', ');
  const schedule = editions.every(([, date]) => date === retires)
    ? ''
    : ` Editions of Microsoft's schedule differ: ${dates}; the earlier date counts here, the portal knows which holds.`;
  const closed = row.closedToNewCustomers
    ? ` A subscription that never had it is refused since ${row.closedToNewCustomers}.`
    : '';
  const remedy = row.successor
    ? `set ${use.setting}.model to ${row.successor.model} and ${use.setting}.version to ${row.successor.version}`
    : `choose another model for ${use.setting}.model and ${use.setting}.version`;
  return `${use.setting}: ${modelId(use)} ${verdict}.${schedule}${closed} To move on, ${remedy}.`;
}
