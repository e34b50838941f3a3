import { asObject, isObject, type JsonObject } from '../json';
import { type Cloud, type Resource, ReviewError, type Stack, type TerraformSettings } from '../model';
import { azurermVersion } from '../terraform/azurerm';
import { physicalNameOf, statefulnessOf } from '../terraform/types';
import { inside, readJson } from './json-file';
import { looksLikePlan, type Reading, within } from './read-tree';

/** Arguments that Terraform itself reads; the rest goes to the provider. */
const metaArguments = new Set(['//', 'lifecycle', 'depends_on', 'provider', 'provisioner', 'connection']);

/** Reads the stacks of a `cdktf.out`. */
export function readTerraformOutput(root: string, directory: string, manifest: JsonObject): Reading {
  const stacks = Object.entries(asObject(manifest.stacks)).map(([key, entry]) => {
    const path = asObject(entry).synthesizedStackPath;
    if (typeof path !== 'string') {
      throw new ReviewError(
        `The manifest names no file for a stack, got: ${key} in ${within(root, directory)}. Synthesize with cdktf 0.21.`,
      );
    }
    if (!path.endsWith('.json')) {
      throw new ReviewError(`A stack is written as HCL, got: ${path}. Synthesize it without --hcl.`);
    }
    const file = inside(root, directory, path, `The file of stack ${key}`);
    const template = readJson(file, `The Terraform JSON of stack ${key}`);
    if (looksLikePlan(template)) {
      throw new ReviewError(
        `A Terraform plan stands where synthesized JSON belongs, got: ${within(root, file)}. ` +
          'Give the cdktf.out that cdktf synth wrote.',
      );
    }
    return stackOfTerraform(String(asObject(entry).name ?? key), within(root, file), template);
  });
  return { stacks, notes: stacks.flatMap(providerNotes) };
}

/** Another version of the provider may force other arguments new than the table says. */
function providerNotes({ identity, template }: Stack): readonly string[] {
  const required = blockList(template.terraform).flatMap((block) => blockList(block.required_providers));
  const version = required.map((providers) => firstBlock(providers.azurerm).version).find((text) => text !== undefined);
  return version === undefined || version === azurermVersion
    ? []
    : [
        `Stack ${identity.name} pins azurerm ${String(version)}, and the table of what forces a new resource was made from ` +
          `${azurermVersion}: read what changed between them.`,
      ];
}

/**
 * A stack, of its Terraform JSON.
 *
 * @throws ReviewError for a block that is none
 */
export function stackOfTerraform(name: string, file: string, template: JsonObject): Stack {
  const terraform = settingsOf(template);
  const identity = {
    cloud: cloudOf(template),
    engine: 'terraform',
    account: subscriptionOf(terraform),
    region: '-',
    name,
  } as const;
  const resources = new Map<string, Resource>();
  const add = (type: string, id: string, block: JsonObject) => {
    const logicalId = type === 'module' ? `module.${id}` : `${type}.${id}`;
    const metadata = asObject(asObject(block['//']).metadata);
    const lifecycle = firstBlock(block.lifecycle);
    resources.set(logicalId, {
      address: `${identity.cloud}/${name}/${logicalId}`,
      stack: identity,
      logicalId,
      type,
      ...optional('physicalName', physicalNameOf(block)),
      ...optional('constructPath', typeof metadata.path === 'string' ? metadata.path : undefined),
      properties: Object.fromEntries(Object.entries(block).filter(([key]) => !metaArguments.has(key))),
      definition: block,
      protection: { preventDestroy: lifecycle.prevent_destroy === true },
      statefulness: statefulnessOf(type),
    });
  };
  for (const [type, blocks] of Object.entries(objectOf(template.resource, file, 'resource'))) {
    for (const [id, block] of Object.entries(objectOf(blocks, file, type))) {
      add(type, id, objectOf(Array.isArray(block) ? block[0] : block, file, `${type}.${id}`));
    }
  }
  for (const [id, block] of Object.entries(objectOf(template.module, file, 'module'))) {
    add('module', id, objectOf(Array.isArray(block) ? block[0] : block, file, `module.${id}`));
  }
  return { identity, file, resources, template, terraform };
}

/** @throws ReviewError when something other than an object stands there */
function objectOf(value: unknown, file: string, what: string): JsonObject {
  if (value === undefined) return {};
  if (isObject(value)) return value;
  throw new ReviewError(`${what} is no block, got: ${JSON.stringify(value)} in ${file}. Synthesize the tree again.`);
}

/** A block as object, whether it is written as one or as a list of one. */
export const firstBlock = (value: unknown): JsonObject => asObject(Array.isArray(value) ? value[0] : value);

const blockList = (value: unknown): readonly JsonObject[] =>
  (Array.isArray(value) ? value : value === undefined ? [] : [value]).filter(isObject);

/** Terraform writes the address of a moved or removed block bare or in `${}`. */
const addressIn = (value: unknown): string => String(value ?? '').replace(/^\$\{(.*)\}$/, '$1');

function settingsOf(template: JsonObject): TerraformSettings {
  const terraform = blockList(template.terraform);
  const backends = terraform.flatMap((block) => blockList(block.backend).flatMap((backend) => Object.entries(backend)));
  const clouds = terraform.flatMap((block) => blockList(block.cloud));
  const [type, configuration] = backends[0] ?? (clouds[0] ? ['cloud', clouds[0]] : ['local', {}]);
  return {
    backend: { type, configuration: firstBlock(configuration) },
    providers: Object.fromEntries(
      blockList(template.provider).flatMap((block) =>
        Object.entries(block).map(([name, configurations]) => [name, blockList(configurations)] as const),
      ),
    ),
    moved: blockList(template.moved).map(({ from, to }) => ({ from: addressIn(from), to: addressIn(to) })),
    removed: blockList(template.removed).map(({ from, lifecycle }) => ({
      from: addressIn(from),
      destroy: firstBlock(lifecycle).destroy !== false,
    })),
    imports: blockList(template.import).map(({ to, id }) => ({ to: addressIn(to), id: String(id ?? '') })),
  };
}

function cloudOf(template: JsonObject): Cloud {
  const types = Object.keys(asObject(template.resource));
  const providers = blockList(template.provider).flatMap((block) => Object.keys(block));
  const has = (...names: readonly string[]) =>
    names.some((name) => providers.includes(name) || types.some((type) => type.startsWith(`${name}_`)));
  if (has('azurerm', 'azapi', 'azuread')) return 'azure';
  return has('aws', 'awscc') ? 'aws' : 'other';
}

/** The subscription or account that the provider is told; what the environment gives is not in the tree. */
function subscriptionOf({ providers }: TerraformSettings): string {
  const main = providers.azurerm?.find((block) => block.alias === undefined);
  return typeof main?.subscription_id === 'string' ? main.subscription_id : 'unknown-account';
}

const optional = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [key]: value } as Partial<Record<K, V>>);
