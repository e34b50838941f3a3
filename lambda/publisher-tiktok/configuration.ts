import { publishingEnvironment } from '../../lib/estate/environment-publishing';
import { baseUrl, type PublisherConfiguration, readPublisherConfiguration } from '../shared/publishing/configuration';
import { requiredSettings } from '../shared/settings';
import type { TikTokMode } from './publish';

const { publisherTiktok: names } = publishingEnvironment;

/** Spellings of the mode, the interface's own names among them; which one is deployed is not recorded. */
const modes: Readonly<Record<string, TikTokMode>> = {
  '': 'upload',
  upload: 'upload',
  file: 'upload',
  file_upload: 'upload',
  pull: 'pull',
  url: 'pull',
  pull_from_url: 'pull',
};

export interface TikTokConfiguration extends PublisherConfiguration {
  readonly baseUrl: string;
  readonly mode: TikTokMode;
  readonly bucket: string;
}

/** @throws Error when a table or the bucket is missing, or the mode or the address is none. */
export function readConfiguration(environment: NodeJS.ProcessEnv): TikTokConfiguration {
  const value = environment[names.mode]?.trim().toLowerCase() ?? '';
  const mode = modes[value];
  if (!mode) throw new Error(`${names.mode} must be upload or pull, got: ${value}. Set it to one of them.`);
  return {
    ...readPublisherConfiguration(names, environment),
    bucket: requiredSettings({ bucket: names.uploadBucket }, environment).bucket,
    baseUrl: baseUrl(names.baseUrl, environment, 'https://open.tiktokapis.com'),
    mode,
  };
}
