import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssemblyError } from '../../../lib/adopt/assembly';
import { azureImports } from '../../../lib/adopt/azure-ids';
import { renderAzureImports } from '../../../lib/adopt/report';

const subscription = '00000000-0000-0000-0000-000000000001';
const group = `/subscriptions/${subscription}/resourceGroups/huntaze-rg`;
const inGroup = { resource_group_name: '$' + '{azurerm_resource_group.group.name}' };
const ref = (address: string, attribute = 'id') => `$\{${address}.${attribute}}`;

const tree = {
  resource: {
    azurerm_resource_group: { group: { name: 'huntaze-rg' } },
    azurerm_cognitive_account: { account: { name: 'huntaze-ai-api', ...inGroup } },
    azurerm_cognitive_deployment: {
      premium: { name: 'gpt-4o', cognitive_account_id: ref('azurerm_cognitive_account.account') },
    },
    azurerm_monitor_diagnostic_setting: {
      logs: { name: 'logs', target_resource_id: ref('azurerm_cognitive_account.account') },
    },
    azurerm_management_lock: { lock: { name: 'lock', scope: ref('azurerm_cognitive_account.account') } },
    azurerm_virtual_network: { net: { name: 'vnet', ...inGroup } },
    azurerm_subnet: { sub: { name: 'endpoints', virtual_network_name: ref('azurerm_virtual_network.net', 'name') } },
    azurerm_role_assignment: { role: { scope: ref('azurerm_cognitive_account.account') } },
    azurerm_unheard_of: { new: { name: 'x', ...inGroup } },
  },
};

function written(content: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'adopt-azure-'));
  mkdirSync(join(folder, 'stacks', 'one'), { recursive: true });
  writeFileSync(
    join(folder, 'stacks', 'one', 'cdk.tf.json'),
    typeof content === 'string' ? content : JSON.stringify(content),
  );
  return folder;
}

describe('azureImports', () => {
  const { importFrom, questions } = azureImports(written(tree), subscription);
  const account = `${group}/providers/Microsoft.CognitiveServices/accounts/huntaze-ai-api`;

  test.each([
    ['azurerm_resource_group.group', group],
    ['azurerm_cognitive_account.account', account],
    ['azurerm_cognitive_deployment.premium', `${account}/deployments/gpt-4o`],
    ['azurerm_monitor_diagnostic_setting.logs', `${account}|logs`],
    ['azurerm_management_lock.lock', `${account}/providers/Microsoft.Authorization/locks/lock`],
    ['azurerm_subnet.sub', `${group}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/endpoints`],
  ])('%s', (address, id) => {
    expect(importFrom[address]).toBe(id);
  });

  test('asks what only the subscription knows, and what no table has', () => {
    expect(questions.map(({ address }) => address)).toEqual(['azurerm_role_assignment.role', 'azurerm_unheard_of.new']);
  });

  test('is written as the settings take it', () => {
    expect(renderAzureImports({ importFrom, questions })).toContain(`'azurerm_resource_group.group': '${group}',`);
  });

  test.each([
    ['a folder with nothing in it', () => mkdtempSync(join(tmpdir(), 'adopt-azure-')), 'Run `npx cdktf synth` first.'],
    ['a truncated file', () => written('{"resource":'), 'Not what CDKTF writes'],
  ])('refuses %s', (_title, folder, message) => {
    const path = folder();
    expect(() => azureImports(path, subscription)).toThrow(AssemblyError);
    expect(() => azureImports(path, subscription)).toThrow(message);
  });
});
