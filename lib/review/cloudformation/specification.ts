import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { isCustomType, knownCustomTypes, statefulReason } from '../../policy/stateful-types';
import type { Statefulness } from '../model';

/** What a change of a property does, in the words of the service specification. */
export type Replacement = 'yes' | 'maybe' | 'no';

interface PropertySpecification {
  readonly replacement: Replacement;
  /** Properties of the block below, merged over every form that the block may have. */
  readonly below: () => ReadonlyMap<string, PropertySpecification>;
}

/** What the service specification of AWS says of one resource type. */
export interface TypeSpecification {
  readonly properties: ReadonlyMap<string, PropertySpecification>;
  readonly stateful: boolean;
  /** Property that names the resource in the account, where it has one. */
  readonly nameProperty?: string;
  readonly tagProperty?: string;
  /** Paths that the specification adds to those that its properties carry. */
  readonly additionalReplacements: readonly (readonly string[])[];
}

type Database = ReturnType<typeof loadAwsServiceSpecSync>;
type SpecifiedProperties = Readonly<
  Record<string, { causesReplacement?: string; type: unknown; previousTypes?: unknown[] }>
>;

let database: Database | undefined;
const types = new Map<string, TypeSpecification | undefined>();

/** The specification of a type; undefined for one that it does not know. Loading it takes a second, once. */
export function typeSpecification(type: string): TypeSpecification | undefined {
  if (!types.has(type)) types.set(type, specify(type));
  return types.get(type);
}

function specify(type: string): TypeSpecification | undefined {
  database ??= loadAwsServiceSpecSync();
  const [resource] = database.lookup('resource', 'cloudFormationType', 'equals', type);
  if (!resource) return undefined;
  const properties = resource.properties as SpecifiedProperties;
  const nameProperty = nameOf(resource.name, properties, resource.primaryIdentifier ?? []);
  return {
    properties: propertiesOf(properties),
    stateful: resource.isStateful ?? false,
    ...(nameProperty && { nameProperty }),
    ...(resource.tagInformation && { tagProperty: resource.tagInformation.tagPropertyName }),
    additionalReplacements: resource.additionalReplacementProperties ?? [],
  };
}

const propertiesOf = (specified: SpecifiedProperties): ReadonlyMap<string, PropertySpecification> =>
  new Map(
    Object.entries(specified).map(([name, { causesReplacement, type, previousTypes }]) => {
      let below: ReadonlyMap<string, PropertySpecification> | undefined;
      return [
        name,
        {
          replacement: (causesReplacement ?? 'no') as Replacement,
          below: () => {
            below ??= new Map([type, ...(previousTypes ?? [])].flatMap((form) => [...definitionsIn(form)]));
            return below;
          },
        },
      ] as const;
    }),
  );

/** Properties of every type definition that a property type leads to, through lists, maps and unions. */
function definitionsIn(form: unknown): ReadonlyMap<string, PropertySpecification> {
  const {
    type,
    element,
    types: forms,
    reference,
  } = form as {
    type: string;
    element?: unknown;
    types?: unknown[];
    reference?: { $ref: string };
  };
  if (type === 'ref' && reference && database) {
    return propertiesOf(database.get('typeDefinition', reference.$ref).properties as SpecifiedProperties);
  }
  return new Map([...(element ? [element] : []), ...(forms ?? [])].flatMap((inner) => [...definitionsIn(inner)]));
}

/** `QueueName`, `BucketName`, `TableName`, `Name`: create-only, and what the account knows the resource by. */
function nameOf(resource: string, properties: SpecifiedProperties, identifier: readonly string[]): string | undefined {
  // An identifier of several parts names the parents as well: a service is not called after its cluster.
  const candidates = [`${resource}Name`, ...(identifier.length === 1 ? identifier : []), 'Name'];
  return candidates.find((name) => (properties[name]?.type as { type?: string } | undefined)?.type === 'string');
}

/** What changing a property below `Properties` does, the nested ones included; undefined where no specification says. */
export function specifiedReplacement(type: string, path: readonly string[]): Replacement | undefined {
  const specification = typeSpecification(type);
  if (!specification) return undefined;
  if (
    specification.additionalReplacements.some((replacing) => replacing.every((part, place) => path[place] === part))
  ) {
    return 'yes';
  }
  const [first, ...rest] = path;
  const property = specification.properties.get(first ?? '');
  return property && nested(property, rest);
}

/** The strongest of what the properties on the way say. List positions and intrinsic functions are passed over. */
function nested(property: PropertySpecification, rest: readonly string[]): Replacement {
  if (property.replacement === 'yes' || rest.length === 0) return property.replacement;
  const [next, ...after] = rest;
  const inner = property.below().get(next ?? '');
  if (!inner) return /^\d+$|^Fn::/.test(next ?? '') ? nested(property, after) : property.replacement;
  const below = nested(inner, after);
  return below === 'no' ? property.replacement : below;
}

/** Whether losing a resource of this type loses what another deploy does not bring back. */
export function cloudFormationStatefulness(type: string): Statefulness {
  const reason = statefulReason(type);
  if (reason !== undefined) return { kind: 'stateful', reason };
  if (knownCustomTypes[type] !== undefined) return { kind: 'stateless' };
  const specification = typeSpecification(type);
  if (specification?.stateful) return { kind: 'stateful', reason: 'the service specification of AWS says so' };
  if (specification) return { kind: 'stateless' };
  return {
    kind: 'unknown',
    reason: isCustomType(type)
      ? 'a custom resource: what its handler does on update and delete is in no table'
      : 'a type that the service specification of AWS does not list',
  };
}
