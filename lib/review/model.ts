/**
 * The words of a review, shared by what reads trees, what compares them, what judges and what renders.
 *
 * A {@link Tree} is what one synth wrote. A {@link Comparison} pairs two of them and holds the full resources; analysers
 * read it. A {@link ReviewReport} is what people and machines get: plain JSON, no reference to a template.
 */

/** Version of the report's JSON, as semantic versioning has it: a field removed or changed raises the first number. */
export const reportSchemaVersion = '1.0.0';

/** `other`: a Terraform stack of neither cloud. */
export type Cloud = 'aws' | 'azure' | 'other';
export type Engine = 'cloudformation' | 'terraform';

/** What a stack is known by, whatever its artifact is called. */
export interface StackIdentity {
  readonly cloud: Cloud;
  readonly engine: Engine;
  /** Account of AWS or subscription of Azure; `unknown-account` where the template leaves it open. */
  readonly account: string;
  /** Region of AWS; `unknown-region` where it is left open, `-` for Terraform, which has it per resource. */
  readonly region: string;
  /** Name of the stack; a nested stack is `parent/LogicalIdOfNestedStack`. */
  readonly name: string;
}

/** `aws/123456789012/us-east-1/name`; equal for equal identities. */
export const stackKey = ({ cloud, account, region, name }: StackIdentity): string =>
  `${cloud}/${account}/${region}/${name}`;

/** Where the code stands that made a resource, relative to its project. */
export interface SourceLocation {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column?: number;
}

/** A resource as the report names it. */
export interface ResourceRef {
  /** Unique in its tree: the stack's key and the logical id, or the Terraform address. */
  readonly address: string;
  readonly stack: StackIdentity;
  /** CloudFormation's logical id; for Terraform `type.name`, with `data.` or `module.` before it where it has that. */
  readonly logicalId: string;
  readonly type: string;
  /** Name in the account, where the template holds it as a literal. */
  readonly physicalName?: string;
  readonly constructPath?: string;
  readonly source?: SourceLocation;
}

/** What happens to a resource when its row leaves the template, or its replacement is made. */
export interface Protection {
  /** CloudFormation's `DeletionPolicy`, default resolved. */
  readonly onDelete?: string;
  /** CloudFormation's `UpdateReplacePolicy`, default resolved. */
  readonly onReplace?: string;
  /** Terraform's `lifecycle.prevent_destroy`. */
  readonly preventDestroy?: boolean;
}

/** Whether losing a resource loses what another deploy does not bring back. */
export type Statefulness =
  | { readonly kind: 'stateful'; readonly reason: string }
  | { readonly kind: 'stateless' }
  /** Type that no table knows: never taken for safe. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** A resource of one tree, with all that the template says. */
export interface Resource extends ResourceRef {
  /** CloudFormation's `Properties`, or Terraform's arguments without the meta-arguments. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** The whole block as the template has it, metadata included. */
  readonly definition: Readonly<Record<string, unknown>>;
  readonly protection: Protection;
  readonly statefulness: Statefulness;
  /** Name of the CloudFormation condition that decides whether it exists. */
  readonly condition?: string;
}

/** One stack of a tree. */
export interface Stack {
  readonly identity: StackIdentity;
  /** File of the template, relative to the tree. */
  readonly file: string;
  /** By logical id. */
  readonly resources: ReadonlyMap<string, Resource>;
  /** The template or Terraform JSON as read. */
  readonly template: Readonly<Record<string, unknown>>;
  /** CloudFormation's termination protection. */
  readonly terminationProtection?: boolean;
  /** Terraform's backend and providers, which say where state and resources are. */
  readonly terraform?: TerraformSettings;
}

export interface TerraformSettings {
  readonly backend: { readonly type: string; readonly configuration: Readonly<Record<string, unknown>> };
  /** Provider blocks by local name. */
  readonly providers: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  readonly moved: readonly { readonly from: string; readonly to: string }[];
  readonly removed: readonly { readonly from: string; readonly destroy: boolean }[];
  readonly imports: readonly { readonly to: string; readonly id: string }[];
}

