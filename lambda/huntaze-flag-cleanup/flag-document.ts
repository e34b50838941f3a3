import type { FlagName } from '../shared/flags/flag-names';

/** Content of a hosted version of type AWS.AppConfig.FeatureFlags. */
interface FlagDocument {
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly [other: string]: unknown;
}

/** @throws Error when the content is no document of feature flags. */
export function isFlagOn(content: string, flag: FlagName): boolean {
  const value = parse(content).values?.[flag];
  return typeof value === 'object' && value !== null && (value as { enabled?: unknown }).enabled === true;
}

/**
 * The content with one flag off and all else as it was, the flag's own attributes included.
 * @throws Error when the content is no document of feature flags.
 */
export function withFlagOff(content: string, flag: FlagName): string {
  const document = parse(content);
  return JSON.stringify({
    ...document,
    values: { ...document.values, [flag]: { ...(document.values?.[flag] as object | undefined), enabled: false } },
  });
}

function parse(content: string): FlagDocument {
  let document: unknown;
  try {
    document = JSON.parse(content);
  } catch {
    // The parser's own message quotes the content.
  }
  const { flags, values } = (document ?? {}) as FlagDocument;
  if (typeof flags !== 'object' || typeof values !== 'object') {
    throw new Error(
      `The deployed version must hold "flags" and "values", got ${content.length} characters without them. ` +
        'Deploy one of type AWS.AppConfig.FeatureFlags.',
    );
  }
  return document as FlagDocument;
}
