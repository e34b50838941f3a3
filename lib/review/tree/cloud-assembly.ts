import { join } from 'node:path';
import { physicalName } from '../cloudformation/physical-name';
import { cloudFormationStatefulness } from '../cloudformation/specification';
import { asObject, isObject, type JsonObject } from '../json';
import { type Resource, ReviewError, type Stack, type StackIdentity, stackKey } from '../model';
import { inside, readJson } from './json-file';
import { type Reading, within } from './read-tree';
import { sourceLocation } from './source-location';

/** Newest major version of the cloud assembly whose manifest this reader was written for. */
const knownAssemblyVersion = 55;

/** Reads the stacks of a `cdk.out`, those of nested stages and nested stacks included. */
export function readCloudAssembly(root: string, directory: string, manifest: JsonObject): Reading {
  const readings = Object.entries(asObject(manifest.artifacts)).map(([id, artifact]): Reading => {
    const { type, properties } = asObject(artifact);
    if (type === 'aws:cloudformation:stack') return readStack(root, directory, id, asObject(artifact));
    if (type === 'cdk:asset-manifest') {
      const file = inside(root, directory, String(asObject(properties).file), `Asset manifest ${id}`);
      const { files, dockerImages } = readJson(file, `Asset manifest ${id}`);
      return {
        stacks: [],
        notes: [],
        assets: [...Object.keys(asObject(files)), ...Object.keys(asObject(dockerImages))],
      };
    }
    if (type !== 'cdk:cloud-assembly') return { stacks: [], notes: [] };
    const folder = inside(root, directory, String(asObject(properties).directoryName), `Nested assembly ${id}`);
    return readCloudAssembly(
      root,
      folder,
      readJson(join(folder, 'manifest.json'), `Manifest of nested assembly ${id}`),
    );
  });
  return {
    stacks: readings.flatMap(({ stacks }) => stacks),
    assets: readings.flatMap(({ assets }) => assets ?? []),
    notes: [...versionNotes(root, directory, manifest), ...readings.flatMap(({ notes }) => notes)],
  };
}

function versionNotes(root: string, directory: string, { version }: JsonObject): readonly string[] {
  const major = Number.parseInt(String(version), 10);
  return major > knownAssemblyVersion
    ? [
        `The assembly in ${within(root, directory)} has version ${version}, newer than ${knownAssemblyVersion}: what ` +
          'that version added is not read.',
      ]
    : [];
}

function readStack(root: string, directory: string, id: string, artifact: JsonObject): Reading {
  const properties = asObject(artifact.properties);
  if (typeof properties.templateFile !== 'string') {
    throw new ReviewError(
      `The manifest names no template for a stack, got: ${id} in ${within(root, directory)}. Synthesize the tree again.`,
    );
  }
  const environment = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(String(artifact.environment));
  const identity: StackIdentity = {
    cloud: 'aws',
    engine: 'cloudformation',
    account: environment?.[1] ?? 'unknown-account',
    region: environment?.[2] ?? 'unknown-region',
    name: String(properties.stackName ?? id),
  };
  const metadata =
    typeof artifact.additionalMetadataFile === 'string'
      ? readJson(
          inside(root, directory, artifact.additionalMetadataFile, `Metadata of stack ${id}`),
          `Metadata of stack ${id}`,
        )
      : asObject(artifact.metadata);
  return readTemplate(
    { root, directory, origins: originsOf(metadata) },
    identity,
    properties.templateFile,
    properties.terminationProtection === true,
  );
}

interface Surroundings {
  readonly root: string;
  readonly directory: string;
  /** Path and entries of metadata, by construct path. */
  readonly origins: ReadonlyMap<string, readonly unknown[]>;
}

