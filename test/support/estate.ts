import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundleFunctions } from '../../lib/build/bundle';
import { modelledFunctions } from '../../lib/estate/functions';
import { type AccountSettings, resolveSettings } from '../../lib/estate/settings';
import { settingsFiles } from '../../settings';
import { estateApp } from '../../stacks-aws/app';
import { buildEstate } from '../../stacks-aws/estate';
import type { FunctionCode } from '../../stacks-aws/functions';

export const projectRoot = resolve(__dirname, '..', '..');

/** Settings of the audited account, with trial values as `-c` would give them. */
export const settingsWith = (context: Readonly<Record<string, unknown>> = {}): AccountSettings =>
  resolveSettings(settingsFiles, context);

let bundles: FunctionCode | undefined;

/** The bundled functions, made once per test process. */
export function functionCode(): FunctionCode {
  bundles ??= bundleFunctions(modelledFunctions, {
    projectRoot,
    outdir: mkdtempSync(join(tmpdir(), 'huntaze-code-')),
    edgeConfiguration: { region: 'us-east-1' },
  });
  return bundles;
}

/** A template as CloudFormation gets it. */
export interface CloudFormationTemplate {
  readonly Resources: Readonly<Record<string, CloudFormationResource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>;
  readonly Outputs?: Readonly<Record<string, { readonly Export?: unknown; readonly Value: unknown }>>;
}

export interface CloudFormationResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** Templates of every stack, by stack name; those of the foreign stage included. */
export function estateTemplates(context: Readonly<Record<string, unknown>> = {}): Map<string, CloudFormationTemplate> {
  const app = estateApp();
  buildEstate(app, { settings: settingsWith(context), code: functionCode() });
  const assembly = app.synth();
  return new Map(
    [...assembly.stacks, ...assembly.nestedAssemblies.flatMap((nested) => nested.nestedAssembly.stacks)].map(
      (artifact) => [artifact.stackName, artifact.template as CloudFormationTemplate],
    ),
  );
}

/** Every resource of the given type over all templates. */
export const resourcesOfType = (
  templates: ReadonlyMap<string, CloudFormationTemplate>,
  type: string,
): CloudFormationResource[] =>
  [...templates.values()].flatMap((template) =>
    Object.values(template.Resources).filter((resource) => resource.Type === type),
  );
