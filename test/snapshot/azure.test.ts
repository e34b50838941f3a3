import type { AzureSettingsInput } from '../../lib/estate/azure-settings';
import { closed, resourcesOf, successors, synthesize } from '../unit/azure/synthesize';

/** Where CDKTF notes which construct and version made a block: a refactoring changes it, a deployment does not. */
const withoutMetadata = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && '//' in value ? { ...value, '//': undefined } : value;

test.each<[name: string, resources: number, input: AzureSettingsInput]>([
  ['default', 11, {}],
  [
    'allow-list',
    11,
    { connectivity: { publicAccess: 'allow-list', allowedAddresses: ['203.0.113.7', '198.51.100.0/29'] } },
  ],
  ['public access off', 11, closed],
  ['no private endpoint', 6, { connectivity: { privateEndpoint: false } }],
  ['successor models', 11, successors],
])('%s: %i resources', (_, resources, input) => {
  const json = synthesize(input);
  expect(resourcesOf(json)).toHaveLength(resources);
  expect(JSON.parse(JSON.stringify(json, withoutMetadata))).toMatchSnapshot();
});
