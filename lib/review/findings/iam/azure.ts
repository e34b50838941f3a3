import type { Analyser, Comparison, Finding, FindingLevel, FindingRule, Resource, Stack } from '../../model';
import { identities } from '../identity';
import { nameOf, refOf } from '../ref';
import { asList, blocks, compareText, type Identify } from '../values';

const roleSource = 'https://learn.microsoft.com/azure/role-based-access-control/built-in-roles';
const federationSource = 'https://learn.microsoft.com/entra/workload-id/workload-identity-federation';

export const azureAccessRules: readonly FindingRule[] = [
  {
    id: 'access/azure-role-assigned',
    category: 'access',
    description: 'A principal gets a role in Azure.',
    source: roleSource,
  },
  {
    id: 'access/azure-federation',
    category: 'access',
    description: 'A token of another issuer is accepted for an identity.',
    source: federationSource,
  },
  {
    id: 'access/azure-role-widened',
    category: 'access',
    description: 'A custom role or access policy allows more.',
    source: roleSource,
  },
];

/** Roles that give away roles, or everything. */
const powerful =
  /^(owner|contributor|user access administrator|role based access control administrator|cognitive services contributor|key vault administrator)$/i;

/** One thing that a Terraform resource allows. */
interface AzureGrant {
  /** Equal in both trees for the same permission. */
  readonly key: string;
  readonly message: string;
  readonly rule: string;
  readonly level: FindingLevel;
  readonly source: string;
  readonly resource: Resource;
}

type Reader = (resource: Resource, text: (value: unknown) => string) => readonly Omit<AzureGrant, 'resource'>[];

const roleAssignment: Reader = ({ properties }, text) => {
  const role = text(properties.role_definition_name ?? properties.role_definition_id);
  const principal = text(properties.principal_id);
  const scope = text(properties.scope);
  return [
    {
      key: [principal, role.toLowerCase(), scope].join('|'),
      rule: 'access/azure-role-assigned',
      level: powerful.test(role) ? 'error' : 'warning',
      source: roleSource,
      message: `${principal} gets the role "${role}" on ${scope}${properties.condition === undefined ? '' : `, if ${text(properties.condition)}`}.`,
    },
  ];
};

const federatedCredential: Reader = ({ properties }, text) => {
  const audiences = asList(properties.audience ?? properties.audiences).map(text);
  const identity = text(properties.parent_id ?? properties.user_assigned_identity_id ?? properties.application_id);
  const wild = /\*/.test(String(properties.subject));
  return [
    {
      key: [text(properties.issuer), text(properties.subject), identity, ...audiences.sort()].join('|'),
      rule: 'access/azure-federation',
      level: wild ? 'error' : 'warning',
      source: federationSource,
      message: `A token of ${text(properties.issuer)} for the subject "${text(properties.subject)}" (audience ${audiences.join(', ') || 'none'}) may now act as ${identity}.`,
    },
  ];
};

const roleDefinition: Reader = (resource, text) =>
  blocks(resource.properties.permissions).flatMap((permission) =>
    (['actions', 'data_actions'] as const).flatMap((kind) =>
      asList(permission[kind]).map((action) => ({
        key: `${resource.address}|${kind}|${text(action)}`,
        rule: 'access/azure-role-widened',
        level: text(action).includes('*') ? ('error' as const) : ('warning' as const),
        source: roleSource,
        message: `The custom role "${nameOf(resource)}" now allows ${text(action)}.`,
      })),
    ),
  );

const vaultPolicy: Reader = ({ properties }, text) =>
  ['key_permissions', 'secret_permissions', 'certificate_permissions', 'storage_permissions'].flatMap((kind) =>
    asList(properties[kind]).map((permission) => ({
      key: [text(properties.key_vault_id), text(properties.object_id), kind, text(permission).toLowerCase()].join('|'),
      rule: 'access/azure-role-widened',
      level: 'warning' as const,
      source: 'https://learn.microsoft.com/azure/key-vault/general/assign-access-policy',
      message: `${text(properties.object_id)} may now ${text(permission)} (${kind.replace('_', ' ')}) in ${text(properties.key_vault_id)}.`,
    })),
  );

const readers: Readonly<Record<string, Reader>> = {
  azurerm_role_assignment: roleAssignment,
  azurerm_federated_identity_credential: federatedCredential,
  azuread_application_federated_identity_credential: federatedCredential,
  azurerm_role_definition: roleDefinition,
  azurerm_key_vault_access_policy: vaultPolicy,
};

/** Role assignments, federated credentials and access policies that one tree has and the other has not. */
export const analyseAzureAccess: Analyser = (comparison: Comparison) => {
  const identify = identities(comparison);
  const base = grantsOf([...comparison.base.stacks.values()], identify.base);
  const head = grantsOf([...comparison.head.stacks.values()], identify.head);
  const news = [...head].filter(([key]) => !base.has(key)).map(([, grant]) => findingOf(grant, 'new'));
  const gone = [...base].filter(([key]) => !head.has(key)).map(([, grant]) => findingOf(grant, 'fixed'));
  return [...news, ...gone];
};

function grantsOf(stacks: readonly Stack[], identify: Identify): Map<string, AzureGrant> {
  const found = stacks.flatMap((stack) =>
    [...stack.resources.values()].flatMap((resource) => {
      const reader = Object.hasOwn(readers, resource.type) ? readers[resource.type] : undefined;
      return reader === undefined
        ? []
        : reader(resource, words(stack, identify)).map((grant) => ({ ...grant, resource }));
    }),
  );
  return new Map(found.map((grant) => [grant.key, grant] as const).sort(([a], [b]) => compareText(a, b)));
}

/** Says a Terraform value: a reference as the name of what it refers to. */
const words =
  (stack: Stack, identify: Identify) =>
  (value: unknown): string =>
    String(value ?? 'nothing').replace(
      /\$\{((?:data\.)?[a-z0-9_]+\.[\w-]+)((?:\.\w+|\[\d+\])*)\}/g,
      (whole, address: string, attribute: string) => {
        const resource = stack.resources.get(address);
        if (resource === undefined) return whole;
        const kind = resource.type.replace(/^azurerm_/, '').replaceAll('_', ' ');
        const name = `${kind} "${resource.physicalName ?? identify(resource)}"`;
        return /^(\.id|\.principal_id|(\.identity\[0\]\.principal_id))?$/.test(attribute)
          ? name
          : `${name} (${attribute.slice(1)})`;
      },
    );

function findingOf({ message, rule, level, source, resource }: AzureGrant, status: Finding['status']): Finding {
  return {
    category: 'access',
    rule,
    level: status === 'new' ? level : 'note',
    status,
    message: status === 'new' ? message : `No longer: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
    resource: refOf(resource),
    source,
  };
}
