import { canonical, listOf, type Value } from '../compare/canonical';
import { asObject, isObject } from '../json';
import type { GateRule, Resource } from '../model';
import { expiresSooner } from './bucket-expiry';

/** What may not happen to a part of a resource that only makes sense as a whole. */
export interface StructureRule {
  readonly rule: GateRule;
  readonly types: readonly string[];
  /** Property that it reads, and that the reason names. */
  readonly property: string;
  /** What is wrong, after the name of the resource; undefined when nothing is. */
  readonly judge: (before: Value, after: Value) => string | undefined;
  readonly source: string;
}

/** Whether a structure holds something that only the deployment knows. */
const hasIntrinsic = (value: Value): boolean =>
  Array.isArray(value)
    ? value.some(hasIntrinsic)
    : isObject(value) &&
      Object.entries(value).some(([key, inner]) => key === 'Ref' || key.startsWith('Fn::') || hasIntrinsic(inner));

/** Rules of a repository by what they select, with the count that they keep. */
function imageRules(policy: Value): ReadonlyMap<string, number> | undefined {
  const text = asObject(policy).LifecyclePolicyText;
  if (text === undefined) return new Map();
  try {
    const rules = listOf(asObject(JSON.parse(String(text))).rules).map(asObject);
    return new Map(
      rules.map((rule) => {
        const { countNumber, ...selection } = asObject(rule.selection);
        return [canonical(selection), Number(countNumber)] as const;
      }),
    );
  } catch {
    return undefined;
  }
}

interface TimeToLive {
  readonly on: boolean;
  readonly attribute: string;
}

const timeToLive = (value: Value): TimeToLive => {
  const { Enabled, AttributeName } = asObject(value);
  return {
    on: Enabled !== undefined && !['false'].includes(String(Enabled).toLowerCase()),
    attribute: canonical(AttributeName),
  };
};

const structureRules: readonly StructureRule[] = [
  {
    rule: 'data-destroyed',
    types: ['AWS::S3::Bucket'],
    property: 'LifecycleConfiguration',
    judge: (before, after) =>
      expiresSooner(before, after)
        ? 'deletes objects that it keeps today: an expiry is new, wider or comes sooner'
        : undefined,
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html',
  },
  {
    rule: 'data-destroyed',
    types: ['AWS::ECR::Repository'],
    property: 'LifecyclePolicy',
    judge: (before, after) => {
      const [was, is] = [imageRules(before), imageRules(after)];
      if (!was || !is) return 'has a lifecycle policy that cannot be read here';
      return [...is].some(([selection, count]) => !(count >= (was.get(selection) ?? Number.POSITIVE_INFINITY)))
        ? 'deletes images that it keeps today: a rule is new or keeps fewer'
        : undefined;
    },
    source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html',
  },
  {
    rule: 'data-destroyed',
    types: ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'],
    property: 'TimeToLiveSpecification',
    judge: (before, after) => {
      const [was, is] = [timeToLive(before), timeToLive(after)];
      if (!is.on || (was.on && was.attribute === is.attribute)) return undefined;
      return was.on
        ? `lets items expire by another attribute, ${is.attribute}: whatever holds a past time in it is deleted`
        : `lets items expire by ${is.attribute}: whatever holds a past time in it is deleted`;
    },
    source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html',
  },
];

/** What the structure rules say of one resource. */
export function judgeStructures(base: Resource, head: Resource): readonly { rule: StructureRule; says: string }[] {
  return structureRules
    .filter(
      ({ types, property }) =>
        types.includes(head.type) && canonical(base.properties[property]) !== canonical(head.properties[property]),
    )
    .flatMap((rule) => {
      const [before, after] = [base.properties[rule.property], head.properties[rule.property]];
      // A structure with a condition or a parameter in it cannot be weighed part by part: any change of it counts.
      const says =
        hasIntrinsic(before) || hasIntrinsic(after)
          ? `changes its ${rule.property}, and only the deployment knows how`
          : rule.judge(before, after);
      return says ? [{ rule, says }] : [];
    });
}