/** What one synth wrote: every stack of both clouds. */
export interface Tree {
  /** As given. */
  readonly directory: string;
  /** By {@link stackKey}. */
  readonly stacks: ReadonlyMap<string, Stack>;
  readonly clouds: readonly Cloud[];
  /** Hashes of every asset, which change with each edit of a file and are noise to a review. */
  readonly assets?: ReadonlySet<string>;
  /** What the reader of the report must know of the reading: an older assembly, a line that has no source. */
  readonly notes: readonly string[];
}

/**
 * What becomes of a resource, in CloudFormation's and Terraform's own sense.
 *
 * - `rename`: same thing under another logical id; CloudFormation creates one and deletes the other.
 * - `move`: to another stack, or Terraform's `moved`, which alone keeps the resource.
 * - `orphan`: leaves the template and stays in the account.
 */
export type ChangeKind =
  | 'add'
  | 'update'
  | 'replace'
  | 'may-replace'
  | 'remove'
  | 'orphan'
  | 'import'
  | 'rename'
  | 'move';

/** What changing one property does to its resource; `unknown` where no table says. */
export type Impact = 'none' | 'update' | 'may-replace' | 'replace' | 'unknown';

export interface PropertyChange {
  /** Where, for example `Properties.RedrivePolicy.maxReceiveCount`, `DeletionPolicy` or `sku.capacity`. */
  readonly path: string;
  /** Left out where there was nothing. A secret is replaced by `(hidden)`. */
  readonly before?: unknown;
  readonly after?: unknown;
  readonly impact: Impact;
  /** Why the impact is what it is, where the property alone does not say: the resource that it refers to is replaced. */
  readonly cause?: string;
  /** Table or page that the impact comes from. */
  readonly source?: string;
}

/** One row of the review: a resource and what becomes of it. */
export interface Change {
  readonly kind: ChangeKind;
  /** As head has it; for what head lacks, as base has it. */
  readonly resource: ResourceRef;
  /** The earlier place of what was renamed or moved. */
  readonly from?: ResourceRef;
  readonly statefulness: Statefulness;
  /** True where head's or base's type is in no table. */
  readonly unknownType: boolean;
  /** What really happens, in one sentence: "CloudFormation creates X, then deletes Y; Y is retained". */
  readonly effect: string;
  readonly properties: readonly PropertyChange[];
  /** Reasons that lie outside the resource: a parameter's default, a condition, a replaced resource. */
  readonly causes: readonly string[];
}

/** A change with the full resources that it is about; for analysers, not in the report. */
export interface ResolvedChange extends Change {
  readonly base?: Resource;
  readonly head?: Resource;
}

/** A stack of base with its counterpart in head. */
export interface StackPair {
  readonly base?: Stack;
  readonly head?: Stack;
}

export type StackChangeKind = 'added' | 'removed' | 'renamed' | 'changed' | 'unchanged';

export interface StackChange {
  readonly kind: StackChangeKind;
  readonly stack: StackIdentity;
  readonly from?: StackIdentity;
  /** Changes of the stack itself: backend, subscription, termination protection. */
  readonly details: readonly PropertyChange[];
}

/** Two trees, laid side by side. */
export interface Comparison {
  readonly base: Tree;
  readonly head: Tree;
  readonly pairs: readonly StackPair[];
  readonly stacks: readonly StackChange[];
  readonly changes: readonly ResolvedChange[];
  readonly notes: readonly string[];
}

/** In the order in which a reviewer must decide. */
export const findingCategories = ['data-at-risk', 'access', 'network', 'cost', 'policy', 'lifecycle'] as const;
export type FindingCategory = (typeof findingCategories)[number];

/** Levels of SARIF 2.1.0. */
export type FindingLevel = 'error' | 'warning' | 'note';

export interface Finding {
  readonly category: FindingCategory;
  /** Stable id of the rule, such as `access/trust-widened`. */
  readonly rule: string;
  readonly level: FindingLevel;
  /** `new`: this change brings it. `fixed`: this change ends it. */
  readonly status: 'new' | 'fixed';
  /** One or two sentences of plain text; the renderers escape it. */
  readonly message: string;
  readonly resource?: ResourceRef;
  /** Property that it is about. */
  readonly path?: string;
  readonly fix?: string;
  /** Page or table behind the rule. */
  readonly source?: string;
}

/** A rule, as SARIF and the documentation list it. */
export interface FindingRule {
  readonly id: string;
  readonly category: FindingCategory;
  readonly description: string;
  readonly source?: string;
}

