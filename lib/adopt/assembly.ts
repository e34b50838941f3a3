import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Json, JsonObject } from './json';

const artifactSchema = z.object({
  type: z.string(),
  environment: z.string().optional(),
  displayName: z.string().optional(),
  dependencies: z.array(z.string()).optional(),
  properties: z.object({ templateFile: z.string().optional(), stackName: z.string().optional() }).loose().optional(),
});
const manifestSchema = z.object({ artifacts: z.record(z.string(), artifactSchema) }).loose();
const resourceSchema = z
  .object({
    Type: z.string(),
    Properties: z.record(z.string(), z.unknown()).optional(),
    DeletionPolicy: z.string().optional(),
    UpdateReplacePolicy: z.string().optional(),
    Metadata: z.record(z.string(), z.unknown()).optional(),
  })
  .loose();
const templateSchema = z.object({ Resources: z.record(z.string(), resourceSchema) }).loose();

/** A resource of a template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: JsonObject;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: JsonObject;
}

/** A template as CloudFormation gets it. */
export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: Json }>>;
  readonly [section: string]: unknown;
}

/** A stack of a synthesized assembly. */
export interface AssemblyStack {
  /** What the CLI takes: `storage`, or `foreign/CDKToolkit` inside a Stage. */
  readonly id: string;
  readonly stackName: string;
  /** Folder of its manifest, absolute. */
  readonly folder: string;
  readonly templateFile: string;
  readonly template: Template;
  /** Ids of the stacks of the same manifest that deploy before it. */
  readonly dependencies: readonly string[];
  /** Whether it lies inside a Stage, so that nobody deploys it by accident. */
  readonly staged: boolean;
  readonly account: string;
  readonly region: string;
}

/** A folder that cannot be read as an assembly. */
export class AssemblyError extends Error {
  override readonly name = 'AssemblyError';
}

/**
 * Stacks of an assembly in the order in which they deploy, those inside Stages last.
 *
 * @throws AssemblyError naming the file and the remedy
 */
export function readAssembly(directory: string): AssemblyStack[] {
  const root = resolve(directory);
  const nested = existsSync(root)
    ? readdirSync(root, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, 'manifest.json')))
        .map((entry) => join(root, entry.name))
        .sort()
    : [];
  return [...stacksIn(root, false), ...nested.flatMap((folder) => stacksIn(folder, true))];
}

function stacksIn(folder: string, staged: boolean): AssemblyStack[] {
  const { artifacts } = read(join(folder, 'manifest.json'), manifestSchema);
  const stacks = Object.entries(artifacts).filter(
    ([, { type, properties }]) => type === 'aws:cloudformation:stack' && properties?.templateFile !== undefined,
  );
  const ids = new Set(stacks.map(([id]) => id));
  const found = stacks.map(([artifact, { environment = '', displayName, dependencies = [], properties }]) => {
    const [, account = '', region = ''] = environment.match(/^aws:\/\/([^/]+)\/([^/]+)$/) ?? [];
    const templateFile = properties?.templateFile ?? '';
    return {
      artifact,
      stack: {
        id: displayName ?? artifact,
        stackName: properties?.stackName ?? artifact,
        folder,
        templateFile,
        template: read(join(folder, templateFile), templateSchema) as unknown as Template,
        dependencies: dependencies.filter((id) => ids.has(id)),
        staged,
        account,
        region,
      },
    };
  });
  return inOrder(found);
}

/** Each stack behind those that it depends on; otherwise as the manifest has them. */
function inOrder(found: readonly { readonly artifact: string; readonly stack: AssemblyStack }[]): AssemblyStack[] {
  const ordered = new Map<string, AssemblyStack>();
  const place = (artifact: string) => {
    if (ordered.has(artifact)) return;
    const entry = found.find((candidate) => candidate.artifact === artifact);
    if (entry === undefined) return;
    for (const dependency of entry.stack.dependencies) place(dependency);
    ordered.set(artifact, entry.stack);
  };
  for (const { artifact } of found) place(artifact);
  return [...ordered.values()];
}

function read<Schema extends z.ZodType>(path: string, schema: Schema): z.infer<Schema> {
  if (!existsSync(path)) {
    throw new AssemblyError(
      `No synthesized assembly here, got: ${path}. Run \`npx cdk synth --output <folder>\` first.`,
    );
  }
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new AssemblyError(
      `Not JSON, got: ${path} (${error instanceof Error ? error.message : error}). Synthesize it again.`,
    );
  }
  const result = schema.safeParse(content);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new AssemblyError(
      `Not what the CDK writes, got: ${path}: ${issue?.path.join('.')}: ${issue?.message}. Synthesize it again.`,
    );
  }
  return result.data;
}
