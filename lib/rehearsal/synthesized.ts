import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      displayName: z.string().optional(),
      properties: z
        .object({ templateFile: z.string().optional(), stackName: z.string().optional() })
        .loose()
        .optional(),
    }),
  ),
});

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() }),
  ),
});

/** A stack of a synthesized assembly, as the CLI and CloudFormation know it. */
export interface SynthesizedStack {
  /** What the CLI takes: `storage`, or `foreign/CDKToolkit` inside a Stage. */
  readonly id: string;
  readonly stackName: string;
  /** Physical names of its buckets. */
  readonly buckets: readonly string[];
  /** Whether it lies inside a Stage. */
  readonly staged: boolean;
}

/**
 * Stacks of an assembly, those inside Stages included.
 *
 * @throws when the folder holds no assembly
 */
export function synthesizedStacks(assembly: string): SynthesizedStack[] {
  return [
    ...stacksIn(assembly, false),
    ...readdirSync(assembly, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(join(assembly, entry.name, 'manifest.json')))
      .flatMap((entry) => stacksIn(join(assembly, entry.name), true)),
  ];
}

function stacksIn(folder: string, staged: boolean): SynthesizedStack[] {
  const path = join(folder, 'manifest.json');
  if (!existsSync(path)) throw new Error(`${folder} holds no synthesized assembly. Run \`npx cdk synth\` first.`);
  const { artifacts } = manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  return Object.entries(artifacts).flatMap(([artifact, { type, displayName, properties }]) => {
    if (type !== 'aws:cloudformation:stack' || properties?.templateFile === undefined) return [];
    return {
      id: displayName ?? artifact,
      stackName: properties.stackName ?? artifact,
      buckets: bucketsIn(join(folder, properties.templateFile)),
      staged,
    };
  });
}

function bucketsIn(templatePath: string): string[] {
  const { Resources } = templateSchema.parse(JSON.parse(readFileSync(templatePath, 'utf8')));
  return Object.values(Resources).flatMap(({ Type, Properties }) =>
    Type === 'AWS::S3::Bucket' && typeof Properties?.BucketName === 'string' ? [Properties.BucketName] : [],
  );
}
