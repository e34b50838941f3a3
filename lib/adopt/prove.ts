import { differences, type PropertyDifference, renderAsFound } from './as-found';
import type { AssemblyStack, Template } from './assembly';
import { evaluateMembers, type Scope } from './expressions';
import { type Facts, factKey } from './facts';
import { canonical, isObject, type Json, type JsonObject } from './json';
import { lossOf } from './losses';
import { replacementBy } from './replacement';
import { knownFrom, scopesOf } from './scope';
import { type Importable, importableOnAws } from './types';

export type Rendering = 'as-found' | 'audited' | 'hardened';

/** What one step from a rendering to the next does to one resource. */
export interface ProvenStep {
  readonly from: Rendering;
  readonly to: Rendering;
  /** Properties that the step really changes: every reference stands for its value. */
  readonly changes: readonly PropertyDifference[];
  /** Why the step must not be taken; empty when nothing is replaced, removed or destroyed. */
  readonly refusals: readonly string[];
}

export interface ProvenResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** `conditional`: nothing speaks against it, but nobody looked at the account. */
  readonly verdict: 'proven' | 'refused' | 'conditional';
  readonly steps: readonly ProvenStep[];
  /** Without facts: properties whose live values must be these, or the resource would be replaced. */
  readonly conditions: readonly { readonly property: string; readonly value: Json }[];
}

export interface AdoptionProof {
  readonly schemaVersion: 1;
  readonly verdict: 'proven' | 'refused' | 'conditional';
  readonly factsReadAt: string | null;
  readonly resources: readonly ProvenResource[];
  readonly counts: Readonly<Record<ProvenResource['verdict'], number>>;
}

export interface ProveOptions {
  readonly audited: readonly AssemblyStack[];
  readonly hardened: readonly AssemblyStack[];
  /** @default none: the proof is conditional */
  readonly facts?: Facts;
  readonly importable?: Importable;
}

/** A resource of a template with every reference replaced by its value. */
interface Evaluated {
  readonly Type: string;
  readonly Properties: JsonObject;
}

/**
 * Proves, from files alone, that the steps from what lives to `audited` and on to `hardened` replace nothing, remove nothing
 * and destroy no data, resource by resource.
 */
export function proveAdoption({ audited, hardened, facts, importable = importableOnAws }: ProveOptions): AdoptionProof {
  const known = knownFrom(facts);
  const auditedScope = scopesOf(audited, known);
  const hardenedScope = scopesOf(hardened, known);
  const found = facts === undefined ? undefined : renderAsFound(audited, facts, importable);
  const resources = audited.flatMap((stack) => {
    const target = hardened.find((candidate) => candidate.stackName === stack.stackName);
    const asFound = found?.find((candidate) => candidate.stack === stack);
    const before = evaluated(stack.template, auditedScope(stack));
    const after = target === undefined ? {} : evaluated(target.template, hardenedScope(target));
    const live = asFound === undefined ? undefined : evaluated(asFound.template, auditedScope(stack));
    const adopted = Object.entries(stack.template.Resources).filter(([logicalId, { Type }]) =>
      facts === undefined ? importable(Type) : live?.[logicalId] !== undefined,
    );
    return [
      ...adopted.map(([logicalId]) => proveResource({ stack, logicalId, live, before, after })),
      ...(facts === undefined ? [] : overwrittenPolicies(stack, before, facts)),
    ];
  });
  const count = (verdict: ProvenResource['verdict']) =>
    resources.filter((resource) => resource.verdict === verdict).length;
  const counts = { proven: count('proven'), refused: count('refused'), conditional: count('conditional') };
  const verdict = counts.refused > 0 ? 'refused' : facts === undefined ? 'conditional' : 'proven';
  return { schemaVersion: 1, verdict, factsReadAt: facts?.readAt ?? null, resources, counts };
}

const evaluated = ({ Resources: resources }: Template, scope: Scope): Record<string, Evaluated> =>
  Object.fromEntries(
    Object.entries(resources).map(([logicalId, { Type, Properties = {} }]) => [
      logicalId,
      { Type, Properties: evaluateMembers(Properties, scope) },
    ]),
  );

interface Question {
  readonly stack: AssemblyStack;
  readonly logicalId: string;
  readonly live: Readonly<Record<string, Evaluated>> | undefined;
  readonly before: Readonly<Record<string, Evaluated>>;
  readonly after: Readonly<Record<string, Evaluated>>;
}

