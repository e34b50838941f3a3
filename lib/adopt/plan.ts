import { distribution } from '../estate/edge';
import { confidenceOf, type OwnerId } from '../estate/evidence';
import { securityGroups, workerVpc } from '../estate/network';
import { type AsFoundStack, outsideReferences, renderAsFound } from './as-found';
import type { AssemblyStack, TemplateResource } from './assembly';
import { evaluateMembers, isUnknown } from './expressions';
import { type Facts, factKey } from './facts';
import { canonical, isObject, type JsonObject } from './json';
import { inventoryOwner, type Release, releaseOf, releaseOfStack } from './owners';
import { knownFrom, knownFromTemplates, scopesOf } from './scope';
import { type AdoptableType, adoptableTypes, type Importable, importableOnAws } from './types';

/** What becomes of one resource of the templates. */
export type PlannedResource = {
  readonly logicalId: string;
  readonly type: string;
  /** Physical name, where the template has it. */
  readonly name: string | null;
} & (
  | {
      readonly action: 'import';
      readonly identifier: Readonly<Record<string, string>>;
      readonly release: Release | null;
    }
  /** Whether it exists, or what identifies it, only the account knows. */
  | {
      readonly action: 'ask';
      readonly question: string;
      readonly known: Readonly<Record<string, string>>;
      readonly release: Release | null;
    }
  /** The first deployment makes it, beside what exists or because nothing does. */
  | { readonly action: 'create'; readonly reason: string; readonly effect: string }
);

