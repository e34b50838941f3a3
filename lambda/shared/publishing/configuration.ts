import { requiredSettings } from '../settings';

/** Names of the variables that all publishers have. */
export interface PublisherVariables {
  readonly enablePublish: string;
  readonly postsTable: string;
  readonly pubkeysTable: string;
  readonly tokensTable: string;
}

export interface PublisherConfiguration {
  /** False: a dry run, which marks posts as posted and calls no platform. */
  readonly publish: boolean;
  readonly postsTable: string;
  readonly pubkeysTable: string;
  readonly tokensTable: string;
}

const spellings: Readonly<Record<string, boolean>> = {
  true: true,
  '1': true,
  yes: true,
  on: true,
  false: false,
  '0': false,
  no: false,
  off: false,
  '': false,
};

/** @throws Error when a table is missing, or the switch is neither on nor off: a typo must not drop posts silently. */
export function readPublisherConfiguration(
  { enablePublish, postsTable, pubkeysTable, tokensTable }: PublisherVariables,
  environment: NodeJS.ProcessEnv,
): PublisherConfiguration {
  const value = environment[enablePublish]?.trim().toLowerCase() ?? '';
  const publish = spellings[value];
  if (publish === undefined) {
    throw new Error(`${enablePublish} must be true or false, got: ${value}. Set it to one of them.`);
  }
  return { publish, ...requiredSettings({ postsTable, pubkeysTable, tokensTable }, environment) };
}

/** Base address of a platform: the variable's, else the platform's own; without a slash at the end. */
export function baseUrl(variable: string, environment: NodeJS.ProcessEnv, fallback: string): string {
  const value = environment[variable]?.trim() || fallback;
  if (!/^https?:\/\//.test(value) || !URL.canParse(value)) {
    throw new Error(`${variable} must be an http or https address, got: ${value}. Correct it or leave it out.`);
  }
  return value.replace(/\/+$/, '');
}
