import {
  type AppConfigDataClient,
  GetLatestConfigurationCommand,
  StartConfigurationSessionCommand,
} from '@aws-sdk/client-appconfigdata';
import type { FlagName } from './flag-names';

export interface FlagSource {
  readonly applicationId: string;
  readonly environmentId: string;
  readonly profileId: string;
}

/** Seconds between two looks when AppConfig names none: its own default. */
const defaultPollSeconds = 60;
/** A source that just failed is left alone for this long, so that an outage does not slow every invocation. */
const pauseAfterFailureMs = 10_000;

type Flags = ReadonlyMap<string, boolean>;

/**
 * Feature flags of one AppConfig profile, kept for the life of the container and asked for again when the poll interval
 * that AppConfig names has passed.
 */
export class FeatureFlags {
  private token: string | undefined;
  private flags: Flags | undefined;
  private nextLookAt = 0;
  private look: Promise<void> | undefined;
  private failure: unknown;

  constructor(
    private readonly client: Pick<AppConfigDataClient, 'send'>,
    private readonly source: FlagSource,
    /** Milliseconds since 1970. */
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * A flag that the profile does not hold is off. When AppConfig cannot be asked, the last known value stands.
   * @throws when the flags were never read.
   */
  async isEnabled(name: FlagName): Promise<boolean> {
    if (this.now() >= this.nextLookAt) {
      this.look ??= this.refresh().finally(() => {
        this.look = undefined;
      });
      await this.look;
    }
    if (!this.flags) throw this.failure;
    return this.flags.get(name) ?? false;
  }

  private async refresh(): Promise<void> {
    try {
      const pollSeconds = await this.fetch();
      this.nextLookAt = this.now() + pollSeconds * 1000;
    } catch (error) {
      // Each token serves once: whether AppConfig took this one is unknown.
      this.token = undefined;
      this.failure = error;
      this.nextLookAt = this.now() + pauseAfterFailureMs;
    }
  }

  /** @returns seconds until AppConfig may be asked again. */
  private async fetch(): Promise<number> {
    // A token is valid for 24 hours, and a container that slept longer than that holds an old one.
    const reused = this.token !== undefined;
    try {
      return await this.fetchWith(this.token ?? (await this.startSession()));
    } catch (error) {
      if (!reused || !(error instanceof Error && error.name === 'BadRequestException')) throw error;
      return this.fetchWith(await this.startSession());
    }
  }

  private async fetchWith(token: string): Promise<number> {
    const answer = await this.client.send(new GetLatestConfigurationCommand({ ConfigurationToken: token }));
    // Empty means unchanged since the last token.
    if (answer.Configuration?.length) this.flags = parseFlags(Buffer.from(answer.Configuration).toString('utf8'));
    this.flags ??= new Map();
    this.token = answer.NextPollConfigurationToken;
    return answer.NextPollIntervalInSeconds ?? defaultPollSeconds;
  }

  private async startSession(): Promise<string> {
    const { applicationId, environmentId, profileId } = this.source;
    const { InitialConfigurationToken: token } = await this.client.send(
      new StartConfigurationSessionCommand({
        ApplicationIdentifier: applicationId,
        EnvironmentIdentifier: environmentId,
        ConfigurationProfileIdentifier: profileId,
      }),
    );
    if (!token) throw new Error('AppConfig started a session without a token, got: none. Look at the profile.');
    return token;
  }
}

/** Data of a feature-flag profile: `{ "<flag>": { "enabled": true, … }, … }`. */
function parseFlags(text: string): Flags {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // The parser's own message quotes the content.
    content = undefined;
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new Error(
      `The flags profile must hold a JSON object, got ${text.length} characters of something else. Deploy one of type AWS.AppConfig.FeatureFlags.`,
    );
  }
  return new Map(
    Object.entries(content).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null && (value as { enabled?: unknown }).enabled === true,
    ]),
  );
}
