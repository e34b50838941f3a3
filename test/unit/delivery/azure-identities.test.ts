import { App, Testing } from 'cdktf';
import { checkAzureTerraform } from '../../../lib/policy/azure-terraform';
import { AzureStack } from '../../../stacks-azure/stack';
import { exampleRepository } from '../../support/delivery';
import { estateOf, remoteState, resourcesOf, type Synthesized, synthesize } from '../azure/synthesize';

const synthesizeWith = (input = {}): Synthesized =>
  JSON.parse(
    Testing.synth(
      new AzureStack(Testing.stubVersion(new App({ stackTraces: false })), 'huntaze-azure', {
        estate: estateOf(input),
        delivery: { repository: exampleRepository },
      }),
      true,
    ),
  );

const own = (stack: Synthesized) => resourcesOf(stack).filter(([address]) => address.includes('.delivery_'));
const synthesized = synthesizeWith(remoteState);

test('two identities, each trusting exactly one environment', () => {
  const credentials = own(synthesized).filter(([address]) =>
    address.startsWith('azurerm_federated_identity_credential.'),
  );
  expect(
    credentials.map(([, { parent_id, issuer, subject, audience }]) => ({ parent_id, issuer, subject, audience })),
  ).toEqual([
    {
      parent_id: expect.stringContaining('azurerm_user_assigned_identity.delivery_applier.id'),
      issuer: 'https://token.actions.githubusercontent.com',
      subject: `repo:${exampleRepository}:environment:azure-production`,
      audience: ['api://AzureADTokenExchange'],
    },
    {
      parent_id: expect.stringContaining('azurerm_user_assigned_identity.delivery_planner.id'),
      issuer: 'https://token.actions.githubusercontent.com',
      subject: `repo:${exampleRepository}:environment:azure-plan`,
      audience: ['api://AzureADTokenExchange'],
    },
  ]);
});

test('the planner reads; the applier manages the estate’s group and may write neither its own nor the planner’s trust', () => {
  const assignments = own(synthesized)
    .filter(([address]) => address.startsWith('azurerm_role_assignment.'))
    .map(([, { principal_id, role_definition_name, scope }]) => [
      String(principal_id).includes('planner') ? 'planner' : 'applier',
      role_definition_name,
      String(scope)
        .replace(/^.*azurerm_resource_group\.(\w+)\.id.*$/, '$1')
        .replace(/^.*containers\//, 'container '),
    ]);
  expect(assignments.map((row) => row.join(', ')).sort()).toEqual([
    'applier, Contributor, group',
    'applier, Locks Contributor, group',
    'applier, Reader, delivery_group',
    'applier, Role Based Access Control Administrator, group',
    'applier, Storage Blob Data Contributor, container tfstate',
    'planner, Reader, delivery_group',
    'planner, Reader, group',
    'planner, Storage Blob Data Contributor, container tfstate',
  ]);
});

test('the applier may give callers their role, and nobody another one', () => {
  const [, block] = own(synthesized).find(([address]) => address.endsWith('applier-admits-callers')) ?? [];
  expect(block).toMatchObject({ condition_version: '2.0' });
  const condition = String(block?.condition);
  for (const verb of ['write', 'delete'])
    expect(condition).toContain(`Microsoft.Authorization/roleAssignments/${verb}`);
  expect(condition.match(/GuidEquals \{([^}]*)\}/g)).toEqual(
    Array(2).fill('GuidEquals {5e0bd9bd-7b93-4f28-af87-19fc36ad61bd}'),
  );
});

test('the checks of the Azure stack hold', () => {
  expect([...checkAzureTerraform(synthesized)]).toEqual([]);
});

test('without a shared state there is no container to admit them to', () => {
  const roles = own(synthesizeWith()).map(([, { role_definition_name }]) => role_definition_name);
  expect(roles).not.toContain('Storage Blob Data Contributor');
});

test('without a repository nothing of it is there', () => {
  expect(own(synthesize(remoteState))).toEqual([]);
});
