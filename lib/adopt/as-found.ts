import type { AssemblyStack, Template, TemplateResource } from './assembly';
import { evaluate, isUnknown, referencesIn, type Scope } from './expressions';
import { type Facts, factKey, type Live } from './facts';
import { canonical, isObject, type Json, type JsonObject, same } from './json';
import { knownFrom, scopesOf } from './scope';
import { type Importable, importableOnAws, unreadable } from './types';

/** A stack as it is imported: the resources that exist, and nothing else. */
export interface AsFoundStack {
  readonly stack: AssemblyStack;
  readonly template: Template;
  /** What `cdk import --resource-mapping` takes. */
  readonly mapping: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Sections of a template that an import keeps: the check of the bootstrap and the parameter that it reads. */
const bootstrapParameter = 'BootstrapVersion';
const outputsAndMore = new Set(['Resources', 'Parameters', 'Outputs']);

/**
 * Renders what was found, from the audited templates and the facts.
 *
 * An import records the template as the resource's state, without writing it and without checking it. So the template of an
 * import says what lives, and whatever the audited rendering has otherwise becomes a true difference of the next deployment.
 * A property that the audited rendering does not set is not set here either: the next deployment then leaves it alone.
 *
 * @param importable what the account imports. @default what AWS does
 */
export function renderAsFound(
  audited: readonly AssemblyStack[],
  facts: Facts,
  importable: Importable = importableOnAws,
): AsFoundStack[] {
  const known = knownFrom(facts);
  const scopeOf = scopesOf(audited, known);
  return audited.flatMap((stack) => {
    const imported = Object.entries(stack.template.Resources).flatMap(([logicalId, resource]) => {
      const live = known(stack.stackName, logicalId);
      return live !== undefined && importable(resource.Type) ? [{ logicalId, resource, live }] : [];
    });
    if (imported.length === 0) return [];
    const ids = new Set(imported.map(({ logicalId }) => logicalId));
    const scope = scopeOf(stack);
    const resources = imported.map(
      ({ logicalId, resource, live }) => [logicalId, resourceAsFound(resource, live, scope, ids)] as const,
    );
    const kept = Object.entries(stack.template).filter(([section]) => !outputsAndMore.has(section));
    const bootstrap = stack.template.Parameters?.[bootstrapParameter];
    return [
      {
        stack,
        template: {
          ...Object.fromEntries(kept),
          ...(bootstrap === undefined ? {} : { Parameters: { [bootstrapParameter]: bootstrap } }),
          Resources: Object.fromEntries(resources),
        },
        mapping: Object.fromEntries(imported.map(({ logicalId, live }) => [logicalId, live.identifier])),
      },
    ];
  });
}

function resourceAsFound(
  resource: TemplateResource,
  live: Live,
  scope: Scope,
  imported: ReadonlySet<string>,
): TemplateResource {
  const model = resource.Properties ?? {};
  const hidden = unreadable[resource.Type] ?? {};
  const properties: Record<string, Json> = {};
  for (const [name, expression] of Object.entries(model)) {
    const fate = hidden[name];
    if (fate === 'omit') continue;
    const value = evaluate(expression, scope);
    const found = fate === 'keep' ? value : live.properties[name];
    if (found === undefined) continue;
    const settled = settle(found, value);
    // The audited expression stays where it means what lives and refers to nothing outside this import.
    const keeps = same(settled, value) && referencesIn(expression).every((reference) => imported.has(reference));
    properties[name] = keeps ? expression : same(settled, value) ? (value as Json) : settled;
  }
  if (resource.Type === 'AWS::Lambda::Function') properties.Code = liveCode(model.Code, live);
  return {
    Type: resource.Type,
    Properties: properties,
    // An import without a DeletionPolicy is refused.
    DeletionPolicy: resource.DeletionPolicy ?? 'Retain',
    UpdateReplacePolicy: resource.UpdateReplacePolicy ?? 'Retain',
    ...(resource.Metadata === undefined ? {} : { Metadata: resource.Metadata }),
  };
}

/** Key of the package that lives, in the bucket of assets: a deployment that fails goes back to it. */
export const liveCodeKey = (sha256: string): string => `${sha256}.zip`;

function liveCode(model: Json | undefined, { code }: Live): Json {
  const bucket = isObject(model) ? model.S3Bucket : undefined;
  return { S3Bucket: bucket ?? 'unknown', S3Key: liveCodeKey(code?.sha256 ?? 'unknown') };
}

/**
 * A live value without the members that a service shows and nobody set: empty ones that the model does not name. Members with
 * a value stay, so that a setting which the model lacks shows as a difference instead of vanishing.
 */
export function settle(live: Json, model: Json | undefined): Json {
  if (Array.isArray(live)) {
    const models = Array.isArray(model) ? model : [];
    return live.map((element, index) => settle(element, counterpart(element, models) ?? models[index]));
  }
  if (!isObject(live)) return live;
  const models: JsonObject = isObject(model) ? model : {};
  const members = Object.entries(live).flatMap(([key, member]) => {
    const counter = models[key];
    if (counter === undefined && isEmpty(member)) return [];
    const settled = settle(member, counter);
    return counter === undefined && isEmpty(settled) ? [] : [[key, settled] as const];
  });
  return Object.fromEntries(members);
}

/** The element of the model that speaks of the same thing. */
function counterpart(element: Json, models: readonly Json[]): Json | undefined {
  if (!isObject(element)) return undefined;
  const key = ['Id', 'Sid', 'Name', 'IndexName', 'Key'].find((name) => element[name] !== undefined);
  return key === undefined
    ? undefined
    : models.find((model) => isObject(model) && canonical(model[key]) === canonical(element[key]));
}

function isEmpty(value: Json): boolean {
  if (value === null || value === false || value === '' || value === 0 || value === 'none') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.values(value).every(isEmpty);
}

/** A property that two renderings have otherwise. `undefined`: the rendering does not set it. */
export interface PropertyDifference {
  readonly property: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** Properties that differ once every reference stands for its value. */
export function differences(before: JsonObject, after: JsonObject): PropertyDifference[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((property) => !same(before[property], after[property]))
    .map((property) => ({ property, before: before[property], after: after[property] }));
}

/** Parts of an import that refer to something outside it: CloudFormation would refuse them. */
export function outsideReferences({ template }: Pick<AsFoundStack, 'template'>): string[] {
  const known = new Set([...Object.keys(template.Resources), bootstrapParameter]);
  return Object.entries(template.Resources).flatMap(([logicalId, { Properties: properties = {} }]) =>
    [
      ...referencesIn(properties).filter((reference) => !known.has(reference)),
      ...(isUnknown(properties) ? ['?'] : []),
    ].map((reference) => `${logicalId} → ${reference}`),
  );
}

/** Resources of the imports, as `stack/logicalId`. */
export const importedResources = (rendered: readonly AsFoundStack[]): ReadonlySet<string> =>
  new Set(
    rendered.flatMap(({ stack, mapping }) =>
      Object.keys(mapping).map((logicalId) => factKey(stack.stackName, logicalId)),
    ),
  );
