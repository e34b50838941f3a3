import { z } from 'zod';
import { findingCategories, type GateRule, gateRules, type ReviewReport, reportSchemaVersion } from '../model';

const cloud = z.enum(['aws', 'azure', 'other']);
const stack = z.strictObject({
  cloud,
  engine: z.enum(['cloudformation', 'terraform']),
  account: z.string(),
  region: z.string(),
  name: z.string(),
});
const isoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const resource = z.strictObject({
  address: z.string().describe('Unique in its tree'),
  stack,
  logicalId: z.string(),
  type: z.string(),
  physicalName: z.string().optional(),
  constructPath: z.string().optional(),
  source: z
    .strictObject({ file: z.string(), line: z.int().min(1), column: z.int().min(0).optional() })
    .optional()
    .describe('Where the code stands that made it, relative to its project'),
});
const statefulness = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('stateful'), reason: z.string() }),
  z.strictObject({ kind: z.literal('stateless') }),
  z.strictObject({ kind: z.literal('unknown'), reason: z.string() }),
]);
const property = z.strictObject({
  path: z.string(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  impact: z.enum(['none', 'update', 'may-replace', 'replace', 'unknown']),
  cause: z.string().optional(),
  source: z.string().optional(),
});
const changeKind = z.enum(['add', 'update', 'replace', 'may-replace', 'remove', 'orphan', 'import', 'rename', 'move']);
const change = z.strictObject({
  kind: changeKind,
  resource,
  from: resource.optional(),
  statefulness,
  unknownType: z.boolean(),
  effect: z.string(),
  properties: z.array(property),
  causes: z.array(z.string()),
});
const finding = z.strictObject({
  category: z.enum(findingCategories),
  rule: z.string(),
  level: z.enum(['error', 'warning', 'note']),
  status: z.enum(['new', 'fixed']),
  message: z.string(),
  resource: resource.optional(),
  path: z.string().optional(),
  fix: z.string().optional(),
  source: z.string().optional(),
});
const cost = z.strictObject({
  currency: z.literal('USD'),
  base: z.number().describe('US dollars per month at list price, rounded half up to a micro-dollar'),
  head: z.number(),
  delta: z.number(),
  lines: z.array(z.strictObject({ resource, base: z.number(), head: z.number(), detail: z.string() })),
  unpricedTypes: z.array(z.string()),
  assumptions: z.array(z.string()),
  pricesOf: z.tuple([z.string(), z.string()]),
});
const gate = z.strictObject({
  open: z.boolean(),
  asOf: isoDate,
  reasons: z.array(
    z.strictObject({
      rule: z.enum(Object.keys(gateRules) as [GateRule, ...GateRule[]]),
      resource,
      change: z.string(),
      message: z.string(),
      remedy: z.string(),
      source: z.string().optional(),
      waivedBy: z.string().optional(),
    }),
  ),
  waivers: z.array(
    z.strictObject({
      id: z.string(),
      status: z.enum(['used', 'unused', 'expired', 'too-broad']),
      fails: z.boolean(),
      message: z.string(),
      owner: z.string(),
      reason: z.string(),
      expires: isoDate,
    }),
  ),
});
const tree = z.strictObject({
  directory: z.string(),
  stacks: z.int().min(0),
  resources: z.int().min(0),
  clouds: z.array(cloud),
});

/** The report's JSON, version {@link reportSchemaVersion}. */
export const reviewReportSchema = z.strictObject({
  schemaVersion: z.literal(reportSchemaVersion),
  base: tree,
  head: tree,
  stacks: z.array(
    z.strictObject({
      kind: z.enum(['added', 'removed', 'renamed', 'changed', 'unchanged']),
      stack,
      from: stack.optional(),
      details: z.array(property),
    }),
  ),
  changes: z.array(change),
  counts: z.record(changeKind, z.int().min(0)),
  findings: z.array(finding),
  cost: cost.optional(),
  gate,
  notes: z.array(z.string()),
});

/** The report, and nothing but the report: a field that the model gains and the schema lacks fails the type check. */
type Written = z.infer<typeof reviewReportSchema>;
const modelFitsSchema: (report: ReviewReport) => DeepReadonly<Written> = (report) => report;
const schemaFitsModel: (report: DeepReadonly<Written>) => ReviewReport = (report) => report;
export const schemaAndModelAgree = [modelFitsSchema, schemaFitsModel] as const;

type DeepReadonly<T> = T extends [infer First, infer Second]
  ? readonly [First, Second]
  : T extends (infer Item)[]
    ? readonly DeepReadonly<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
      : T;

/** JSON Schema (draft 2020-12) of the report. */
export const reviewReportJsonSchema = (): object => ({
  $id: `urn:huntaze-estate:review-report:${reportSchemaVersion}`,
  title: 'Review of two synthesized trees',
  ...z.toJSONSchema(reviewReportSchema),
});

/** The report as JSON text, in the order of the model's fields. */
export const renderJson = (report: ReviewReport): string => `${JSON.stringify(report, undefined, 2)}\n`;
