import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReviewError, readTree } from '../../../lib/review';
import { bucket, newFolder, writeAssembly, writeFiles, writeTerraform } from './written-trees';

const group = { resource: { azurerm_resource_group: { group: { name: 'shop', location: 'westeurope' } } } };

describe('finds', () => {
  test('both clouds in one folder, and a nested stage', () => {
    const folder = newFolder();
    writeAssembly({ app: { resources: { B: bucket() } } }, join(folder, 'cdk.out', 'assembly-stage'));
    writeFiles(join(folder, 'cdk.out'), {
      'manifest.json': {
        version: '55.0.0',
        artifacts: {
          'assembly-stage': { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-stage' } },
        },
      },
    });
    writeTerraform(group, { folder: join(folder, 'cdktf.out') });
    const tree = readTree(folder);
    expect(tree.clouds).toEqual(['aws', 'azure']);
    expect([...tree.stacks.keys()]).toEqual(['aws/123456789012/us-east-1/app', 'azure/unknown-account/-/azure']);
  });

  test('a stack by account, region and stack name, whatever its artifact is called', () => {
    const tree = readTree(writeAssembly({ app: { resources: {}, environment: 'aws://210987654321/eu-west-1' } }));
    expect([...tree.stacks.keys()]).toEqual(['aws/210987654321/eu-west-1/app']);
  });

  test('a nested stack under its parent', () => {
    const folder = writeAssembly({
      app: {
        resources: {
          Inner: { Type: 'AWS::CloudFormation::Stack', Metadata: { 'aws:asset:path': 'inner.nested.template.json' } },
          Lost: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://example.com/t.json' } },
        },
      },
    });
    writeFiles(folder, { 'inner.nested.template.json': { Resources: { B: bucket() } } });
    const tree = readTree(folder);
    expect([...tree.stacks.values()].map(({ identity }) => identity.name)).toEqual(['app', 'app/Inner']);
    expect(tree.notes).toEqual([expect.stringContaining('app/Lost')]);
  });

  test('where the code stands, in the forms of new and old CDKs', () => {
    const folder = newFolder();
    writeAssembly(
      {
        app: {
          resources: {
            New: { ...bucket(), Metadata: { 'aws:cdk:path': 'app/New/Resource' } },
            Old: { ...bucket(), Metadata: { 'aws:cdk:path': 'app/Old/Resource' } },
          },
        },
      },
      join(folder, 'cdk.out'),
    );
    const manifest = {
      version: '36.0.0',
      artifacts: {
        app: {
          type: 'aws:cloudformation:stack',
          environment: 'aws://123456789012/us-east-1',
          properties: { templateFile: 'app.template.json', stackName: 'app' },
          metadata: {
            '/app/New/Resource': [
              { type: 'aws:cdk:creationStack', data: ['...in aws-cdk-lib...', 'new Shop (lib/shop.ts:12:5)'] },
            ],
            '/app/Old/Resource': [
              { type: 'aws:cdk:logicalId', trace: [`at new Shop (${folder}/lib/old.ts:3:9)`, 'at Object.<anonymous>'] },
            ],
          },
        },
      },
    };
    writeFiles(join(folder, 'cdk.out'), { 'manifest.json': manifest });
    const [stack] = readTree(join(folder, 'cdk.out')).stacks.values();
    expect(stack?.resources.get('New')?.source).toEqual({ file: 'lib/shop.ts', line: 12, column: 5 });
    expect(stack?.resources.get('Old')?.source).toEqual({ file: 'lib/old.ts', line: 3, column: 9 });
  });

  test('nothing in assets, in node_modules and in hidden folders', () => {
    const folder = writeAssembly({ app: { resources: {} } }, join(newFolder(), 'cdk.out'));
    for (const name of ['asset.1234', 'node_modules', '.git'])
      writeAssembly({ other: { resources: {} } }, join(folder, name));
    expect(readTree(join(folder, '..')).stacks.size).toBe(1);
  });

  test('hostile names as they are', () => {
    const names = ['__proto__', 'constructor', '@everyone', '| `x` <script>', '\u202egnp'];
    const text = `{"Resources":{${names.map((name) => `${JSON.stringify(name)}:{"Type":"AWS::S3::Bucket"}`).join(',')}}}`;
    const folder = writeAssembly({ app: { resources: {} } });
    writeFileSync(join(folder, 'app.template.json'), text);
    const [stack] = readTree(folder).stacks.values();
    expect([...(stack?.resources.keys() ?? [])]).toEqual(names);
  });
});

describe('refuses, by name and with the remedy', () => {
  const plan = { format_version: '1.2', terraform_version: '1.11.4', planned_values: {}, resource_changes: [] };
  const broken = (files: Readonly<Record<string, unknown>>): string =>
    writeFiles(writeAssembly({ app: { resources: { B: bucket() } } }), files);

  test.each<[string, () => string, RegExp]>([
    ['a missing folder', () => join(newFolder(), 'gone'), /No such folder, got: .*gone/],
    ['a file', () => join(writeFiles(newFolder(), { 'plan.json': plan }), 'plan.json'), /A file stands where a folder/],
    ['an empty folder', newFolder, /No manifest of CDK or CDKTF/],
    ['a plan beside no manifest', () => writeFiles(newFolder(), { 'plan.json': plan }), /Terraform plan .*plan\.json/],
    ['a binary plan', () => writeFiles(newFolder(), { tfplan: 'PK' }), /Terraform plan .*tfplan/],
    ['a plan in place of synthesized JSON', () => writeTerraform(plan), /Terraform plan stands where synthesized JSON/],
    [
      'a truncated template',
      () => broken({ 'app.template.json': '{"Resources": {"B": {"Ty' }),
      /no whole JSON.*app\.template\.json/,
    ],
    [
      'a missing template',
      () =>
        broken({
          'manifest.json': {
            version: '55.0.0',
            artifacts: { a: { type: 'aws:cloudformation:stack', properties: { templateFile: 'x.json' } } },
          },
        }),
      /cannot be read/,
    ],
    ['a list for a template', () => broken({ 'app.template.json': '[]' }), /holds no object/],
    [
      'resources that are none',
      () => broken({ 'app.template.json': { Resources: [] } }),
      /Resources is no object, got: \[\]/,
    ],
    ['a resource without a type', () => broken({ 'app.template.json': { Resources: { B: {} } } }), /no type, got: B/],
    [
      'a template outside the tree',
      () =>
        broken({
          'manifest.json': {
            version: '1',
            artifacts: {
              a: { type: 'aws:cloudformation:stack', properties: { templateFile: '../../../etc/hostname' } },
            },
          },
        }),
      /outside the tree/,
    ],
    [
      'HCL',
      () =>
        writeFiles(newFolder(), {
          'manifest.json': { version: '0.21.0', stacks: { a: { synthesizedStackPath: 'stacks/a/cdk.tf' } } },
        }),
      /written as HCL/,
    ],
    [
      'a manifest of no stack',
      () => writeFiles(newFolder(), { 'manifest.json': { version: '55.0.0' } }),
      /name no stack/,
    ],
  ])('%s', (_, make, message) => {
    expect(() => readTree(make())).toThrow(ReviewError);
    expect(() => readTree(make())).toThrow(message);
  });

  test('the same stack twice', () => {
    const folder = newFolder();
    for (const name of ['one', 'two']) writeAssembly({ app: { resources: {} } }, join(folder, name));
    expect(() => readTree(folder)).toThrow(/Two manifests hold the same stack/);
  });

  test('a template behind a link that leads out', () => {
    const folder = writeAssembly({ app: { resources: {} } });
    const other = writeFiles(newFolder(), { 'secret.json': {} });
    mkdirSync(join(folder, 'x'));
    symlinkSync(join(other, 'secret.json'), join(folder, 'x', 'link.json'));
    const manifest = {
      version: '55.0.0',
      artifacts: { a: { type: 'aws:cloudformation:stack', properties: { templateFile: 'x/link.json' } } },
    };
    writeFiles(folder, { 'manifest.json': manifest });
    expect(() => readTree(folder)).toThrow(/outside the tree/);
  });
});

test('says that an assembly is newer than what it reads', () => {
  const folder = writeAssembly({ app: { resources: {} } });
  writeFiles(folder, {
    'manifest.json': {
      version: '999.1.0',
      artifacts: { app: { type: 'aws:cloudformation:stack', properties: { templateFile: 'app.template.json' } } },
    },
  });
  expect(readTree(folder).notes).toEqual([expect.stringContaining('999.1.0')]);
});