function proveResource({ stack, logicalId, live, before, after }: Question): ProvenResource {
  const type = before[logicalId]?.Type ?? '';
  const steps = [
    ...(live === undefined ? [] : [step('as-found', 'audited', live[logicalId], before[logicalId])]),
    step('audited', 'hardened', before[logicalId], after[logicalId]),
  ];
  const refused = steps.some(({ refusals }) => refusals.length > 0);
  return {
    stack: stack.stackName,
    logicalId,
    type,
    verdict: refused ? 'refused' : live === undefined ? 'conditional' : 'proven',
    steps,
    conditions: live === undefined ? createOnly(type, before[logicalId]?.Properties ?? {}) : [],
  };
}

function step(from: Rendering, to: Rendering, base: Evaluated | undefined, head: Evaluated | undefined): ProvenStep {
  if (base === undefined) return { from, to, changes: [], refusals: [] };
  if (head === undefined) return { from, to, changes: [], refusals: [`it is not in ${to}: the step removes it`] };
  const changes = differences(base.Properties, head.Properties);
  if (changes.length === 0) return { from, to, changes, refusals: [] };
  const refusals = [
    ...replacements(base, head, changes),
    ...changes.flatMap(({ property, before, after }) => lossOf(base.Type, property, before, after) ?? []),
    ...(base.Type === 'AWS::S3::BucketPolicy' ? lostStatements(base.Properties, head.Properties) : []),
  ];
  return { from, to, changes, refusals };
}

const effects = { yes: 'replaces the resource', maybe: 'may replace the resource' } as const;

/** Of the properties that really change, those that another value replaces. */
function replacements(base: Evaluated, head: Evaluated, changes: readonly PropertyDifference[]): string[] {
  if (base.Type !== head.Type)
    return [`its type changes from ${base.Type} to ${head.Type}: that replaces the resource`];
  return changes.flatMap(({ property, before, after }) => {
    const effect = replacementBy(base.Type, property);
    if (effect === 'no' || harmless.has(`${base.Type} ${property}`)) return [];
    return [`${property} is ${show(before)} and would become ${show(after)}: that ${effects[effect]}`];
  });
}

/**
 * Properties that the specification says may replace, and that do not in the cases at hand: the RDS guide changes a parameter
 * group, a maintenance window, the backup retention and automatic minor upgrades in place.
 */
const harmless: ReadonlySet<string> = new Set(
  ['DBParameterGroupName', 'PreferredMaintenanceWindow', 'BackupRetentionPeriod', 'AutoMinorVersionUpgrade'].map(
    (property) => `AWS::RDS::DBInstance ${property}`,
  ),
);

/** Properties of the model that may not differ from what lives. */
const createOnly = (type: string, properties: JsonObject): ProvenResource['conditions'] =>
  Object.entries(properties).flatMap(([property, value]) =>
    replacementBy(type, property) === 'no' || harmless.has(`${type} ${property}`) ? [] : [{ property, value }],
  );

/** CloudFormation imports no queue policy and writes it as a whole: what the live one has besides would be lost. */
function overwrittenPolicies(
  stack: AssemblyStack,
  audited: Readonly<Record<string, Evaluated>>,
  facts: Facts,
): ProvenResource[] {
  return Object.entries(audited).flatMap(([logicalId, { Type: type, Properties: properties }]) => {
    const live = facts.resources[factKey(stack.stackName, logicalId)]?.live;
    if (type !== 'AWS::SQS::QueuePolicy' || live === undefined || live === null) return [];
    const refusals = lostStatements(live.properties, properties);
    const changes = differences(
      { PolicyDocument: live.properties.PolicyDocument ?? {} },
      {
        PolicyDocument: properties.PolicyDocument ?? {},
      },
    );
    return [
      {
        stack: stack.stackName,
        logicalId,
        type,
        verdict: refusals.length > 0 ? ('refused' as const) : ('proven' as const),
        steps: [{ from: 'as-found', to: 'audited', changes, refusals } as const],
        conditions: [],
      },
    ];
  });
}

/** Statements of a live policy that the model's policy does not have. A policy that exists is merged, never overwritten. */
function lostStatements(live: JsonObject, model: JsonObject): string[] {
  const kept = new Set(statements(model.PolicyDocument).map(withoutSid));
  return statements(live.PolicyDocument)
    .filter((statement) => !kept.has(withoutSid(statement)))
    .map(
      (statement) =>
        `the live policy has a statement that the model lacks: ${show(statement)}. Take it into the inventory, or remove it from the account on purpose`,
    );
}

function statements(document: Json | undefined): Json[] {
  const list = isObject(document) ? document.Statement : undefined;
  if (list === undefined) return [];
  return Array.isArray(list) ? [...list] : [list];
}

function withoutSid(statement: Json): string {
  if (!isObject(statement)) return canonical(statement);
  const { Sid: _label, ...rest } = statement;
  return canonical(rest);
}

const show = (value: Json | undefined): string => (value === undefined ? 'not set' : JSON.stringify(value));
