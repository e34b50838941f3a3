import type { AzureSettingsInput } from '../../lib/estate/azure-settings';
import type { HybridSettingsInput } from '../../lib/estate/hybrid-settings';
import {
  closed,
  federated,
  links,
  ownFilter,
  remoteState,
  resourcesOf,
  secondRegion,
  successors,
  synthesize,
} from '../unit/azure/synthesize';

type Json = ReturnType<typeof synthesize>;

/** What a setting changes against the default: a reader of the snapshot sees the setting's work, and nothing else. */
function changes(from: Json, to: Json): unknown {
  const [before, after] = [flat(from), flat(to)];
  return Object.fromEntries(
    [...new Set([...before.keys(), ...after.keys()])]
      .sort()
      .filter((key) => JSON.stringify(before.get(key)) !== JSON.stringify(after.get(key)))
      .map((key) => [key, after.has(key) ? after.get(key) : '(gone)']),
  );
}

/** Every block of the output by its address. */
const flat = ({ resource, ...rest }: Json): ReadonlyMap<string, unknown> =>
  new Map([
    ...Object.entries(resource).flatMap(([type, byId]) =>
      Object.entries(byId).map(([id, block]): [string, unknown] => [`${type}.${id}`, block]),
    ),
    ...Object.entries(rest).flatMap(([section, value]) =>
      Object.entries(value ?? {}).map(([key, block]): [string, unknown] => [`${section}.${key}`, block]),
    ),
  ]);

/** Where CDKTF notes which construct and version made a block: a refactoring changes it, a deployment does not. */
const withoutMetadata = (json: Json): Json =>
  JSON.parse(JSON.stringify(json, (key, value: unknown) => (key === '//' ? undefined : value)));

const standard = withoutMetadata(synthesize());

const allowList = {
  publicAccess: 'allow-list' as const,
  allowedAddresses: ['203.0.113.7', '198.51.100.0/29'],
};

test('default: 25 resources', () => {
  expect(resourcesOf(standard)).toHaveLength(25);
  expect(standard).toMatchSnapshot();
});

test.each<[name: string, resources: number, input: AzureSettingsInput, hybrid?: HybridSettingsInput]>([
  // Every combination of a private endpoint and public access that is not refused.
  ['private endpoint, allow-list', 25, { connectivity: allowList }],
  ['private endpoint, public access off', 37, closed],
  ['no private endpoint, identity', 20, { connectivity: { privateEndpoint: false } }],
  ['no private endpoint, allow-list', 20, { connectivity: { ...allowList, privateEndpoint: false } }],
  // Every stage of the link; the last one but for callers that it would cut off.
  ['link: gateway', 29, { connectivity: { link: links.gateway } }],
  ['link: gateway with addresses', 29, { connectivity: { link: links['gateway with addresses'] } }],
  ['link: connected', 37, { connectivity: { link: links.connected } }],
  ['link: verified, public access kept open for the probe', 37, { connectivity: { link: links.verified } }],
  // Everything else that a setting adds or moves.
  ['federated callers', 27, {}, federated],
  ['successor models', 25, successors],
  ['content filter of our own', 26, ownFilter],
  ['second region', 39, secondRegion],
  ['remote state', 25, remoteState],
  ['no lock', 24, { lock: false }],
])('%s: %i resources', (_, resources, input, hybrid = {}) => {
  const json = withoutMetadata(synthesize(input, hybrid));
  expect(resourcesOf(json)).toHaveLength(resources);
  expect(changes(standard, json)).toMatchSnapshot();
});
