import { publishingEnvironment } from '../../lib/estate/environment-publishing';
import { baseUrl } from '../shared/publishing/configuration';
import { requiredSettings } from '../shared/settings';

const { oauthRefresh: names } = publishingEnvironment;
/** Half of the function's timeout: the deployed version could wait for all of it, and then did nothing. */
const longestJitterSeconds = 60;

export interface RefreshConfiguration {
  readonly tokensTable: string;
  readonly analyticsTable?: string;
  /** Most seconds to wait before the run. */
  readonly startJitterSeconds: number;
  readonly redditUserAgent: string;
  /** Names of secrets; a provider whose name is missing fails alone. */
  readonly secrets: { readonly reddit?: string; readonly tiktok?: string };
  readonly baseUrls: { readonly instagram: string; readonly reddit: string; readonly tiktok: string };
}

/** @throws Error when the table or the user agent is missing, or the jitter is not 0 to 60 seconds. */
export function readConfiguration(environment: NodeJS.ProcessEnv): RefreshConfiguration {
  const jitter = environment[names.startJitterSeconds]?.trim() || '0';
  if (!/^\d{1,2}$/.test(jitter) || Number(jitter) > longestJitterSeconds) {
    throw new Error(
      `${names.startJitterSeconds} must be 0 to ${longestJitterSeconds} seconds, got: ${jitter}. Lower it or leave it out.`,
    );
  }
  const optional = (name: string): string | undefined => environment[name]?.trim() || undefined;
  return {
    ...requiredSettings({ tokensTable: names.tokensTable, redditUserAgent: names.redditUserAgent }, environment),
    analyticsTable: optional(names.analyticsTable),
    startJitterSeconds: Number(jitter),
    secrets: {
      reddit: optional(names.redditCredentialsSecret),
      tiktok: optional(names.tiktokCredentialsSecret),
    },
    baseUrls: {
      instagram: baseUrl(names.instagramBaseUrl, environment, 'https://graph.instagram.com'),
      reddit: baseUrl(names.redditBaseUrl, environment, 'https://www.reddit.com'),
      tiktok: baseUrl(names.tiktokBaseUrl, environment, 'https://open.tiktokapis.com'),
    },
  };
}
