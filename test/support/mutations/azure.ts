import {
  type Block,
  become,
  type Document,
  dangerous,
  harmless,
  keysReversed,
  type Operator,
  type Target,
} from './operator';

/** Types of the Azure stack that hold state: by hand, so that the gate's own list is tested with the rest. */
export const statefulTypes: readonly string[] = [
  'azurerm_application_insights',
  'azurerm_cognitive_account',
  'azurerm_cognitive_deployment',
  'azurerm_log_analytics_workspace',
  'azurerm_private_dns_zone',
  'azurerm_public_ip',
  'azurerm_resource_group',
  'azurerm_storage_account',
  'azurerm_storage_container',
  'azurerm_user_assigned_identity',
];

type Resources = Record<string, Record<string, Block>>;
const resourcesOf = (document: Document): Resources => document.resource as Resources;

/** Arguments that each type may have, and what destroys it, or what it holds, when it changes. */
const changesData: Readonly<Record<string, readonly (readonly [argument: string, value: unknown])[]>> = {
  azurerm_resource_group: [['location', 'northeurope']],
  azurerm_cognitive_account: [
    ['location', 'northeurope'],
    ['kind', 'AIServices'],
    ['custom_subdomain_name', 'another-name'],
    ['resource_group_name', 'another'],
    ['tomorrow', 'unknown'],
  ],
  azurerm_cognitive_deployment: [
    ['cognitive_account_id', '/subscriptions/0/another'],
    ['model', { format: 'OpenAI', name: 'another', version: '1' }],
    ['sku', { name: 'ProvisionedManaged', capacity: 100 }],
  ],
  azurerm_log_analytics_workspace: [
    ['location', 'northeurope'],
    ['resource_group_name', 'another'],
    ['retention_in_days', 30],
    ['immediate_data_purge_on_30_days_enabled', true],
    ['sku', 'Standalone'],
  ],
  azurerm_application_insights: [
    ['location', 'northeurope'],
    ['application_type', 'java'],
    ['retention_in_days', 30],
  ],
  azurerm_private_dns_zone: [['resource_group_name', 'another']],
  azurerm_public_ip: [
    ['location', 'northeurope'],
    ['sku', 'Basic'],
    ['ip_version', 'IPv6'],
  ],
  azurerm_user_assigned_identity: [
    ['location', 'northeurope'],
    ['resource_group_name', 'another'],
  ],
  azurerm_storage_account: [
    ['location', 'northeurope'],
    ['account_tier', 'Premium'],
    ['account_kind', 'BlobStorage'],
    ['infrastructure_encryption_enabled', true],
  ],
  azurerm_storage_container: [['storage_account_id', '/subscriptions/0/another']],
};

const keepsData: Readonly<Record<string, readonly (readonly [argument: string, value: unknown])[]>> = {
  azurerm_cognitive_account: [
    ['public_network_access_enabled', false],
    ['local_auth_enabled', true],
    ['outbound_network_access_restricted', true],
  ],
  azurerm_cognitive_deployment: [['version_upgrade_option', 'OnceCurrentVersionExpired']],
  azurerm_log_analytics_workspace: [
    ['retention_in_days', 730],
    ['daily_quota_gb', 5],
  ],
  azurerm_application_insights: [['daily_data_cap_in_gb', 1]],
};

const set = ({ block }: Target, argument: string, value: unknown): boolean => {
  if (JSON.stringify(block[argument]) === JSON.stringify(value)) return false;
  block[argument] = value;
  return true;
};

