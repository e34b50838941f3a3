import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleFunctions } from '../../lib/build/bundle';
import { modelledFunctions } from '../../lib/estate/functions';
import { type AccountSettings, resolveSettings } from '../../lib/estate/settings';
import { settingsFiles } from '../../settings';
import { estateApp } from '../../stacks-aws/app';
import { buildEstate } from '../../stacks-aws/estate';
import type { FunctionCode } from '../../stacks-aws/functions';
import { madeOnce } from './made-once';

export const projectRoot = resolve(__dirname, '..', '..');

/** Settings of the audited account, with trial values as `-c` would give them. */
export const settingsWith = (context: Readonly<Record<string, unknown>> = {}): AccountSettings =>
  resolveSettings(settingsFiles, context);

/** The bundled functions, made once per run of the tests: every process but the first finds them made. */
export function functionCode(): FunctionCode {
  const folder = madeOnce('code', (outdir) => {
    bundleFunctions(modelledFunctions, { projectRoot, outdir, edgeConfiguration: { region: 'us-east-1' } });
  });
  return new Map(modelledFunctions.map(({ name }) => [name, join(folder, name)]));
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

/** Templates of every stack, by stack name; those of the foreign stage included. Made once per run of the tests. */
export function estateTemplates(context: Readonly<Record<string, unknown>> = {}): Map<string, CloudFormationTemplate> {
  const settings = createHash('sha256')
    .update(JSON.stringify(settingsWith(context)))
    .digest('hex');
  const folder = madeOnce(`templates-${settings}`, (draft) => {
    writeFileSync(join(draft, 'templates.json'), JSON.stringify([...synthesizedTemplates(context)]));
  });
  return new Map(JSON.parse(readFileSync(join(folder, 'templates.json'), 'utf8')));
}

/** The same from a synth of its own, for whoever asks whether two synths agree. */
export function synthesizedTemplates(
  context: Readonly<Record<string, unknown>> = {},
): Map<string, CloudFormationTemplate> {
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
