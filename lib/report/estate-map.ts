import { isDeepStrictEqual } from 'node:util';
import type { AuditReport } from '../audit';
import type { AuditedRow, JsonValue, Properties, Verdict } from '../audit/model';
import { sections } from '../audit/sections';
import { sectionTitles } from '../audit/words';
import { type AlarmRow, alarmsOf } from '../estate/alarms';
import { type AzureRow, azureResources, azureUnmodelled } from '../estate/azure';
import { type Confidence, confidenceOf, type DocumentId, documents, type Evidence } from '../estate/evidence';
import type { AccountSettings } from '../estate/settings';
import { unmodelled } from '../estate/unmodelled';
import { rowsOf } from './rows';

/** One fact about a thing, and the document that has it. */
export interface MapEvidence {
  readonly document: string;
  /** ISO date. */
  readonly date: string;
  readonly confidence: Confidence;
  readonly note?: string;
}

/** A property that the two postures set differently. */
export interface PostureDifference {
  readonly property: string;
  readonly audited: JsonValue | undefined;
  readonly hardened: JsonValue | undefined;
}

export interface MapAlarm {
  readonly name: string;
  readonly severity: AlarmRow['severity'];
  readonly why: string;
  readonly runbook: string;
}

/** What the last read-back found for one resource. */
export interface ReadBack {
  readonly verdict: Verdict;
  readonly reason?: string;
  readonly differences: AuditedRow['differences'];
  readonly exempt: AuditedRow['exempt'];
}

/** One resource of the estate with everything that is known of it. */
export interface MapResource {
  /** Unique in the page: a fragment that a link can name. */
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly owner: string;
  /** The strongest. */
  readonly confidence: Confidence;
  readonly evidence: readonly MapEvidence[];
  /** How the stacks build it, in the posture of the settings. */
  readonly properties: Properties;
  readonly postureDifferences: readonly PostureDifference[];
  readonly alarms: readonly MapAlarm[];
  /** US dollars a month at the committed usage; absent where nothing prices it. */
  readonly monthlyUsd?: number;
  /** By which name an import finds the live resource. */
  readonly importIdentifier?: string;
  readonly readBack?: ReadBack;
}

/** One section of the audit, or what supports it. */
export interface Room {
  readonly id: string;
  readonly title: string;
  readonly resources: readonly MapResource[];
}

export interface CloudMap {
  readonly cloud: 'AWS' | 'Azure';
  readonly place: string;
  readonly rooms: readonly Room[];
}

/** The estate as people look at it: two clouds, a room for each section, a resource for each row. */
export interface EstateMap {
  readonly account: string;
  readonly posture: AccountSettings['posture'];
  readonly clouds: readonly CloudMap[];
  readonly leftOut: readonly {
    readonly name: string;
    readonly reason: string;
    readonly evidence: readonly MapEvidence[];
  }[];
  /** Rows by verdict of the last read-back; absent when there was none. */
  readonly readBack?: Readonly<Partial<Record<Verdict, number>>>;
}

/** What other parts of the house know of a resource. */
export interface MapSources {
  readonly settings: AccountSettings;
  /** The last read-back, of a rehearsal or of an account. */
  readonly audit?: AuditReport;
  /** US dollars a month. */
  readonly monthlyUsdOf?: (cloud: CloudMap['cloud'], section: string, name: string) => number | undefined;
  readonly importIdentifierOf?: (cloud: CloudMap['cloud'], section: string, name: string) => string | undefined;
}

/** Brings together what the inventory, the postures, the alarms and the last read-back say of each resource. */
export function estateMap(sources: MapSources): EstateMap {
  const { settings, audit } = sources;
  const readBack = audit?.sections.flatMap(({ rows }) => rows).map(({ verdict }) => verdict);
  return {
    account: settings.account,
    posture: settings.posture,
    clouds: [
      { cloud: 'AWS', place: settings.region, rooms: awsRooms(sources) },
      { cloud: 'Azure', place: settings.azure.location, rooms: azureRooms(sources) },
    ],
    leftOut: [...unmodelled, ...azureUnmodelled].map(({ name, reason, evidence }) => ({
      name,
      reason,
      evidence: evidence.map(shownEvidence),
    })),
    ...(readBack && { readBack: countBy(readBack) }),
  };
}

