import type { AzureOpenAiServer } from '../ai/azure-openai';
import { RehearsedEntra, rehearsedAzure } from './azure';
import { InstagramServer } from './instagram';
import { RedditServer } from './reddit';
import { TikTokServer } from './tiktok';

/** The platforms' interfaces, spoken by servers of this machine. */
export interface Platforms {
  readonly instagram: InstagramServer;
  readonly reddit: RedditServer;
  readonly tiktok: TikTokServer;
  readonly entra: RehearsedEntra;
  readonly azure: AzureOpenAiServer;
}

/** Runs `work` with all platforms on free loopback ports, and ends them however it ends. */
export async function withPlatforms<T>(work: (platforms: Platforms) => Promise<T>): Promise<T> {
  const entra = new RehearsedEntra();
  const platforms: Platforms = {
    instagram: new InstagramServer(),
    reddit: new RedditServer(),
    tiktok: new TikTokServer(),
    entra,
    azure: rehearsedAzure(entra),
  };
  const servers = Object.values(platforms);
  try {
    await Promise.all(servers.map((server) => server.start()));
    return await work(platforms);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}
