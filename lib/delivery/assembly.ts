import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { textHash } from './archive';

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      displayName: z.string().optional(),
      environment: z.string().optional(),
      dependencies: z.array(z.string()).default([]),
      properties: z
        .object({
          templateFile: z.string(),
          stackName: z.string().optional(),
          tags: z.record(z.string(), z.string()).optional(),
          assumeRoleArn: z.string().optional(),
          cloudFormationExecutionRoleArn: z.string().optional(),
          stackTemplateAssetObjectUrl: z.string().optional(),
        })
        .partial()
        .loose()
        .optional(),
    }),
  ),
});

const templateSchema = z.object({
  Parameters: z.record(z.string(), z.object({ Type: z.string(), Default: z.unknown().optional() })).default({}),
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() }),
  ),
});

/** A stack as an assembly has it. */
export interface AssemblyStack {
  /** What the CDK CLI takes. */
  readonly id: string;
  readonly stackName: string;
  /** The template's bytes, as they will be sent. */
  readonly template: string;
  readonly templateHash: string;
  /** Where the template lies once the stack's assets are published. */
  readonly templateUrl: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** Role that may change stacks, from the bootstrap. */
  readonly deployRoleArn: string | undefined;
  /** Role that CloudFormation takes, from the bootstrap. */
  readonly executionRoleArn: string | undefined;
  /** Names of stacks that must stand before. */
  readonly dependencies: readonly string[];
  /** SSM parameters that the template reads when a change set is made. */
  readonly reads: readonly string[];
  /** SSM parameters that the template makes. */
  readonly publishes: readonly string[];
}

/**
 * Top-level stacks of an assembly, each after those that it depends on. Stacks inside a Stage are left out: none of
 * them is the pipeline's to deploy.
 *
 * @throws when the folder holds no assembly, or its stacks depend on one another in a circle
 */
export function assemblyStacks(directory: string): readonly AssemblyStack[] {
  const { artifacts } = manifestSchema.parse(JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')));
  const ofStacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const nameOf = new Map(ofStacks.map(([id, { properties }]) => [id, properties?.stackName ?? id]));
  const stacks = ofStacks.map(([id, { displayName, environment, dependencies, properties = {} }]): AssemblyStack => {
    const template = readFileSync(join(directory, properties.templateFile ?? ''), 'utf8');
    const { Parameters, Resources } = templateSchema.parse(JSON.parse(template));
    return {
      id: displayName ?? id,
      stackName: properties.stackName ?? id,
      template,
      templateHash: textHash(template),
      templateUrl: withHttps(properties.stackTemplateAssetObjectUrl, environment),
      tags: properties.tags ?? {},
      deployRoleArn: withPartition(properties.assumeRoleArn),
      executionRoleArn: withPartition(properties.cloudFormationExecutionRoleArn),
      dependencies: dependencies.flatMap((dependency) => nameOf.get(dependency) ?? []),
      reads: Object.values(Parameters).flatMap(({ Type, Default }) =>
        Type.startsWith('AWS::SSM::Parameter::Value') && typeof Default === 'string' ? [Default] : [],
      ),
      publishes: Object.values(Resources).flatMap(({ Type, Properties }) =>
        Type === 'AWS::SSM::Parameter' && typeof Properties?.Name === 'string' ? [Properties.Name] : [],
      ),
    };
  });
  return inOrder(stacks);
}

/** The estate lives in the commercial partition only. */
const withPartition = (arn: string | undefined): string | undefined =>
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the manifest's own placeholder.
  arn?.replace('${AWS::Partition}', 'aws');

/** CloudFormation takes an address of S3 with the region of the bucket in it. */
function withHttps(url: string | undefined, environment = ''): string | undefined {
  const region = environment.split('/').at(-1);
  return url?.replace(/^s3:\/\//, `https://s3.${region}.amazonaws.com/`);
}

function inOrder(stacks: readonly AssemblyStack[]): readonly AssemblyStack[] {
  const sorted: AssemblyStack[] = [];
  let waiting = [...stacks];
  while (waiting.length > 0) {
    const done = new Set(sorted.map(({ stackName }) => stackName));
    const ready = waiting.filter(({ dependencies }) => dependencies.every((name) => done.has(name)));
    if (ready.length === 0) {
      throw new Error(`Stacks depend on one another in a circle, got: ${waiting.map(({ id }) => id).join(', ')}.`);
    }
    sorted.push(...ready);
    waiting = waiting.filter((stack) => !ready.includes(stack));
  }
  return sorted;
}