/** Reads a comparison and says what a reviewer must know of it. Pure; never throws on a strange template. */
export type Analyser = (comparison: Comparison) => readonly Finding[];

/** US dollars per month. */
export interface CostLine {
  readonly resource: ResourceRef;
  readonly base: number;
  readonly head: number;
  /** How the amount came about, with the prices used. */
  readonly detail: string;
}

export interface CostComparison {
  readonly currency: 'USD';
  readonly base: number;
  readonly head: number;
  readonly delta: number;
  /** Those whose amount differs, largest difference first. */
  readonly lines: readonly CostLine[];
  /** Types in either tree for which the table has no price. */
  readonly unpricedTypes: readonly string[];
  /** Assumptions of usage that the amounts rest on. */
  readonly assumptions: readonly string[];
  /** ISO dates of the oldest and the newest price used. */
  readonly pricesOf: readonly [oldest: string, newest: string];
}

/** Why the gate closes. */
export const gateRules = {
  replacement: 'a stateful resource is replaced',
  'may-replacement': 'a stateful resource may be replaced, and no table calls it harmless',
  removal: 'a stateful resource leaves its stack, retained or not',
  renamed: 'a stateful resource gets another logical id, stack or physical name',
  moved: 'a stateful resource moves to another stack',
  'retention-lost': 'Retain, RetainExceptOnCreate or UpdateReplacePolicy is lost',
  'protection-lost': 'deletion protection, backups, point-in-time recovery or versioning is lost or shortened',
  'encryption-weakened': 'encryption is removed, or the key of an encrypted resource changes',
  'snapshot-source': 'the snapshot or source that a resource is restored from changes',
  'data-destroyed': 'a change in place destroys data',
  'unknown-type': 'a resource of an unknown type is changed or removed',
  'unknown-property': 'an argument of a stateful resource changes whose effect no table knows',
  'prevent-destroy-lost': "Terraform's prevent_destroy is lost",
  'state-moved': 'the backend or the subscription of a Terraform stack changes',
  'purge-on-destroy': 'destroy purges what could have been recovered',
  'condition-changed': 'whether a stateful resource exists hangs on a condition that changes',
} as const;
export type GateRule = keyof typeof gateRules;

export interface GateReason {
  readonly rule: GateRule;
  /** What the change is about; a stack for `state-moved`. */
  readonly resource: ResourceRef;
  /** Property, or the kind of change; with the resource and the rule, what a waiver names. */
  readonly change: string;
  readonly message: string;
  /** What to do instead. */
  readonly remedy: string;
  readonly source?: string;
  /** Id of the waiver that lets it pass. */
  readonly waivedBy?: string;
}

export interface WaiverOutcome {
  readonly id: string;
  readonly status: 'used' | 'unused' | 'expired' | 'too-broad';
  /** Whether it closes the gate by itself. */
  readonly fails: boolean;
  readonly message: string;
  readonly owner: string;
  readonly reason: string;
  /** ISO date; the last day on which it holds. */
  readonly expires: string;
}

export interface GateVerdict {
  readonly open: boolean;
  /** ISO date that expiry is judged by. */
  readonly asOf: string;
  /** Waived ones included. */
  readonly reasons: readonly GateReason[];
  readonly waivers: readonly WaiverOutcome[];
}

export interface TreeSummary {
  readonly directory: string;
  readonly stacks: number;
  readonly resources: number;
  readonly clouds: readonly Cloud[];
}

export interface ReviewReport {
  readonly schemaVersion: typeof reportSchemaVersion;
  readonly base: TreeSummary;
  readonly head: TreeSummary;
  /** Without the unchanged ones. */
  readonly stacks: readonly StackChange[];
  /** Most important first. */
  readonly changes: readonly Change[];
  readonly counts: Readonly<Record<ChangeKind, number>>;
  /** By category, errors first. */
  readonly findings: readonly Finding[];
  readonly cost?: CostComparison;
  readonly gate: GateVerdict;
  readonly notes: readonly string[];
}

/** A tree that cannot be read, or two that cannot be compared; the message names the thing and the remedy. */
export class ReviewError extends Error {
  override readonly name = 'ReviewError';
}
