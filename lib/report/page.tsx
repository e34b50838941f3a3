import type { ComponentChildren } from 'preact';
import type { JsonValue } from '../audit/model';
import { verdictWords } from '../audit/words';
import type { CloudMap, EstateMap, MapEvidence, MapResource, Room } from './estate-map';

export interface PageProps {
  readonly map: EstateMap;
  readonly style: string;
  readonly script: string;
}

/** The whole page. It names no other file and no address: everything that it needs is inside. */
export const Page = ({ map, style, script }: PageProps) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>Huntaze estate</title>
      <style dangerouslySetInnerHTML={{ __html: style }} />
    </head>
    <body>
      <a class="skip" href="#resources">
        Skip to the resources
      </a>
      <Header map={map} />
      <Overview map={map} />
      <Search />
      <main id="resources">
        {map.clouds.map((cloud) => (
          <Cloud key={cloud.cloud} cloud={cloud} />
        ))}
        <LeftOut map={map} />
      </main>
      <script dangerouslySetInnerHTML={{ __html: script }} />
    </body>
  </html>
);

const Header = ({ map }: { readonly map: EstateMap }) => (
  <header class="page">
    <h1>Huntaze estate</h1>
    <p>
      What the AWS audit of 1 December 2025 found in account {map.account}, and the Azure OpenAI side that it proposes.
      Posture: <strong>{map.posture}</strong>.
    </p>
    <p>{readBackSentence(map)}</p>
  </header>
);

function readBackSentence({ readBack }: EstateMap): string {
  if (readBack === undefined) return 'No read-back: run npm run rehearse, or estate audit, and make this page again.';
  const parts = Object.entries(readBack).map(([verdict, count]) => `${count} ${verdict}`);
  return `Last read-back: ${parts.join(', ')}.`;
}

/** The map: one tile for each room, as large as its number of resources asks for. */
const Overview = ({ map }: { readonly map: EstateMap }) => (
  <nav class="map" aria-label="Map of both clouds">
    {map.clouds.map(({ cloud, place, rooms }) => (
      <div key={cloud} class={`cloud ${cloud.toLowerCase()}`}>
        <p class="cloud-name">
          {cloud} <span>{place}</span>
        </p>
        <ul class="map-rooms">
          {rooms.map((room) => (
            <li key={room.id} style={`flex-grow: ${Math.ceil(Math.sqrt(room.resources.length))}`}>
              <a class="tile" href={`#${room.id}`}>
                <span class="count tile-count">{room.resources.length}</span> {room.title}
                <RoomMarks room={room} />
              </a>
            </li>
          ))}
        </ul>
      </div>
    ))}
  </nav>
);

function RoomMarks({ room }: { readonly room: Room }) {
  const wrong = room.resources.filter(({ readBack }) => isWrong(readBack?.verdict)).length;
  const cost = sumOf(room);
  return (
    <span class="marks">
      {wrong > 0 && <span class="bad">{wrong} not as modelled</span>}
      {cost !== undefined && <span>{usd(cost)} a month</span>}
    </span>
  );
}

function sumOf({ resources }: Room): number | undefined {
  const priced = resources.flatMap(({ monthlyUsd }) => (monthlyUsd === undefined ? [] : [monthlyUsd]));
  return priced.length === 0 ? undefined : priced.reduce((sum, each) => sum + each, 0);
}

const isWrong = (verdict: string | undefined): boolean =>
  verdict === 'mismatch' || verdict === 'missing' || verdict === 'unexpected';

const Search = () => (
  <search class="search">
    <form>
      <label>
        Search <input id="text" type="search" placeholder="name, owner, document…" autocomplete="off" />
      </label>
      <Choice id="confidence" label="Evidence" values={['audited', 'listed', 'inferred', 'proposed']} />
      <Choice id="verdict" label="Read-back" values={Object.keys(verdictWords)} />
      <Choice id="only" label="Only with" values={['posture difference', 'alarm', 'cost', 'import identifier']} />
      <button type="reset">Show all</button>
      <output id="shown" aria-live="polite" />
    </form>
  </search>
);

const Choice = ({
  id,
  label,
  values,
}: {
  readonly id: string;
  readonly label: string;
  readonly values: readonly string[];
}) => (
  <label>
    {label}{' '}
    <select id={id}>
      <option value="">any</option>
      {values.map((value) => (
        <option key={value}>{value}</option>
      ))}
    </select>
  </label>
);

const Cloud = ({ cloud: { cloud, place, rooms } }: { readonly cloud: CloudMap }) => (
  <section aria-labelledby={`cloud-${cloud}`}>
    <h2 id={`cloud-${cloud}`}>
      {cloud}, {place}
    </h2>
    {rooms.map((room) => (
      <section key={room.id} id={room.id} class="room" aria-labelledby={`${room.id}-title`}>
        <h3 id={`${room.id}-title`}>
          {room.title} <span class="count">{room.resources.length}</span>
        </h3>
        {room.resources.map((resource) => (
          <Resource key={resource.id} resource={resource} />
        ))}
      </section>
    ))}
  </section>
);

