import { createHash } from 'node:crypto';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { ConsolidationStop } from '../errors';
import { otherSide, type Side, sides } from '../phases';
import type { ClientReach, EndpointSwitch } from '../ports';
import type { Evidence } from '../state';
import type { ConsolidationClients } from './clients';
import { redeployServices, type ServiceName } from './deployments';
import { serviceError } from './errors';
import { type Patience, patienceOfAws } from './patience';
import { type SecretTarget, secretTarget, withServer } from './secret-document';

/** Staging label of the version that points at a side. A version without a label would soon be deleted. */
export const labelOf = (side: Side): string => `huntaze-consolidation-${side}`;

const current = 'AWSCURRENT';

export interface SecretSwitchOptions {
  readonly clients: Pick<ConsolidationClients, 'secrets' | 'ecs'>;
  /** Name of the secret that applications read. */
  readonly secret: string;
  /** Where each side listens, as applications name it. */
  readonly servers: (side: Side) => Promise<{ readonly host: string; readonly port: number }>;
  /** Services that read the secret when their tasks start. */
  readonly services: readonly ServiceName[];
  /** What is known to use the database; see `clientReach`. */
  readonly reach: () => Promise<readonly ClientReach[]>;
  /** @default patienceOfAws */
  readonly patience?: Patience;
}

interface SecretVersion {
  readonly id: string;
  readonly text: string;
}

/**
 * Switches applications through the secret that they read: a version for each side, and the label AWSCURRENT moves
 * between them. The move names the version that it takes the label from, so that a change by somebody else in between
 * makes it fail instead of being lost.
 */
export class SecretSwitch implements EndpointSwitch {
  constructor(private readonly options: SecretSwitchOptions) {}

  async current(): Promise<Side | 'elsewhere'> {
    return this.sideOf(secretTarget((await this.version(current)).text, this.options.secret));
  }

  clients(): Promise<readonly ClientReach[]> {
    return this.options.reach();
  }

  async point(side: Side): Promise<Evidence> {
    const { secret } = this.options;
    const from = await this.version(current);
    const now = await this.sideOf(secretTarget(from.text, secret));
    if (now === side) return { secret, version: from.id, changed: false };
    if (now !== otherSide(side)) {
      throw new ConsolidationStop(
        'entry-check',
        `Secret ${secret} points at neither of the two servers.`,
        'Find out what it points at; the run switches between the two only.',
      );
    }
    // First: with its label, the version that is current now outlives the switch, however often the secret is written.
    await this.label(labelOf(now), from.id);
    const server = await this.options.servers(side);
    const to = await this.prepared(side, from, server);
    await this.moveCurrent(from.id, to);
    const seen = await this.current();
    if (seen !== side) {
      throw new ConsolidationStop(
        'entry-check',
        `Secret ${secret} was switched to the ${side} and does not say so, got: ${seen}.`,
        'Somebody else writes to the secret: find out who, then run again.',
      );
    }
    return { secret, version: to, before: from.id, changed: true };
  }

  async redeploy(): Promise<Evidence> {
    const { clients, secret, services, patience = patienceOfAws } = this.options;
    const { LastChangedDate } = await clients.secrets.send(new DescribeSecretCommand({ SecretId: secret }));
    return redeployServices(clients.ecs, services, LastChangedDate ?? new Date(), patience);
  }

  private async sideOf({ host, port }: SecretTarget): Promise<Side | 'elsewhere'> {
    for (const side of sides) {
      const server = await this.options.servers(side);
      if (server.host === host && server.port === port) return side;
    }
    return 'elsewhere';
  }

  /** Id of a version that points there: the one that an earlier switch left, when nothing else changed since, or a new one. */
  private async prepared(side: Side, from: SecretVersion, server: { host: string; port: number }): Promise<string> {
    const { clients, secret } = this.options;
    const text = withServer(from.text, secret, server);
    const left = await this.version(labelOf(side)).catch((error: unknown) => {
      if (serviceError(error, 'ResourceNotFoundException')) return undefined;
      throw error;
    });
    if (left?.text === text) return left.id;
    // The token follows from what the version is made of (and never from a password): a switch that died after this call
    // finds its version again.
    const ClientRequestToken = createHash('sha256')
      .update([secret, side, from.id, server.host, server.port].join('\n'))
      .digest('hex');
    const { VersionId } = await clients.secrets.send(
      new PutSecretValueCommand({
        SecretId: secret,
        SecretString: text,
        ClientRequestToken,
        VersionStages: [labelOf(side)],
      }),
    );
    return VersionId ?? ClientRequestToken;
  }

  private async moveCurrent(from: string, to: string): Promise<void> {
    const { clients, secret } = this.options;
    try {
      await clients.secrets.send(
        new UpdateSecretVersionStageCommand({
          SecretId: secret,
          VersionStage: current,
          RemoveFromVersionId: from,
          MoveToVersionId: to,
        }),
      );
    } catch (error) {
      if (!serviceError(error, 'InvalidParameterException', 'InvalidRequestException')) throw error;
      throw new ConsolidationStop(
        'entry-check',
        `Secret ${secret} was written by somebody else during the switch, got: another current version than ${from}.`,
        'Find out who writes to it (a rotation?), stop that, then run again.',
      );
    }
  }

  private async label(label: string, version: string): Promise<void> {
    const { clients, secret } = this.options;
    const { VersionIdsToStages = {} } = await clients.secrets.send(new DescribeSecretCommand({ SecretId: secret }));
    const holder = Object.entries(VersionIdsToStages).find(([, labels]) => labels.includes(label))?.[0];
    if (holder === version) return;
    await clients.secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId: secret,
        VersionStage: label,
        MoveToVersionId: version,
        ...(holder !== undefined && { RemoveFromVersionId: holder }),
      }),
    );
  }

  private async version(stage: string): Promise<SecretVersion> {
    const { clients, secret } = this.options;
    const { SecretString, VersionId } = await clients.secrets.send(
      new GetSecretValueCommand({ SecretId: secret, VersionStage: stage }),
    );
    if (SecretString === undefined || VersionId === undefined) {
      throw new ConsolidationStop('entry-check', `Secret ${secret} has no text in its version ${stage}, got: none.`);
    }
    return { id: VersionId, text: SecretString };
  }
}
