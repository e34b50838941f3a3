import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AssemblyStack, TemplateResource } from '../../../lib/adopt/assembly';
import type { Facts, Live } from '../../../lib/adopt/facts';
import type { JsonObject } from '../../../lib/adopt/json';

export const account = '111122223333';
export const region = 'us-east-1';

/** A stack in memory, as an assembly would give it. */
export const stackOf = (
  name: string,
  resources: Readonly<Record<string, TemplateResource>>,
  more: Partial<AssemblyStack> & { readonly parameters?: JsonObject } = {},
): AssemblyStack => {
  const { parameters, ...rest } = more;
  return {
    id: name,
    stackName: name,
    folder: '/nowhere',
    templateFile: `${name}.template.json`,
    template: { Resources: resources, ...(parameters ? { Parameters: parameters } : {}) } as AssemblyStack['template'],
    dependencies: [],
    staged: false,
    account,
    region,
    ...rest,
  };
};

export const live = (identifier: Record<string, string>, properties: JsonObject, more: Partial<Live> = {}): Live => ({
  identifier,
  ref: Object.values(identifier)[0] ?? '',
  attributes: {},
  properties: properties as Live['properties'],
  ...more,
});

export const factsOf = (resources: Facts['resources']): Facts => ({
  schemaVersion: 1,
  account,
  region,
  readAt: '2026-11-24T12:00:00.000Z',
  resources,
});

/** Writes stacks as an assembly into a fresh folder, with the asset manifests that the CDK writes. */
export function writeAssembly(stacks: readonly AssemblyStack[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'adopt-assembly-'));
  const artifacts: Record<string, unknown> = {};
  for (const stack of stacks) {
    const hash = 'a'.repeat(64);
    const assets = `${stack.stackName}.assets.json`;
    artifacts[`${stack.stackName}.assets`] = { type: 'cdk:asset-manifest', properties: { file: assets } };
    artifacts[stack.stackName] = {
      type: 'aws:cloudformation:stack',
      environment: `aws://${account}/${region}`,
      dependencies: [...stack.dependencies, `${stack.stackName}.assets`],
      additionalMetadataFile: 'gone.metadata.json',
      properties: {
        templateFile: stack.templateFile,
        stackName: stack.stackName,
        stackTemplateAssetObjectUrl: `s3://assets/${hash}.json`,
      },
    };
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, stack.templateFile), JSON.stringify(stack.template));
    const destinations = { current: { bucketName: 'assets', objectKey: `${hash}.json`, region } };
    writeFileSync(
      join(folder, assets),
      JSON.stringify({
        version: '1',
        files: { [hash]: { source: { path: stack.templateFile, packaging: 'file' }, destinations } },
      }),
    );
  }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ version: '1', artifacts }));
  return folder;
}
