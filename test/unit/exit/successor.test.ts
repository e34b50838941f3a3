import { resolve } from 'node:path';
import { reachOf, scratchManifest } from '../../../lib/exit/scratch';
import { withSuccessors } from '../../../lib/exit/successor';
import { differences } from '../../../lib/exit/terraform-json';

const projectRoot = resolve(__dirname, '../../..');

test.each([
  ['a whole package', "import { App } from 'cdktf';", "import { App } from 'cdktn';"],
  [
    'a subpath of the provider',
    "import { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';",
    "import { ResourceGroup } from '@cdktn/provider-azurerm/lib/resource-group';",
  ],
  ['types', "import type { TerraformStack } from 'cdktf';", "import type { TerraformStack } from 'cdktn';"],
  ['a require', "require('cdktf')", "require('cdktn')"],
  ['a dynamic import', "await import('cdktf')", "await import('cdktn')"],
  ['another package that begins alike', "import { x } from 'cdktf-cli';", "import { x } from 'cdktf-cli';"],
  ['prose', "// what 'cdktf' is", "// what 'cdktf' is"],
])('%s', (_, before, after) => {
  expect(withSuccessors(before)).toBe(after);
});

describe('the entry of the Azure side', () => {
  test('reaches its stack and the old engine, and not the AWS side', async () => {
    const { files, packages } = await reachOf(projectRoot, 'bin/azure.ts');
    expect(files).toEqual(expect.arrayContaining(['bin/azure.ts', 'stacks-azure/stack.ts']));
    expect(files.filter((file) => file.startsWith('stacks-aws/'))).toEqual([]);
    expect(packages).toEqual(expect.arrayContaining(['@cdktf/provider-azurerm', 'cdktf']));
    expect(packages).not.toContain('aws-cdk-lib');
  });

  test('its copy names no package of the old engine, and exact versions only', async () => {
    const { packages } = await reachOf(projectRoot, 'bin/azure.ts');
    const { dependencies } = scratchManifest(packages, () => '1.2.3') as { dependencies: Record<string, string> };
    expect(Object.keys(dependencies).filter((name) => /^@?cdktf/.test(name))).toEqual([]);
    expect(Object.values(dependencies).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});

describe('differences', () => {
  const stack = { '//': { version: '0.21.0' }, resource: { a: { x: { '//': {}, name: 'one', list: [1, 2] } } } };

  test('none between equals, whatever the engine notes', () => {
    expect(differences(stack, { ...stack, '//': { version: '0.24.0' } })).toEqual([]);
  });

  test.each([
    ['a value', { resource: { a: { x: { name: 'two', list: [1, 2] } } } }, 'resource.a.x.name'],
    ['an order', { resource: { a: { x: { name: 'one', list: [2, 1] } } } }, 'resource.a.x.list.0'],
    ['what is gone', { resource: { a: {} } }, 'resource.a.x'],
    ['what is new', { ...stack, output: {} }, 'output'],
  ])('%s', (_, after, path) => {
    expect(differences(stack, after).map((difference) => difference.path)).toContain(path);
  });

  test('a path that may differ is left out', () => {
    expect(differences({ a: { b: 1 } }, { a: { b: 2 } }, ['a.b'])).toEqual([]);
  });
});
