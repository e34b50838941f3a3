import {
  type AppConfigClient,
  CreateHostedConfigurationVersionCommand,
  type DeploymentState,
  GetDeploymentCommand,
  GetHostedConfigurationVersionCommand,
  ListDeploymentsCommand,
  ListHostedConfigurationVersionsCommand,
  StartDeploymentCommand,
} from '@aws-sdk/client-appconfig';

export interface FlagsProfileIds {
  readonly applicationId: string;
  readonly environmentId: string;
  readonly profileId: string;
  readonly strategyId: string;
}

export interface Deployment {
  readonly number: number;
  readonly versionNumber: number;
  readonly ours: boolean;
}

export interface DeploymentStatus {
  /** Number of the newest deployment of the environment; 0 for none. */
  readonly latestNumber: number;
  /** The one that runs: an environment takes one at a time, whatever its profile. */
  readonly running?: Deployment;
  /** The one whose content the profile's readers have. */
  readonly current?: Deployment;
}

const runningStates: readonly DeploymentState[] = ['BAKING', 'DEPLOYING', 'ROLLING_BACK', 'VALIDATING'];
const contentType = 'application/json';

/** Versions and deployments of one hosted profile in one environment. */
export class FlagsProfile {
  constructor(
    private readonly client: Pick<AppConfigClient, 'send'>,
    private readonly ids: FlagsProfileIds,
  ) {}

  async status(): Promise<DeploymentStatus> {
    let latestNumber = 0;
    let current: Deployment | undefined;
    let running: Deployment | undefined;
    for await (const { DeploymentNumber: number = 0, State } of this.deployments()) {
      latestNumber = Math.max(latestNumber, number);
      if (State && runningStates.includes(State)) running = await this.deployment(number);
      else if (State === 'COMPLETE' && !current) {
        const complete = await this.deployment(number);
        if (complete.ours) current = complete;
      }
      if (current) break;
    }
    return { latestNumber, running, current };
  }

  /** @returns the version's content as text. */
  async content(versionNumber: number): Promise<string> {
    const { Content } = await this.client.send(
      new GetHostedConfigurationVersionCommand({ ...this.profile, VersionNumber: versionNumber }),
    );
    return Buffer.from(Content ?? []).toString('utf8');
  }

  /**
   * The version with this label, made with the content unless it is there: a run that died after making it, or one beside
   * this one, leaves no second one behind.
   */
  async versionWithLabel(label: string, content: string): Promise<number> {
    const existing = await this.findVersion(label);
    if (existing !== undefined) return existing;
    try {
      const { VersionNumber } = await this.client.send(
        new CreateHostedConfigurationVersionCommand({
          ...this.profile,
          VersionLabel: label,
          ContentType: contentType,
          Content: Buffer.from(content),
        }),
      );
      if (VersionNumber === undefined)
        throw new Error(`AppConfig made a version without a number, got label: ${label}.`);
      return VersionNumber;
    } catch (error) {
      const made = isConflict(error) ? await this.findVersion(label) : undefined;
      if (made === undefined) throw error;
      return made;
    }
  }

  /**
   * @param after number of the newest deployment that the caller has seen.
   * @throws ConflictException when one was started since, or runs.
   */
  async deploy(versionNumber: number, description: string, after: number): Promise<number> {
    const { DeploymentNumber } = await this.client.send(
      new StartDeploymentCommand({
        ...this.profile,
        EnvironmentId: this.ids.environmentId,
        DeploymentStrategyId: this.ids.strategyId,
        ConfigurationVersion: String(versionNumber),
        Description: description,
        LatestDeploymentNumber: after,
      }),
    );
    if (DeploymentNumber === undefined) {
      throw new Error(`AppConfig started a deployment without a number, got version: ${versionNumber}.`);
    }
    return DeploymentNumber;
  }

  private get profile() {
    return { ApplicationId: this.ids.applicationId, ConfigurationProfileId: this.ids.profileId };
  }

  /** Newest first. */
  private async *deployments() {
    let token: string | undefined;
    do {
      const page = await this.client.send(
        new ListDeploymentsCommand({
          ApplicationId: this.ids.applicationId,
          EnvironmentId: this.ids.environmentId,
          NextToken: token,
        }),
      );
      // AppConfig documents the order; what an old deployment would do in the place of the newest is worth a sort.
      yield* [...(page.Items ?? [])].sort((a, b) => (b.DeploymentNumber ?? 0) - (a.DeploymentNumber ?? 0));
      token = page.NextToken;
    } while (token);
  }

  private async deployment(number: number): Promise<Deployment> {
    const { ConfigurationVersion, ConfigurationProfileId } = await this.client.send(
      new GetDeploymentCommand({
        ApplicationId: this.ids.applicationId,
        EnvironmentId: this.ids.environmentId,
        DeploymentNumber: number,
      }),
    );
    return {
      number,
      versionNumber: Number(ConfigurationVersion),
      ours: ConfigurationProfileId === this.ids.profileId,
    };
  }

  private async findVersion(label: string): Promise<number | undefined> {
    const { Items } = await this.client.send(
      new ListHostedConfigurationVersionsCommand({ ...this.profile, VersionLabel: label }),
    );
    return Items?.find(({ VersionLabel }) => VersionLabel === label)?.VersionNumber;
  }
}

export function isConflict(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConflictException';
}
