import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import { equal, isIntrinsic, own, type Value } from '../compare/canonical';
import { withoutSecrets } from '../compare/secrets';
import { isObject } from '../json';
import type { Impact, PropertyChange, Resource } from '../model';
import { correctionFor } from './corrections';
import type { Meaning } from './meaning';
import { isPolicyDocument } from './policy-document';
import { specifiedReplacement, typeSpecification } from './specification';

/** One resource as base and head have it, with what its values mean in each. */
export interface Sides {
  readonly base: Resource;
  readonly head: Resource;
  readonly baseMeaning: Meaning;
  readonly headMeaning: Meaning;
}

/** Attributes beside the properties that a review shows; the others steer the deployment alone. */
const attributes = ['DeletionPolicy', 'UpdateReplacePolicy'] as const;

const specificationSource = '@aws-cdk/aws-service-spec';

const impactOf: Readonly<Record<string, Impact>> = { yes: 'replace', maybe: 'may-replace', no: 'update' };
const impactOfLibrary: Readonly<Partial<Record<ResourceImpact, Impact>>> = {
  [ResourceImpact.WILL_REPLACE]: 'replace',
  [ResourceImpact.MAY_REPLACE]: 'may-replace',
};

/** Every property of a resource that changes, and what each change does to it. */
export function propertyChanges(sides: Sides): readonly PropertyChange[] {
  const { base, head } = sides;
  if (base.type !== head.type) {
    return [
      {
        path: 'Type',
        before: base.type,
        after: head.type,
        impact: 'replace',
        cause: 'CloudFormation refuses another type under the same logical id',
      },
    ];
  }
  const places = differingPlaces(sides);
  const library = places.length > 0 ? libraryImpacts(sides) : new Map<string, Impact>();
  return [
    ...places.map((place) => propertyChange(sides, place, library)),
    ...attributes.flatMap((name): readonly PropertyChange[] => {
      const [before, after] = [effective(base, name), effective(head, name)];
      return before === after ? [] : [{ path: name, before, after, impact: 'none' }];
    }),
    ...conditionChange(sides),
  ];
}

const effective = ({ protection }: Resource, name: (typeof attributes)[number]): string | undefined =>
  name === 'DeletionPolicy' ? protection.onDelete : protection.onReplace;

/** Whether the resource exists hangs on a condition that is new, another one, or defined otherwise. */
function conditionChange({ base, head, baseMeaning, headMeaning }: Sides): readonly PropertyChange[] {
  const meaning = (side: Meaning, name?: string) => (name === undefined ? undefined : side.condition(name));
  if (equal(meaning(baseMeaning, base.condition), meaning(headMeaning, head.condition))) return [];
  return [
    {
      path: 'Condition',
      ...(base.condition && { before: base.condition }),
      ...(head.condition && { after: head.condition }),
      impact: 'none',
      cause:
        base.condition === head.condition
          ? `the definition of condition ${head.condition} changes`
          : 'whether it exists hangs on another condition',
    },
  ];
}

interface Place {
  readonly path: readonly string[];
  readonly before: Value;
  readonly after: Value;
}

/** Top properties first compared for what they mean, then followed down to where they differ. */
function differingPlaces(sides: Sides): readonly Place[] {
  const [before, after] = [sides.base.properties, sides.head.properties];
  const tagProperty = typeSpecification(sides.head.type)?.tagProperty;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((name) => {
    const [was, is] = [own(before, name), own(after, name)];
    return name === tagProperty && isTagList(was) && isTagList(is)
      ? placesBelow(sides, byKey(was), byKey(is), [name])
      : placesBelow(sides, was, is, [name]);
  });
}

