import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ReviewOptions, type ReviewReport, readTree, review, type Tree } from '../../../lib/review';

type Json = Readonly<Record<string, unknown>>;

/** Resources of one template, by logical id. */
export type Resources = Readonly<Record<string, Json>>;

export interface WrittenStack {
  readonly resources: Resources;
  /** Other sections of the template. */
  readonly template?: Json;
  /** @default aws://123456789012/us-east-1 */
  readonly environment?: string;
  readonly terminationProtection?: boolean;
}

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'huntaze-review-'));

/** Writes files below a folder: text as it is, everything else as JSON. */
export function writeFiles(folder: string, files: Readonly<Record<string, unknown>>): string {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

/** A `cdk.out` as CDK writes it, as far as a review reads it. */
export function writeAssembly(stacks: Readonly<Record<string, WrittenStack>>, folder = newFolder()): string {
  return writeFiles(folder, {
    'manifest.json': {
      version: '55.0.0',
      artifacts: Object.fromEntries(
        Object.entries(stacks).map(([name, { environment, terminationProtection }]) => [
          `artifact-of-${name}`,
          {
            type: 'aws:cloudformation:stack',
            environment: environment ?? 'aws://123456789012/us-east-1',
            properties: { templateFile: `${name}.template.json`, stackName: name, terminationProtection },
          },
        ]),
      ),
    },
    ...Object.fromEntries(
      Object.entries(stacks).map(([name, { resources, template }]) => [
        `${name}.template.json`,
        { Resources: resources, ...template },
      ]),
    ),
  });
}

/** A `cdktf.out` with one stack. */
export const writeTerraform = (json: Json, { name = 'azure', folder = newFolder() } = {}): string =>
  writeFiles(folder, {
    'manifest.json': {
      version: '0.21.0',
      stacks: { [name]: { name, synthesizedStackPath: `stacks/${name}/cdk.tf.json` } },
    },
    [`stacks/${name}/cdk.tf.json`]: json,
  });

/** Tree of one CloudFormation stack called `app`. */
export const treeOf = (resources: Resources, template: Json = {}): Tree =>
  readTree(writeAssembly({ app: { resources, template } }));

export const terraformTree = (json: Json): Tree => readTree(writeTerraform(json));

export const reviewOf = (base: Tree, head: Tree, options: Partial<ReviewOptions> = {}): ReviewReport =>
  review(base, head, { asOf: '2026-11-24', ...options });

/** What closes the gate, as `rule change logicalId`. */
export const closedBy = (base: Tree, head: Tree, options: Partial<ReviewOptions> = {}): string[] =>
  reviewOf(base, head, options).gate.reasons.map(
    ({ rule, change, resource }) => `${rule} ${change} ${resource.logicalId}`,
  );

export const kept = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' } as const;

/** The plain database of a small shop. */
export const database = (properties: Json = {}, attributes: Json = kept): Json => ({
  Type: 'AWS::RDS::DBInstance',
  Properties: {
    DBInstanceIdentifier: 'shop',
    Engine: 'postgres',
    EngineVersion: '17.4',
    StorageEncrypted: false,
    BackupRetentionPeriod: 7,
    DeletionProtection: true,
    ...properties,
  },
  ...attributes,
});

export const bucket = (properties: Json = {}, attributes: Json = kept): Json => ({
  Type: 'AWS::S3::Bucket',
  Properties: { BucketName: 'shop-orders', ...properties },
  ...attributes,
});
