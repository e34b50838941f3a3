import { isStateful } from '../policy/stateful-types';
import { differences, type PropertyDifference, renderAsFound } from './as-found';
import type { AssemblyStack, Template, TemplateResource } from './assembly';
import { evaluateMembers, type Scope } from './expressions';
import { type Facts, factKey } from './facts';
import { type EvaluatedStack, gateRefusals } from './gate';
import { canonical, isObject, type Json, type JsonObject } from './json';
import { isSpecified, replacementBy } from './replacement';
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

/**
 * Proves, from files alone, that the steps from what lives to `audited` and on to `hardened` replace nothing, remove nothing
 * and destroy no data, resource by resource.
 */
export function proveAdoption({ audited, hardened, facts, importable = importableOnAws }: ProveOptions): AdoptionProof {
  const known = knownFrom(facts);
  const auditedScope = scopesOf(audited, known);
  const hardenedScope = scopesOf(hardened, known);
  const found = facts === undefined ? undefined : renderAsFound(audited, facts, importable);
  const renderings = {
    'as-found': (found ?? []).map(({ stack, template }) => evaluated(stack, template, auditedScope(stack))),
    audited: audited.map((stack) => evaluated(stack, stack.template, auditedScope(stack))),
    hardened: hardened.map((stack) => evaluated(stack, stack.template, hardenedScope(stack))),
  };
  const steps = [
    ...(found === undefined ? [] : [stepBetween('as-found', 'audited', renderings)]),
    stepBetween('audited', 'hardened', renderings),
  ];
  const resources = audited.flatMap((stack) => {
    const adopted = Object.entries(stack.template.Resources).filter(([logicalId, { Type }]) =>
      found === undefined
        ? importable(Type)
        : found.some((one) => one.stack === stack && one.template.Resources[logicalId] !== undefined),
    );
    const model = resourcesOf(renderings.audited, stack.stackName);
    return [
      ...adopted.map(([logicalId]) =>
        proveResource(stack.stackName, logicalId, model[logicalId], steps, facts !== undefined),
      ),
      ...(facts === undefined ? [] : overwrittenPolicies(stack, model, facts)),
    ];
  });
  const count = (verdict: ProvenResource['verdict']) =>
    resources.filter((resource) => resource.verdict === verdict).length;
  const counts = { proven: count('proven'), refused: count('refused'), conditional: count('conditional') };
  const verdict = counts.refused > 0 ? 'refused' : facts === undefined ? 'conditional' : 'proven';
  return { schemaVersion: 1, verdict, factsReadAt: facts?.readAt ?? null, resources, counts };
}

/** A template with every reference replaced by its value, so that a literal and what means the same are no difference. */
const evaluated = (stack: AssemblyStack, { Resources: resources }: Template, scope: Scope): EvaluatedStack => ({
  stack,
  resources: Object.fromEntries(
    Object.entries(resources).map(([logicalId, { Type, Properties = {}, DeletionPolicy, UpdateReplacePolicy }]) => [
      logicalId,
      {
        Type,
        Properties: evaluateMembers(Properties, scope),
        ...(DeletionPolicy === undefined ? {} : { DeletionPolicy }),
        ...(UpdateReplacePolicy === undefined ? {} : { UpdateReplacePolicy }),
      },
    ]),
  ),
});

type Step = (stackName: string, logicalId: string) => ProvenStep;

/** Judges one step once, for every resource of it. */
function stepBetween(
  from: Rendering,
  to: Rendering,
  renderings: Readonly<Record<Rendering, readonly EvaluatedStack[]>>,
): Step {
  const refusals = gateRefusals(renderings[from], renderings[to]);
  return (stackName, logicalId) => {
    const base = resourcesOf(renderings[from], stackName)[logicalId];
    const head = resourcesOf(renderings[to], stackName)[logicalId];
    if (base === undefined) return { from, to, changes: [], refusals: [] };
    if (head === undefined) return { from, to, changes: [], refusals: [`it is not in ${to}: the step removes it`] };
    const changes = differences(base.Properties ?? {}, head.Properties ?? {});
    const closed = refusals.get(factKey(stackName, logicalId)) ?? [];
    return {
      from,
      to,
      changes,
      refusals: [
        // The gate speaks of what holds state; nothing else may be replaced either.
        ...(closed.length > 0 ? closed : replacements(base.Type, changes)),
        ...(base.Type === 'AWS::S3::BucketPolicy' ? lostStatements(base.Properties ?? {}, head.Properties ?? {}) : []),
      ],
    };
  };
}

const resourcesOf = (rendering: readonly EvaluatedStack[], stackName: string): EvaluatedStack['resources'] =>
  rendering.find(({ stack }) => stack.stackName === stackName)?.resources ?? {};

function proveResource(
  stack: string,
  logicalId: string,
  model: TemplateResource | undefined,
  steps: readonly Step[],
  looked: boolean,
): ProvenResource {
  const type = model?.Type ?? '';
  const taken = steps.map((step) => step(stack, logicalId));
  const refused = taken.some(({ refusals }) => refusals.length > 0);
  return {
    stack,
    logicalId,
    type,
    verdict: refused ? 'refused' : looked ? 'proven' : 'conditional',
    steps: taken,
    conditions: looked ? [] : createOnly(type, model?.Properties ?? {}),
  };
}

const effects = { yes: 'replaces the resource', maybe: 'may replace the resource' } as const;

/** Of the properties that really change, those that another value replaces. */
const replacements = (type: string, changes: readonly PropertyDifference[]): string[] =>
  changes.flatMap(({ property, before, after }) => {
    const effect = replacementBy(type, property);
    // Whether a change of state that only may replace does so, the gate knows from its table of corrections.
    if (effect === 'no' || (effect === 'maybe' && isSpecified(type, property) && isStateful(type))) return [];
    return [`${property} is ${show(before)} and would become ${show(after)}: that ${effects[effect]}`];
  });

/** Properties of the model that may not differ from what lives. */
const createOnly = (type: string, properties: JsonObject): ProvenResource['conditions'] =>
  Object.entries(properties).flatMap(([property, value]) =>
    replacementBy(type, property) === 'no' ? [] : [{ property, value }],
  );

/** CloudFormation imports no queue policy and writes it as a whole: what the live one has besides would be lost. */
function overwrittenPolicies(
  stack: AssemblyStack,
  audited: EvaluatedStack['resources'],
  facts: Facts,
): ProvenResource[] {
  return Object.entries(audited).flatMap(([logicalId, { Type: type, Properties: properties = {} }]) => {
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
