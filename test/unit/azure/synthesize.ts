import { App, Testing } from 'cdktf';
import { type AzureSettings, type AzureSettingsInput, azureSettingsSchema } from '../../../lib/estate/azure-settings';
import type { TerraformJson } from '../../../lib/policy/azure-terraform';
import { AzureStack } from '../../../stacks-azure/stack';

type Block = Readonly<Record<string, unknown>>;

/** Synthesized JSON with every resource by its address. */
export interface Synthesized extends TerraformJson {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly output: Readonly<Record<string, { readonly value: string; readonly description: string }>>;
  readonly terraform: Block;
}

export const settingsOf = (input: AzureSettingsInput = {}): AzureSettings => azureSettingsSchema.parse(input);

export const stackOf = (input: AzureSettingsInput = {}): AzureStack =>
  new AzureStack(Testing.stubVersion(new App({ stackTraces: false })), 'huntaze-azure', {
    settings: settingsOf(input),
  });

export const synthesizeText = (input: AzureSettingsInput = {}): string => Testing.synth(stackOf(input), true);

export const synthesize = (input: AzureSettingsInput = {}): Synthesized => JSON.parse(synthesizeText(input));

/** Every resource as `type.id` and its block. */
export const resourcesOf = ({ resource }: Synthesized): readonly (readonly [address: string, block: Block])[] =>
  Object.entries(resource).flatMap(([type, byId]) =>
    Object.entries(byId).map(([id, block]) => [`${type}.${id}`, block] as const),
  );

/** Settings under which public access may close. */
export const closed = {
  connectivity: { publicAccess: 'off', link: { stage: 'verified' }, callersReachEntra: true },
} as const satisfies AzureSettingsInput;

/** Both tiers on models that are alive. */
export const successors = {
  tiers: {
    premium: { model: 'gpt-5.1', version: '2025-11-13' },
    standard: { model: 'gpt-5-mini', version: '2025-08-07' },
  },
  acknowledgedRetiredModels: [],
} satisfies AzureSettingsInput;