export interface PlannedStack {
  readonly id: string;
  readonly stackName: string;
  /** Stacks that deploy before it. */
  readonly after: readonly string[];
  /** Inside a Stage: belongs to a foreign owner, adopted on request only. */
  readonly foreign: boolean;
  readonly resources: readonly PlannedResource[];
  /** Resource mapping for `cdk import`; complete only with facts. */
  readonly mapping: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface Prerequisite {
  readonly release: Release;
  /** Resources that wait for it, as `stack/logicalId`. */
  readonly resources: readonly string[];
}

export interface AdoptionPlan {
  readonly schemaVersion: 1;
  readonly account: string;
  readonly region: string;
  /** When the facts were read; `null`: planned offline, without facts. */
  readonly factsReadAt: string | null;
  /** In the order of the imports. */
  readonly stacks: readonly PlannedStack[];
  readonly prerequisites: readonly Prerequisite[];
  readonly questions: readonly { readonly stack: string; readonly logicalId: string; readonly question: string }[];
  readonly counts: Readonly<Record<PlannedResource['action'], number>>;
}

/** A plan that cannot be made from what was given. */
export class AdoptionError extends Error {
  override readonly name = 'AdoptionError';
}

/**
 * Plans the adoption: what is imported under which identifier, in which order, what must happen before, what is made instead.
 *
 * @param facts of a look-up. @default none: what only the account knows is asked
 * @throws AdoptionError when the facts are of another account, or of other templates
 */
export function planAdoption(
  audited: readonly AssemblyStack[],
  facts?: Facts,
  importable: Importable = importableOnAws,
): AdoptionPlan {
  const [{ account, region } = { account: '', region: '' }] = audited;
  if (facts !== undefined) assertFactsFit(audited, facts);
  const rendered = facts === undefined ? [] : renderAsFound(audited, facts, importable);
  const scopeOf = scopesOf(audited, facts === undefined ? knownFromTemplates(audited) : knownFrom(facts));
  const stacks = audited.map((stack): PlannedStack => {
    const scope = scopeOf(stack);
    const found = rendered.find((candidate) => candidate.stack === stack);
    const resources = Object.entries(stack.template.Resources).map(([logicalId, resource]) =>
      planResource(stack, logicalId, resource, evaluateMembers(resource.Properties ?? {}, scope), facts, importable),
    );
    return {
      id: stack.id,
      stackName: stack.stackName,
      after: stack.dependencies,
      foreign: stack.staged,
      resources,
      mapping: found?.mapping ?? offlineMapping(resources),
    };
  });
  return {
    schemaVersion: 1,
    account,
    region,
    factsReadAt: facts?.readAt ?? null,
    stacks,
    prerequisites: prerequisitesOf(stacks),
    questions: stacks.flatMap((stack) =>
      stack.resources.flatMap((resource) =>
        resource.action === 'ask'
          ? [{ stack: stack.stackName, logicalId: resource.logicalId, question: resource.question }]
          : [],
      ),
    ),
    counts: countActions(stacks),
  };
}

function assertFactsFit(audited: readonly AssemblyStack[], facts: Facts): void {
  const [stack] = audited;
  if (stack === undefined || facts.account !== stack.account || facts.region !== stack.region) {
    throw new AdoptionError(
      `The facts are of another account than the templates, got: ${facts.account} (${facts.region}), expected: ${stack?.account} (${stack?.region}). Look the right account up.`,
    );
  }
  const missing = audited.flatMap(({ stackName, template }) =>
    Object.entries(template.Resources)
      .filter(([logicalId, { Type }]) => {
        const type = adoptableTypes[Type];
        return type?.kind === 'import' && facts.resources[factKey(stackName, logicalId)]?.type !== Type;
      })
      .map(([logicalId]) => factKey(stackName, logicalId)),
  );
  if (missing.length > 0) {
    throw new AdoptionError(
      `The facts do not speak of ${missing.length} resources of these templates, got none for: ${missing.slice(0, 3).join(', ')}. Look the account up again with these templates.`,
    );
  }
}

function planResource(
  stack: AssemblyStack,
  logicalId: string,
  { Type: type }: TemplateResource,
  properties: JsonObject,
  facts: Facts | undefined,
  importable: Importable,
): PlannedResource {
  const known = adoptableTypes[type];
  const name = physicalNameOf(properties);
  const row = { logicalId, type, name };
  if (known === undefined) {
    return {
      ...row,
      action: 'create',
      reason: 'lib/adopt/types.ts has no entry for this type, so that nobody looked whether one exists.',
      effect: 'The deployment creates it, and fails if the name is taken.',
    };
  }
  if (known.kind === 'beside') return { ...row, action: 'create', reason: known.reason, effect: known.effect };
  if (!importable(type)) {
    return {
      ...row,
      action: 'create',
      reason: 'This account imports no resource of this type.',
      effect: 'The deployment creates it.',
    };
  }
  const owner = ownerOf(type, name, properties);
  if (facts === undefined) return planOffline(row, known, properties, owner);
  const live = facts.resources[factKey(stack.stackName, logicalId)]?.live ?? null;
  if (live === null) {
    return { ...row, action: 'create', reason: 'The account has none.', effect: 'The deployment creates it.' };
  }
  return {
    ...row,
    action: 'import',
    identifier: live.identifier,
    // What CloudFormation said outweighs what documents say.
    release: live.heldBy !== undefined ? releaseOfStack(live.heldBy) : releaseFrom(owner),
  };
}

/** Without facts, the inventory says what exists, and the templates what identifies it. */
function planOffline(
  row: Pick<PlannedResource, 'logicalId' | 'type' | 'name'>,
  known: Extract<AdoptableType, { kind: 'import' }>,
  properties: JsonObject,
  owner: OwnerId | undefined,
): PlannedResource {
  if (owner === undefined || owner === 'this repository') {
    return {
      ...row,
      action: 'create',
      reason: 'No document shows one; a look-up says for sure.',
      effect: 'The deployment creates it.',
    };
  }
  const identifier = offlineIdentifier(row.type, known, properties);
  const asked = known.identifier.filter((member) => identifier[member] === undefined);
  const release = releaseOf(owner);
  return asked.length === 0
    ? { ...row, action: 'import', identifier, release }
    : {
        ...row,
        action: 'ask',
        known: identifier,
        release,
        question: `What is the ${asked.join(' and the ')} of ${row.type} ${row.name ?? row.logicalId}?`,
      };
}

/** Members of the identifier that are texts of the template or of the inventory. */
function offlineIdentifier(
  type: string,
  known: Extract<AdoptableType, { kind: 'import' }>,
  properties: JsonObject,
): Record<string, string> {
  if (type === 'AWS::CloudFront::Distribution') return { Id: distribution.name };
  return Object.fromEntries(
    known.identifier.flatMap((member) => {
      const value = properties[member];
      return typeof value === 'string' && !isUnknown(value) ? [[member, value] as const] : [];
    }),
  );
}

/** By name; what has none belongs to who owns what it is part of. */
function ownerOf(type: string, name: string | null, properties: JsonObject): OwnerId | undefined {
  const byName = name === null ? undefined : inventoryOwner(name);
  if (byName !== undefined) return byName;
  if (type.startsWith('AWS::CloudFront::')) return distribution.owner;
  if (type === 'AWS::Lambda::EventSourceMapping' || type === 'AWS::Lambda::EventInvokeConfig') {
    return inventoryOwner(String(properties.FunctionName));
  }
  return workerVpcTypes.has(type) ? workerVpc.owner : securityGroupOwner(name);
}

/** Every resource of these types stands in the worker VPC. */
const workerVpcTypes: ReadonlySet<string> = new Set(
  ['Subnet', 'InternetGateway', 'VPCGatewayAttachment', 'RouteTable', 'SubnetRouteTableAssociation', 'Route'].map(
    (kind) => `AWS::EC2::${kind}`,
  ),
);

/** Groups that scripts made; the rest is of this repository. */
const securityGroupOwner = (name: string | null): OwnerId | undefined =>
  Object.values(securityGroups).some(
    (group) => group.name === name && confidenceOf({ evidence: [...group.evidence] }) !== 'proposed',
  )
    ? 'scripts or console'
    : undefined;

/** Documents say a stack held it, CloudFormation says none does: then only Terraform may still think so. */
function releaseFrom(owner: ReturnType<typeof inventoryOwner>): Release | null {
  if (owner === undefined) return null;
  const release = releaseOf(owner);
  return release.method === 'orphan' ? release : null;
}

const nameProperties = [
  'BucketName',
  'Bucket',
  'QueueName',
  'FunctionName',
  'RoleName',
  'LogGroupName',
  'TableName',
  'DBInstanceIdentifier',
  'ClusterName',
  'ServiceName',
  'CacheSubnetGroupName',
  'RepositoryName',
  'TopicName',
  'AlarmName',
  'AliasName',
  'GroupName',
  'DashboardName',
  'Family',
  'Name',
  'PolicyName',
  'CidrBlock',
  'ServiceName',
] as const;

function physicalNameOf(properties: JsonObject): string | null {
  for (const property of nameProperties) {
    const value = properties[property];
    if (typeof value === 'string' && !isUnknown(value)) return value;
  }
  const config = properties.OriginAccessControlConfig;
  return isObject(config) && typeof config.Name === 'string' ? config.Name : null;
}

/** Without facts: what needs no answer. */
const offlineMapping = (resources: readonly PlannedResource[]) =>
  Object.fromEntries(
    resources.flatMap((resource) =>
      resource.action === 'import' ? [[resource.logicalId, resource.identifier] as const] : [],
    ),
  );

function prerequisitesOf(stacks: readonly PlannedStack[]): Prerequisite[] {
  const byOwner = new Map<string, { release: Release; resources: string[] }>();
  for (const stack of stacks) {
    for (const resource of stack.resources) {
      if (resource.action === 'create' || resource.release === null || resource.release.method === 'none') continue;
      const key = canonical([resource.release.owner, resource.release.kind]);
      const entry = byOwner.get(key) ?? { release: resource.release, resources: [] };
      entry.resources.push(factKey(stack.stackName, resource.logicalId));
      byOwner.set(key, entry);
    }
  }
  return [...byOwner.values()];
}

function countActions(stacks: readonly PlannedStack[]): AdoptionPlan['counts'] {
  const all = stacks.flatMap(({ resources }) => resources);
  const count = (action: PlannedResource['action']) => all.filter((resource) => resource.action === action).length;
  return { import: count('import'), ask: count('ask'), create: count('create') };
}

/**
 * Holds that each import stands for itself.
 *
 * @throws AdoptionError naming what refers to something outside
 */
export function assertSelfContainedImports(rendered: readonly AsFoundStack[]): void {
  const wrong = rendered.flatMap((one) => outsideReferences(one).map((text) => `${one.stack.stackName}: ${text}`));
  if (wrong.length > 0) {
    throw new AdoptionError(
      `An import may refer to literals and to its own resources only, got: ${wrong.slice(0, 5).join(', ')}. This is a defect of the rendering.`,
    );
  }
}
