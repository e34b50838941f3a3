import type { AccountSettings } from '../estate/settings';
import type { AuditClients } from './clients';
import type { HeadingId } from './words';

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/** Facts of one resource, by the audit's own property names: the same names in what is expected and in what is read. */
export type Properties = Readonly<Record<string, JsonValue>>;

/** What the inventory says about one row, in one posture. */
export type Expectation = {
  /** Physical name. */
  readonly name: string;
  /** What the audit's table says in words, such as the purpose. */
  readonly label: string;
} & (
  | {
      readonly kind: 'modelled';
      /** Properties that must hold. One that the posture leaves open is left out, not expected as absent. */
      readonly properties: Properties;
    }
  | { readonly kind: 'pending' | 'not modelled'; readonly reason: string }
);

export type Verdict = 'matched' | 'mismatch' | 'missing' | 'pending' | 'not modelled' | 'unexpected';

export interface Difference {
  readonly property: string;
  readonly expected: JsonValue;
  /** `null` where the resource does not have the property. */
  readonly actual: JsonValue;
}

/** A property that the account under audit cannot hold, so that it is shown instead of compared. */
export interface Exemption {
  readonly section: SectionId;
  readonly property: string;
  /** Rows that it holds for. @default every row of the section */
  readonly rows?: readonly string[];
  readonly reason: string;
}

export interface ExemptDifference extends Difference {
  readonly reason: string;
}

/** One row of a table, judged. */
export interface AuditedRow {
  readonly name: string;
  readonly label: string;
  readonly verdict: Verdict;
  /** Why a row is pending or not modelled. */
  readonly reason?: string;
  readonly differences: readonly Difference[];
  readonly exempt: readonly ExemptDifference[];
  /** What was read; absent when nothing was. */
  readonly actual?: Properties;
}

export const sectionIds = [
  'clusters',
  'databases',
  'cache',
  'buckets',
  'functions',
  'queues',
  'distribution',
  'services',
  'tasks',
  'repositories',
  'logGroups',
  'rules',
  'schedules',
  'tables',
  'secrets',
  'securityGroups',
  'flags',
] as const;
export type SectionId = (typeof sectionIds)[number];

/** A column of the audit's table, between the name and the verdict. */
export interface Column {
  readonly heading: HeadingId;
  readonly cell: (row: AuditedRow) => string;
}

/** One table of the audit: what it expects, how it reads, what it shows. */
export interface Section {
  readonly id: SectionId;
  /** `audit`: a table of the audit itself. `support`: what those rows cannot run without. */
  readonly part: 'audit' | 'support';
  /** Heading of the first column. */
  readonly nameHeading: HeadingId;
  readonly columns: readonly Column[];
  /** From the inventory and the posture alone: never from what was read. */
  readonly expected: (settings: AccountSettings) => readonly Expectation[];
  /** The live resource, or `undefined` when there is none of that name. */
  readonly read: (clients: AuditClients, name: string) => Promise<Properties | undefined>;
  /** Live names of the kind, so that what no row explains is found. @default the section does not look for strangers */
  readonly list?: (clients: AuditClients) => Promise<readonly string[]>;
  /** Names that no row carries and that are explained all the same. @default none */
  readonly alsoKnown?: (settings: AccountSettings) => readonly string[];
}

/** A column that shows a property as it was read. */
export const readColumn = (heading: HeadingId, property: string): Column => ({
  heading,
  cell: (row) => {
    const value = row.actual?.[property];
    return value === undefined || value === null ? '–' : String(value);
  },
});

/** A column with the words of the inventory. */
export const labelColumn = (heading: HeadingId): Column => ({ heading, cell: (row) => row.label });

/** Drops what is undefined, and types a row of the inventory as plain JSON. */
export const toJson = (value: object): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;
