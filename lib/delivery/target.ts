import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { AccountSettings } from '../estate/settings';

/** A deploy that must not happen, whoever asks. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** @throws RefusedError for anything but what somebody approved */
export function assertApproved(hash: string, approved: string): void {
  if (hash === approved) return;
  throw new RefusedError(`The plan is not the approved one, got: ${hash}, approved: ${approved}.`);
}

export type DeliveryTarget = Pick<AccountSettings, 'account' | 'region' | 'origin'>;

/**
 * Tells which account the credentials reach before anything else is done, and refuses any other than the one that the
 * settings name, and one of which nobody has said whether its resources exist.
 *
 * @param announce told account and region first, also when the account is refused
 * @throws RefusedError
 */
export async function assertTarget(
  sts: STSClient,
  target: DeliveryTarget,
  announce: (line: string) => void,
): Promise<void> {
  const { Account: account = '(none)', Arn: identity = '(none)' } = await sts.send(new GetCallerIdentityCommand({}));
  announce(`Account ${account}, region ${target.region}, as ${identity}.`);
  if (account !== target.account) {
    throw new RefusedError(
      `These credentials belong to another account than the settings file, got: ${account}, expected: ${target.account}. Use credentials of ${target.account}.`,
    );
  }
  assertOriginDecided(target);
}

/**
 * Whether the resources of an account exist is looked up by a person: a create over what exists fails half-way, and an
 * import of what does not exist fails too.
 *
 * @throws RefusedError while it is undecided
 */
function assertOriginDecided({ account, origin }: Pick<DeliveryTarget, 'account' | 'origin'>): void {
  if (origin !== 'undecided') return;
  throw new RefusedError(
    `Nobody has looked whether the resources of account ${account} exist, got: origin '${origin}'. Look (npx estate audit), then set origin to import or create in settings/${account}.ts.`,
  );
}