function placesBelow(sides: Sides, before: Value, after: Value, path: readonly string[]): readonly Place[] {
  if (before === after || equal(sides.baseMeaning.of(before), sides.headMeaning.of(after))) return [];
  const leaf = [{ path, before, after }];
  const inner = (keys: readonly string[]): readonly Place[] => {
    const places = keys.flatMap((key) => placesBelow(sides, at(before, key), at(after, key), [...path, key]));
    return places.length > 0 ? places : leaf;
  };
  if (isPlain(before) && isPlain(after)) {
    return inner([...new Set([...Object.keys(before), ...Object.keys(after)])].sort());
  }
  return Array.isArray(before) && Array.isArray(after) && before.length === after.length && before.some(isObject)
    ? inner(before.map((_, place) => String(place)))
    : leaf;
}

const at = (value: Value, key: string): Value => own(value as Readonly<Record<string, Value>>, key);
const isPlain = (value: Value): value is Readonly<Record<string, Value>> =>
  isObject(value) && !isIntrinsic(value) && !isPolicyDocument(value);

type Tag = { readonly Key: string; readonly Value: Value };
const isTagList = (value: Value): value is readonly Tag[] =>
  value === undefined || (Array.isArray(value) && value.every((tag) => isObject(tag) && typeof tag.Key === 'string'));
const byKey = (tags: readonly Tag[] | undefined): Value =>
  tags && Object.fromEntries(tags.map(({ Key, Value: value }) => [Key, value]));

function propertyChange(
  sides: Sides,
  { path, before, after }: Place,
  library: ReadonlyMap<string, Impact>,
): PropertyChange {
  const { base, head } = sides;
  const [top = ''] = path;
  const correction = correctionFor(head.type, path, {
    before: own(base.properties, top),
    after: own(head.properties, top),
  });
  const specified = specifiedReplacement(head.type, path);
  const causes = equal(before, after) ? definitionsBehind(before) : undefined;
  return {
    path: ['Properties', ...path].join('.'),
    ...(before !== undefined && { before: withoutSecrets(before, path) }),
    ...(after !== undefined && { after: withoutSecrets(after, path) }),
    impact:
      correction?.impact ??
      (specified === undefined ? 'unknown' : (library.get(top) ?? impactOf[specified] ?? 'unknown')),
    ...(correction ? { cause: correction.reason, source: correction.source } : { source: specificationSource }),
    ...(causes && { cause: causes }),
  };
}

/** Why a value changes that is written as before. */
function definitionsBehind(value: Value): string {
  const names = new Set<string>();
  const visit = (inner: Value): void => {
    if (Array.isArray(inner)) inner.forEach(visit);
    if (!isObject(inner)) return;
    for (const [key, argument] of Object.entries(inner)) {
      const first = Array.isArray(argument) ? argument[0] : argument;
      if (key === 'Ref' && typeof argument === 'string') names.add(`parameter ${argument}`);
      if ((key === 'Fn::If' || key === 'Condition') && typeof first === 'string') names.add(`condition ${first}`);
      if (key === 'Fn::FindInMap' && typeof first === 'string') names.add(`mapping ${first}`);
      if (key === 'Fn::Sub') names.add('a parameter in its text');
      visit(argument);
    }
  };
  visit(value);
  return names.size === 0 ? 'what it refers to changes' : `what it refers to changes: ${[...names].join(', ')}`;
}

/**
 * What `@aws-cdk/cloudformation-diff` says of each top property. It is asked about one resource at a time, because it
 * compares texts that look like numbers as numbers (17.1 and 17.10 are one to it) and follows references only where
 * they stand bare: finding the places and following the references is done here.
 */
function libraryImpacts({ base, head }: Sides): ReadonlyMap<string, Impact> {
  try {
    const diff = fullDiff({ Resources: { R: base.definition } }, { Resources: { R: head.definition } });
    return new Map(
      Object.entries(diff.resources.get('R').propertyUpdates).flatMap(([name, { changeImpact }]) => {
        const impact = changeImpact && impactOfLibrary[changeImpact];
        return impact ? [[name, impact] as const] : [];
      }),
    );
  } catch {
    // A document that the library cannot take apart: the specification alone decides.
    return new Map();
  }
}
