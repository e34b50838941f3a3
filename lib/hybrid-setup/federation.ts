import {
  DisableOutboundWebIdentityFederationCommand,
  EnableOutboundWebIdentityFederationCommand,
  GetOutboundWebIdentityFederationInfoCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';

/** Outbound federation of an account. The issuer stays the same when it is switched off and on again. */
export interface Federation {
  readonly enabled: boolean;
  readonly issuer: string | undefined;
}

/** Reads the state. */
export async function federation(iam: IAMClient): Promise<Federation> {
  try {
    const { JwtVendingEnabled: enabled = false, IssuerIdentifier: issuer } = await iam.send(
      new GetOutboundWebIdentityFederationInfoCommand({}),
    );
    return { enabled, issuer };
  } catch (error) {
    if (isNamed(error, 'FeatureDisabledException')) return { enabled: false, issuer: undefined };
    throw error;
  }
}

/** Switches it on; an account that has it is left as it is. */
export async function enableFederation(iam: IAMClient): Promise<Federation> {
  try {
    const { IssuerIdentifier: issuer } = await iam.send(new EnableOutboundWebIdentityFederationCommand({}));
    return { enabled: true, issuer };
  } catch (error) {
    if (isNamed(error, 'FeatureEnabledException')) return federation(iam);
    throw error;
  }
}

/** Switches it off for the whole account; one that has it not is left as it is. */
export async function disableFederation(iam: IAMClient): Promise<Federation> {
  try {
    await iam.send(new DisableOutboundWebIdentityFederationCommand({}));
  } catch (error) {
    if (!isNamed(error, 'FeatureDisabledException')) throw error;
  }
  return { enabled: false, issuer: undefined };
}

const isNamed = (error: unknown, name: string): boolean =>
  error instanceof Error && (error.name === name || error.name === name.replace(/Exception$/, ''));