function awsRooms(sources: MapSources): Room[] {
  const { settings, audit } = sources;
  const alarms = alarmsOf(settings);
  const [auditedPosture, hardenedPosture] = (['audited', 'hardened'] as const).map((posture) => ({
    ...settings,
    posture,
  })) as [AccountSettings, AccountSettings];
  return sections.map((section) => {
    const hardened = new Map(section.expected(hardenedPosture).map((row) => [row.name, row]));
    const read = new Map(
      audit?.sections.find(({ id }) => id === section.id)?.rows.map((row): [string, AuditedRow] => [row.name, row]),
    );
    const before = new Map(section.expected(auditedPosture).map((row) => [row.name, row]));
    const shown = settings.posture === 'hardened' ? hardened : before;
    return {
      id: section.id,
      title: sectionTitles[section.id],
      resources: [...shown.values()].map((row): MapResource => {
        const facts = rowsOf(section.id, row.name);
        const result = read.get(row.name);
        return {
          id: `${section.id}/${row.name}`,
          name: row.name,
          purpose: row.label,
          owner: facts.owner,
          confidence: confidenceOf(facts),
          evidence: facts.evidence.map(shownEvidence),
          properties: propertiesOf(row),
          postureDifferences: postureDifferences(
            propertiesOf(before.get(row.name)),
            propertiesOf(hardened.get(row.name)),
          ),
          alarms: alarms.filter(facts.watchedBy).map(shownAlarm),
          ...known(sources, 'AWS', section.id, row.name),
          ...(result && { readBack: shownResult(result) }),
        };
      }),
    };
  });
}

/** Rooms of Azure by the part of the stack that a resource stands in: the first word of its Terraform id. */
const azureParts: Readonly<Record<string, string>> = {
  account: 'Account',
  deployments: 'Model deployments',
  network: 'Network',
  identity: 'Identity',
  monitoring: 'Monitoring',
  link: 'Link to AWS',
};

function azureRooms(sources: MapSources): Room[] {
  const partOf = ({ address }: AzureRow): string => {
    const [part = ''] = (address.split('.')[1] ?? '').split('_');
    return part in azureParts ? part : 'account';
  };
  return Object.entries(azureParts)
    .map(([part, title]) => ({
      id: `azure-${part}`,
      title: `10. ${title}`,
      resources: azureResources.filter((row) => partOf(row) === part).map((row) => azureResource(row, sources)),
    }))
    .filter(({ resources }) => resources.length > 0);
}

const azureResource = (row: AzureRow, sources: MapSources): MapResource => ({
  id: row.address,
  name: row.name,
  purpose: row.type,
  owner: row.owner,
  confidence: confidenceOf(row),
  evidence: row.evidence.map(shownEvidence),
  properties: { address: row.address },
  postureDifferences: [],
  alarms: [],
  ...known(sources, 'Azure', row.type, row.address),
});

function known(
  { monthlyUsdOf, importIdentifierOf }: MapSources,
  ...key: [CloudMap['cloud'], string, string]
): Pick<MapResource, 'monthlyUsd' | 'importIdentifier'> {
  const monthlyUsd = monthlyUsdOf?.(...key);
  const importIdentifier = importIdentifierOf?.(...key);
  return {
    ...(monthlyUsd !== undefined && { monthlyUsd }),
    ...(importIdentifier !== undefined && { importIdentifier }),
  };
}

const propertiesOf = (row: { kind: string; properties?: Properties } | undefined): Properties => row?.properties ?? {};

/** Properties whose values differ between the postures; one that a posture leaves open counts as no value. */
export function postureDifferences(audited: Properties, hardened: Properties): PostureDifference[] {
  return [...new Set([...Object.keys(audited), ...Object.keys(hardened)])]
    .filter((property) => !isDeepStrictEqual(audited[property], hardened[property]))
    .map((property) => ({ property, audited: audited[property], hardened: hardened[property] }));
}

const shownAlarm = ({ name, severity, why, runbook }: AlarmRow): MapAlarm => ({ name, severity, why, runbook });

const shownResult = ({ verdict, reason, differences, exempt }: AuditedRow): ReadBack => ({
  verdict,
  ...(reason !== undefined && { reason }),
  differences,
  exempt,
});

const shownEvidence = ({ document, date, confidence, note }: Evidence): MapEvidence => ({
  document: documents[document as DocumentId].title,
  date,
  confidence,
  ...(note !== undefined && { note }),
});

function countBy<Key extends string>(values: readonly Key[]): Partial<Record<Key, number>> {
  const counts: Partial<Record<Key, number>> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