const originsOf = (metadata: JsonObject): ReadonlyMap<string, readonly unknown[]> =>
  new Map(
    Object.entries(metadata)
      .filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]))
      .map(([path, entries]) => [path.replace(/^\//, ''), entries]),
  );

/** A template and those of the stacks nested in it. */
function readTemplate(
  surroundings: Surroundings,
  identity: StackIdentity,
  templateFile: string,
  terminationProtection: boolean,
): Reading {
  const { root, directory } = surroundings;
  const path = inside(root, directory, templateFile, `Template of stack ${identity.name}`);
  const template = readJson(path, `Template of stack ${identity.name}`);
  const stack = stackOfTemplate(identity, template, { ...surroundings, file: within(root, path) });
  const nested = [...stack.resources.values()].flatMap(({ logicalId, type, definition }): readonly Reading[] => {
    if (type !== 'AWS::CloudFormation::Stack') return [];
    const asset = asObject(definition.Metadata)['aws:asset:path'];
    const inner = { ...identity, name: `${identity.name}/${logicalId}` };
    return [
      typeof asset === 'string'
        ? readTemplate(surroundings, inner, asset, terminationProtection)
        : {
            stacks: [],
            notes: [`The template of nested stack ${inner.name} is not in the tree: what it holds is not reviewed.`],
          },
    ];
  });
  return {
    stacks: [{ ...stack, terminationProtection }, ...nested.flatMap(({ stacks }) => stacks)],
    notes: nested.flatMap(({ notes }) => notes),
  };
}

/**
 * A stack, of its template.
 *
 * @throws ReviewError for a template whose resources are none
 */
export function stackOfTemplate(
  identity: StackIdentity,
  template: JsonObject,
  { file, root, origins }: { readonly file: string } & Pick<Surroundings, 'root' | 'origins'>,
): Stack {
  const resources = new Map(
    asTemplateResources(template, file).map(([logicalId, block]) => [
      logicalId,
      resourceOf({ root, origins }, identity, logicalId, block),
    ]),
  );
  return { identity, file, resources, template };
}

/** @throws ReviewError for a template whose resources are none */
function asTemplateResources(template: JsonObject, file: string): readonly (readonly [string, JsonObject])[] {
  if (template.Resources === undefined) return [];
  if (!isObject(template.Resources)) {
    throw new ReviewError(`Resources is no object, got: ${JSON.stringify(template.Resources)} in ${file}.`);
  }
  return Object.entries(template.Resources).map(([logicalId, block]) => {
    // A loop of the language extensions is a list; what it makes is known to CloudFormation alone.
    if (logicalId.startsWith('Fn::ForEach::')) return [logicalId, { Type: 'Fn::ForEach', Properties: { loop: block } }];
    if (!isObject(block) || typeof block.Type !== 'string') {
      throw new ReviewError(`A resource has no type, got: ${logicalId} in ${file}. Synthesize the tree again.`);
    }
    return [logicalId, block];
  });
}

/** CloudFormation snapshots a database that says nothing, unless it is part of a cluster; everything else it deletes. */
function defaultDeletionPolicy(type: string, properties: JsonObject): string {
  const snapshots =
    type === 'AWS::RDS::DBCluster' || (type === 'AWS::RDS::DBInstance' && !properties.DBClusterIdentifier);
  return snapshots ? 'Snapshot' : 'Delete';
}

function resourceOf(
  { root, origins }: Pick<Surroundings, 'root' | 'origins'>,
  stack: StackIdentity,
  logicalId: string,
  block: JsonObject,
): Resource {
  const type = String(block.Type);
  const properties = asObject(block.Properties);
  const constructPath = asObject(block.Metadata)['aws:cdk:path'];
  const name = physicalName(type, properties);
  const source = typeof constructPath === 'string' ? sourceLocation(origins.get(constructPath) ?? [], root) : undefined;
  return {
    address: `${stackKey(stack)}/${logicalId}`,
    stack,
    logicalId,
    type,
    ...(name !== undefined && { physicalName: name }),
    ...(typeof constructPath === 'string' && { constructPath }),
    ...(source && { source }),
    properties,
    definition: block,
    protection: {
      onDelete: String(block.DeletionPolicy ?? defaultDeletionPolicy(type, properties)),
      onReplace: String(block.UpdateReplacePolicy ?? 'Delete'),
    },
    statefulness: cloudFormationStatefulness(type),
    ...(typeof block.Condition === 'string' && { condition: block.Condition }),
  };
}
