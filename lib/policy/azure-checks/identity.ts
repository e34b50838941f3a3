import { tokenExchange } from '../../estate/hybrid';
import { isReference, providerDocs, type ResourceCheck, show } from './check';

/** Built-in roles that the stack may give, with their ids: the provider takes any text. */
const knownRoles: Readonly<Record<string, string>> = {
  'Cognitive Services OpenAI User': '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd',
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  'Locks Contributor': '28bf596f-4eb7-45ce-b5bc-6cf482fec137',
  Reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  'Storage Blob Data Contributor': 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  'Role Based Access Control Administrator': 'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
};

const federation = 'https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations';

/** Mistakes with identities that azurerm 4.55.0 passes at validate and at plan. */
export const identityChecks: readonly ResourceCheck[] = [
  {
    type: 'azurerm_federated_identity_credential',
    source: federation,
    check: ({ audience }) =>
      show(audience) === show([tokenExchange.audience])
        ? undefined
        : `audience must be ["${tokenExchange.audience}"], the only one that Entra admits, got: ${show(audience)}`,
  },
  {
    type: 'azurerm_federated_identity_credential',
    source: federation,
    check: ({ issuer }) =>
      isReference(issuer) || /^https:\/\/[^/]+(\/.*[^/])?$/.test(String(issuer))
        ? undefined
        : `issuer must be the https address that the tokens carry, with no slash at its end, got: ${show(issuer)}`,
  },
  {
    type: 'azurerm_federated_identity_credential',
    source: federation,
    check: ({ subject }) =>
      isReference(subject) || (typeof subject === 'string' && subject.length > 0 && !/[*?]/.test(subject))
        ? undefined
        : `subject must be exact (Entra knows no wildcard), got: ${show(subject)}`,
  },
  {
    type: 'azurerm_federated_identity_credential',
    source: federation,
    check: ({ name, parent_id: parent, depends_on: after }, siblings) => {
      const family = Object.values(siblings).filter((sibling) => sibling.parent_id === parent);
      const waits = (value: unknown) => show(value).includes('azurerm_federated_identity_credential.');
      return family.filter((sibling) => !waits(sibling.depends_on)).length > 1 && !waits(after)
        ? `depends_on must name the credential before it (Azure writes one at a time), got: ${show(name)}`
        : undefined;
    },
  },
  {
    type: 'azurerm_role_assignment',
    source: 'https://learn.microsoft.com/azure/role-based-access-control/built-in-roles',
    check: ({ role_definition_name: role, role_definition_id: id }) =>
      id !== undefined || isReference(role) || String(role) in knownRoles
        ? undefined
        : `role_definition_name is no role that this stack gives (plan takes any text), got: ${show(role)}; known: ` +
          Object.keys(knownRoles).join(', '),
  },
  {
    type: 'azurerm_role_assignment',
    source: providerDocs('role_assignment'),
    check: ({ principal_type: type }) =>
      type === 'ServicePrincipal'
        ? undefined
        : `principal_type must be ServicePrincipal, or a principal made seconds ago is not found, got: ${show(type)}`,
  },
];