const ofEveryType: readonly Operator[] = [
  dangerous(
    'removed',
    (document, { type, logicalId }) => delete resourcesOf(document)[type]?.[logicalId.slice(type.length + 1)],
  ),
  dangerous('removed by a removed block that keeps it', (document, { type, logicalId }) => {
    document.removed = [{ from: logicalId, lifecycle: { destroy: false } }];
    return delete resourcesOf(document)[type]?.[logicalId.slice(type.length + 1)];
  }),
  dangerous('address renamed', (document, target) => {
    rename(document, target);
    return true;
  }),
  dangerous('name changed', (_, target) => set(target, 'name', 'another-name')),
  dangerous('prevent_destroy lost', (_, { block }) => {
    const { prevent_destroy: prevented, ...rest } = (block.lifecycle ?? {}) as Block;
    block.lifecycle = rest;
    return prevented === true;
  }),
  dangerous('instances by a count', (_, { block }) => {
    block.count = 0;
    return true;
  }),
  dangerous('looked for by another provider', (document, { block }) => {
    (document.provider as Record<string, Block[]>).azurerm?.push({
      alias: 'another',
      features: [{}],
      subscription_id: '0',
    });
    block.provider = 'azurerm.another';
    return true;
  }),
  harmless('a tag', (_, { type, block }) => {
    if (['azurerm_cognitive_deployment', 'azurerm_storage_container'].includes(type)) return false;
    block.tags = { ...(block.tags as Block), 'cost-centre': '42' };
    return true;
  }),
  harmless('keys in another order', (document) => {
    become(document, keysReversed(document) as Block);
    return true;
  }),
  harmless('address renamed with a moved block', (document, target) => {
    rename(document, target);
    document.moved = [{ from: target.logicalId, to: `${target.type}.renamed` }];
    return true;
  }),
  harmless('dependencies', (_, { block }) => {
    block.depends_on = ['azurerm_nothing.here'];
    return true;
  }),
  harmless('an output', (document, { logicalId }) => {
    document.output = { ...(document.output as Block), it: { value: `\${${logicalId}.id}` } };
    return true;
  }),
];

function rename(document: Document, { type, logicalId, block }: Target): void {
  become(document, JSON.parse(JSON.stringify(document).replaceAll(`\${${logicalId}.`, `\${${type}.renamed.`)));
  const blocks = resourcesOf(document)[type] ?? {};
  delete blocks[logicalId.slice(type.length + 1)];
  blocks.renamed = block;
}

/** Operators on the stack as a whole. */
export const azureStackOperators: readonly Operator[] = [
  dangerous('another backend', (document) => {
    const terraform = document.terraform as Block;
    terraform.backend = { azurerm: { container_name: 'another', key: 'another' } };
    return true;
  }),
  dangerous('another subscription', (document) => {
    const [provider] = (document.provider as Record<string, Block[]>).azurerm ?? [];
    if (provider) provider.subscription_id = '11111111-1111-1111-1111-111111111111';
    return provider !== undefined;
  }),
  ...['cognitive_account.purge_soft_delete_on_destroy', 'log_analytics_workspace.permanently_delete_on_destroy'].map(
    (flag) =>
      dangerous(`${flag} switched on`, (document) => {
        const [feature = '', name = ''] = flag.split('.');
        const [provider] = (document.provider as Record<string, Block[]>).azurerm ?? [];
        const [features] = (provider?.features ?? []) as Record<string, Block[]>[];
        if (features) features[feature] = [{ [name]: true }];
        return features !== undefined;
      }),
  ),
  dangerous('prevent_deletion_if_contains_resources switched off', (document) => {
    const [provider] = (document.provider as Record<string, Block[]>).azurerm ?? [];
    const [features] = (provider?.features ?? []) as Record<string, Block[]>[];
    if (features) features.resource_group = [{ prevent_deletion_if_contains_resources: false }];
    return features !== undefined;
  }),
  harmless('another version of Terraform', (document) => {
    (document.terraform as Block).required_version = '>= 1.6.0, < 2.0.0';
    return true;
  }),
];

export const azureOperators = (type: string): readonly Operator[] => [
  ...ofEveryType,
  ...(changesData[type] ?? []).map(([argument, value]) =>
    dangerous(`${argument} → ${JSON.stringify(value)}`, (_, target) => set(target, argument, value)),
  ),
  ...(keepsData[type] ?? []).map(([argument, value]) =>
    harmless(`${argument} → ${JSON.stringify(value)}`, (_, target) => set(target, argument, value)),
  ),
];

export const azureTargets = (document: Document): readonly Target[] =>
  Object.entries(resourcesOf(document)).flatMap(([type, blocks]) =>
    statefulTypes.includes(type)
      ? Object.entries(blocks).map(([id, block]) => ({ type, logicalId: `${type}.${id}`, block }))
      : [],
  );

/** A copy in which the resource and all but the resources may be changed; other resources are shared. */
export function copyOfTerraform({ resource, ...others }: Document, { type, logicalId, block }: Target): Document {
  const copies = Object.entries(resource as Resources).map(([key, blocks]) => [key, { ...blocks }] as const);
  const copy: Resources = Object.fromEntries(copies);
  copy[type] = { ...copy[type], [logicalId.slice(type.length + 1)]: structuredClone(block) };
  return { ...structuredClone(others), resource: copy };
}
