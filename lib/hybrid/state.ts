import { z } from 'zod';
import type { Tier } from '../estate/azure';
import { type HybridName, hybridNames, hybridParameterPath, rollbackParameterName } from '../estate/hybrid';
import { type FallbackProvider, fallbackProviders } from '../estate/hybrid-settings';

/** Values by the last part of their parameter's name, as they were read. */
export type RawValues = Readonly<Record<string, string>>;

/** What a caller goes by. */
export interface HybridState {
  /** Undefined as long as the Azure side is not known completely: see {@link missing}. */
  readonly azure: AzureTarget | undefined;
  /** Parameters without which Azure cannot be called. */
  readonly missing: readonly string[];
  readonly enabled: boolean;
  /** Per cent of the subjects, as set. */
  readonly percentage: number;
  readonly rolledBack: boolean;
  readonly fallbackOrder: readonly FallbackProvider[];
  readonly fallbackModels: Readonly<Record<FallbackProvider, Readonly<Record<Tier, string>>>>;
}

export interface AzureTarget {
  readonly endpoint: string;
  readonly apiVersion: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly deployments: Readonly<Record<Tier, string>>;
}

/** A setting that no caller could work with. */
export class HybridSettingError extends Error {
  override readonly name = 'HybridSettingError';
}

const rollbackKey = rollbackParameterName.slice(hybridParameterPath.length);

const models = z.object({ premium: z.string().min(1), standard: z.string().min(1) });
const modelsSchema = z.object({ gemini: models, openai: models, claude: models });

/** Per cent of the subjects that are on Azure now. */
export const effectivePercentage = ({ azure, enabled, percentage, rolledBack }: HybridState): number =>
  azure && enabled && !rolledBack ? percentage : 0;

/**
 * Reads the values.
 *
 * @throws HybridSettingError that names parameter, value and remedy
 */
export function hybridState(values: RawValues): HybridState {
  const target = {
    endpoint: urlOf(values, hybridNames.endpoint),
    apiVersion: values[hybridNames.apiVersion],
    tenantId: values[hybridNames.tenantId],
    clientId: values[hybridNames.clientId],
    premium: values[hybridNames.deploymentPremium],
    standard: values[hybridNames.deploymentStandard],
  };
  const names = {
    endpoint: hybridNames.endpoint,
    apiVersion: hybridNames.apiVersion,
    tenantId: hybridNames.tenantId,
    clientId: hybridNames.clientId,
    premium: hybridNames.deploymentPremium,
    standard: hybridNames.deploymentStandard,
  } as const;
  const missing = (Object.keys(names) as (keyof typeof names)[]).filter((key) => !target[key]).map((key) => names[key]);
  const { endpoint = '', apiVersion = '', tenantId = '', clientId = '', premium = '', standard = '' } = target;
  return {
    azure:
      missing.length > 0 ? undefined : { endpoint, apiVersion, tenantId, clientId, deployments: { premium, standard } },
    missing,
    enabled: switchOf(values, hybridNames.enabled),
    percentage: percentageOf(values),
    rolledBack: values[rollbackKey] !== undefined,
    fallbackOrder: orderOf(values),
    fallbackModels: modelsOf(values),
  };
}

const refused = (name: HybridName, value: string, rule: string): HybridSettingError =>
  new HybridSettingError(
    `${name} must be ${rule}, got: ${value}. Mend the parameter ${hybridParameterPath}${name}, or the variable that overrides it.`,
  );

function urlOf(values: RawValues, name: HybridName): string | undefined {
  const value = values[name];
  if (value === undefined) return undefined;
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) throw refused(name, value, 'a URL');
  return value;
}

function switchOf(values: RawValues, name: HybridName): boolean {
  const value = values[name] ?? 'false';
  if (value !== 'true' && value !== 'false') throw refused(name, value, 'true or false');
  return value === 'true';
}

function percentageOf(values: RawValues): number {
  const value = values[hybridNames.rolloutPercentage] ?? '0';
  const percentage = /^\d{1,3}$/.test(value) ? Number(value) : Number.NaN;
  if (!(percentage <= 100)) throw refused(hybridNames.rolloutPercentage, value, 'a whole number from 0 to 100');
  return percentage;
}

function orderOf(values: RawValues): FallbackProvider[] {
  const value = values[hybridNames.fallbackOrder] ?? fallbackProviders.join(',');
  const order = value.split(',').map((name) => name.trim());
  const known = order.filter((name): name is FallbackProvider =>
    (fallbackProviders as readonly string[]).includes(name),
  );
  if (known.length !== order.length || new Set(known).size !== known.length) {
    throw refused(
      hybridNames.fallbackOrder,
      value,
      `different names of ${fallbackProviders.join(', ')}, separated by commas`,
    );
  }
  return known;
}

function modelsOf(values: RawValues): HybridState['fallbackModels'] {
  const value = values[hybridNames.fallbackModels];
  if (value === undefined) throw refused(hybridNames.fallbackModels, 'nothing', 'JSON, provider → tier → model');
  const parsed = modelsSchema.safeParse(parsedJson(value));
  if (!parsed.success) throw refused(hybridNames.fallbackModels, value, 'JSON, provider → tier → model');
  return parsed.data;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
