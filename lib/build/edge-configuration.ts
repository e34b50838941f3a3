/** What the edge functions must know and cannot read from environment variables, which Lambda@Edge does not have. */
export interface EdgeConfiguration {
  /** Region of the user pool, such as us-east-1. */
  readonly region: string;
  /**
   * Cognito user pool whose tokens open the site.
   * @default - none: the viewer-request function refuses everything that is not public
   */
  readonly userPoolId?: string;
  /**
   * App client that the tokens must be made for.
   * @default - none: as without a user pool
   */
  readonly clientId?: string;
}

const userPoolPattern = /^(?<region>[a-z]{2}(?:-[a-z]+)+-\d)_[0-9A-Za-z]+$/;

/**
 * The configuration with its values checked, in a fixed key order.
 * @throws Error when pool and client are not given together, or the pool is not one of the region.
 */
export function checkedEdgeConfiguration({ region, userPoolId, clientId }: EdgeConfiguration): EdgeConfiguration {
  if (!userPoolId && !clientId) return { region };
  if (!userPoolId || !clientId) {
    throw new Error(
      `Edge configuration needs userPoolId and clientId together, got: ${JSON.stringify({ userPoolId, clientId })}. ` +
        'Set both, or neither to refuse every request that is not public.',
    );
  }
  if (userPoolPattern.exec(userPoolId)?.groups?.region !== region) {
    throw new Error(
      `Edge configuration needs a user pool of region ${region}, got: ${userPoolId}. ` +
        'Give the pool id as Cognito shows it, a literal: a deploy-time token cannot be built into an edge function.',
    );
  }
  return { region, userPoolId, clientId };
}
