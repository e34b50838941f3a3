import type { AzureSettingsInput } from '../../lib/estate/azure-settings';
import type { HybridSettingsInput } from '../../lib/estate/hybrid-settings';
import { closed, federated, links, secondRegion } from '../unit/azure/synthesize';
import { accessTemplate } from '../unit/stacks/azure-access';

interface Resources {
  readonly [logicalId: string]: unknown;
}

const resourcesOf = (azure: AzureSettingsInput, hybrid?: HybridSettingsInput): Resources =>
  accessTemplate(azure, hybrid).toJSON().Resources as Resources;

const standard = resourcesOf({});

/** The default is in aws.test.ts; here is what each setting changes. */
const changes = (after: Resources): Resources =>
  Object.fromEntries(
    [...new Set([...Object.keys(standard), ...Object.keys(after)])]
      .sort()
      .filter((id) => JSON.stringify(standard[id]) !== JSON.stringify(after[id]))
      .map((id) => [id, after[id] ?? '(gone)']),
  );

test.each<[name: string, resources: number, azure: AzureSettingsInput, hybrid?: HybridSettingsInput]>([
  ['link: gateway', 10, { connectivity: { link: links.gateway } }],
  ['link: gateway with addresses', 17, { connectivity: { link: links['gateway with addresses'] } }],
  ['link: connected', 17, { connectivity: { link: links.connected } }],
  ['link: verified', 19, { connectivity: { link: links.verified } }],
  ['link: verified, public access off', 19, closed],
  ['second region', 9, secondRegion],
  [
    'callers known to Entra, on Azure for one in ten',
    11,
    {},
    {
      enabled: true,
      rolloutPercentage: 10,
      identity: {
        ...federated.identity,
        tenantId: '00000000-0000-0000-0000-000000000001',
        clientId: '00000000-0000-0000-0000-000000000002',
      },
      callers: [{ role: 'huntaze-web-task', network: 'nat' }],
    },
  ],
])('%s: %i resources', (_, resources, azure, hybrid = {}) => {
  const after = resourcesOf(azure, hybrid);
  expect(Object.keys(after)).toHaveLength(resources);
  expect(changes(after)).toMatchSnapshot();
});