const Resource = ({ resource }: { readonly resource: MapResource }) => (
  <details
    class="resource"
    id={resource.id}
    data-confidence={resource.confidence}
    data-verdict={resource.readBack?.verdict ?? ''}
    data-has={traitsOf(resource).join('|')}
    data-text={searchText(resource)}
  >
    <summary>
      <span class="name">{resource.name}</span>
      <span class="purpose">{resource.purpose}</span>
      <span class="badges">
        <span class={`badge ${resource.confidence}`}>{resource.confidence}</span>
        {resource.readBack && (
          <span class={`badge ${isWrong(resource.readBack.verdict) ? 'bad' : 'good'}`}>
            {verdictWords[resource.readBack.verdict]}
          </span>
        )}
        {resource.postureDifferences.length > 0 && (
          <span class="badge">{count(resource.postureDifferences.length, 'hardening')}</span>
        )}
        {resource.alarms.length > 0 && <span class="badge">{count(resource.alarms.length, 'alarm')}</span>}
        {resource.monthlyUsd !== undefined && <span class="badge">{usd(resource.monthlyUsd)} a month</span>}
      </span>
    </summary>
    <dl>
      <Entry term="Owner on 1 December 2025">{resource.owner}</Entry>
      {resource.importIdentifier !== undefined && (
        <Entry term="Import identifier">
          <code>{resource.importIdentifier}</code>
        </Entry>
      )}
      <Entry term="Evidence">
        <EvidenceList evidence={resource.evidence} />
      </Entry>
      <ReadBackEntry resource={resource} />
      <PostureEntry resource={resource} />
      <AlarmsEntry resource={resource} />
      {Object.keys(resource.properties).length > 0 && (
        <Entry term="As modelled">
          <table>
            <tbody>
              {Object.entries(resource.properties).map(([property, value]) => (
                <tr key={property}>
                  <th scope="row">{property}</th>
                  <td>{shown(value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Entry>
      )}
    </dl>
  </details>
);

const Entry = ({ term, children }: { readonly term: string; readonly children: ComponentChildren }) => (
  <div>
    <dt>{term}</dt>
    <dd>{children}</dd>
  </div>
);

const EvidenceList = ({ evidence }: { readonly evidence: readonly MapEvidence[] }) => (
  <ul class="facts">
    {evidence.map(({ document, date, confidence, note }) => (
      <li key={`${document} ${date} ${note}`}>
        {document}, <time dateTime={date}>{date}</time>: {confidence}
        {note !== undefined && ` (${note})`}
      </li>
    ))}
  </ul>
);

function ReadBackEntry({ resource: { readBack } }: { readonly resource: MapResource }) {
  if (readBack === undefined) return null;
  const { verdict, reason, differences, exempt } = readBack;
  return (
    <Entry term="Last read-back">
      {verdictWords[verdict]}
      {reason !== undefined && `: ${reason}`}
      {differences.length + exempt.length > 0 && (
        <ul class="facts">
          {differences.map(({ property, expected, actual }) => (
            <li key={property} class="bad">
              {property}: expected {shown(expected)}, read {shown(actual)}
            </li>
          ))}
          {exempt.map(({ property, reason: why }) => (
            <li key={property}>
              {property}: not compared, {why}
            </li>
          ))}
        </ul>
      )}
    </Entry>
  );
}

function PostureEntry({ resource: { postureDifferences } }: { readonly resource: MapResource }) {
  if (postureDifferences.length === 0) return null;
  return (
    <Entry term="Hardening">
      <table>
        <thead>
          <tr>
            <th scope="col">Property</th>
            <th scope="col">Audited</th>
            <th scope="col">Hardened</th>
          </tr>
        </thead>
        <tbody>
          {postureDifferences.map(({ property, audited, hardened }) => (
            <tr key={property}>
              <th scope="row">{property}</th>
              <td>{shown(audited)}</td>
              <td>{shown(hardened)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Entry>
  );
}

function AlarmsEntry({ resource: { alarms } }: { readonly resource: MapResource }) {
  if (alarms.length === 0) return null;
  return (
    <Entry term="Alarms">
      <ul class="facts">
        {alarms.map(({ name, severity, why, runbook }) => (
          <li key={name}>
            <strong>{severity}</strong> <code>{name}</code>: {why} Runbook: docs/runbooks.md#{runbook}
          </li>
        ))}
      </ul>
    </Entry>
  );
}

const LeftOut = ({ map: { leftOut } }: { readonly map: EstateMap }) => (
  <section class="room" aria-labelledby="left-out">
    <h2 id="left-out">
      Seen and not modelled <span class="count">{leftOut.length}</span>
    </h2>
    {leftOut.map(({ name, reason, evidence }) => (
      <details
        class="resource"
        key={name}
        data-confidence=""
        data-verdict=""
        data-has=""
        data-text={`${name} ${reason}`.toLowerCase()}
      >
        <summary>
          <span class="name">{name}</span>
          <span class="purpose">{reason}</span>
        </summary>
        <dl>
          <Entry term="Evidence">
            <EvidenceList evidence={evidence} />
          </Entry>
        </dl>
      </details>
    ))}
  </section>
);

const traitsOf = ({ postureDifferences, alarms, monthlyUsd, importIdentifier }: MapResource): string[] => [
  ...(postureDifferences.length > 0 ? ['posture difference'] : []),
  ...(alarms.length > 0 ? ['alarm'] : []),
  ...(monthlyUsd !== undefined ? ['cost'] : []),
  ...(importIdentifier !== undefined ? ['import identifier'] : []),
];

const searchText = ({ name, purpose, owner, evidence }: MapResource): string =>
  [name, purpose, owner, ...evidence.flatMap(({ document, note = '' }) => [document, note])].join(' ').toLowerCase();

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

const usd = (amount: number): string =>
  new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' }).format(amount);

function shown(value: JsonValue | undefined): string {
  if (value === undefined) return '(not set)';
  if (value === null) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
