import type { AccountSettings, Posture } from '../estate/settings';
import { unmodelled } from '../estate/unmodelled';
import type { AuditClients } from './clients';
import { compare, unexpectedRow, unusedExemptions } from './compare';
import type { AuditedRow, Exemption, Section, SectionId, Verdict } from './model';
import { sections as allSections } from './sections';

export interface AuditedSection {
  readonly id: SectionId;
  readonly part: Section['part'];
  readonly rows: readonly AuditedRow[];
}

export type Counts = Readonly<Record<Verdict | 'rows', number>>;

/** An account held against its inventory. */
export interface AuditReport {
  readonly schemaVersion: 1;
  readonly account: string;
  readonly region: string;
  readonly posture: Posture;
  readonly sections: readonly AuditedSection[];
  /** Of the audit's own tables, and of what supports them. */
  readonly summary: Readonly<Record<Section['part'], Counts>>;
  readonly exemptions: readonly Exemption[];
  /** Exemptions that nothing needed: a reason to remove them, and a failure. */
  readonly unusedExemptions: readonly Exemption[];
}

export interface AuditOptions {
  readonly settings: AccountSettings;
  readonly clients: AuditClients;
  /** What the account under audit cannot hold. @default none */
  readonly exemptions?: readonly Exemption[];
  /** @default every section */
  readonly sections?: readonly Section[];
  /** Told before each section is read. */
  readonly onSection?: (id: SectionId) => void;
}

/** Reads the account back and judges each row of the inventory, and each live resource that has none. */
export async function auditAccount({
  settings,
  clients,
  exemptions = [],
  sections = allSections,
  onSection = () => {},
}: AuditOptions): Promise<AuditReport> {
  const audited: AuditedSection[] = [];
  for (const section of sections) {
    onSection(section.id);
    const rows = await auditSection(
      section,
      settings,
      clients,
      exemptions.filter((exemption) => exemption.section === section.id),
    );
    audited.push({ id: section.id, part: section.part, rows });
  }
  return {
    schemaVersion: 1,
    account: settings.account,
    region: settings.region,
    posture: settings.posture,
    sections: audited,
    summary: { audit: countsOf(audited, 'audit'), support: countsOf(audited, 'support') },
    exemptions,
    unusedExemptions: unusedExemptions(exemptions, new Map(audited.map(({ id, rows }) => [id, rows]))),
  };
}

/** Whether every row is what the inventory says, or waits for a later part. */
export const isClean = ({ summary, unusedExemptions: unused }: AuditReport): boolean =>
  unused.length === 0 &&
  Object.values(summary).every(({ mismatch, missing, unexpected }) => mismatch + missing + unexpected === 0);

async function auditSection(
  section: Section,
  settings: AccountSettings,
  clients: AuditClients,
  exemptions: readonly Exemption[],
): Promise<AuditedRow[]> {
  const expectations = section.expected(settings);
  const rows = await Promise.all(
    expectations.map(async (expectation) =>
      compare(
        expectation,
        expectation.kind === 'modelled' ? await section.read(clients, expectation.name) : undefined,
        exemptions,
      ),
    ),
  );
  const known = new Set([
    ...expectations.map(({ name }) => name),
    ...(section.alsoKnown?.(settings) ?? []),
    ...unmodelled.map(({ name }) => name),
  ]);
  const live = (await section.list?.(clients)) ?? [];
  // A row that nobody compares is in the account all the same, when the listing shows it.
  const seen = rows.map((row) =>
    row.verdict === 'not modelled' && live.includes(row.name) ? { ...row, actual: {} } : row,
  );
  return [...seen, ...live.filter((name) => !known.has(name)).map(unexpectedRow)];
}

function countsOf(audited: readonly AuditedSection[], part: Section['part']): Counts {
  const rows = audited.filter((section) => section.part === part).flatMap((section) => section.rows);
  const count = (verdict: Verdict) => rows.filter((row) => row.verdict === verdict).length;
  return {
    rows: rows.length,
    matched: count('matched'),
    mismatch: count('mismatch'),
    missing: count('missing'),
    unexpected: count('unexpected'),
    pending: count('pending'),
    'not modelled': count('not modelled'),
  };
}
