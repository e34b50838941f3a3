import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { AccountSettings } from '../estate/settings';
import type { AuditClients } from './clients';

/** Credentials that belong to another account than the settings name. */
export class WrongAccountError extends Error {
  override readonly name = 'WrongAccountError';
}

/**
 * Tells which account the credentials reach, before anything else is read.
 *
 * @param announce told account and region first, also when the account is refused
 * @throws WrongAccountError when it is not the account of the settings
 */
export async function assertAccount(
  { sts }: Pick<AuditClients, 'sts'>,
  settings: Pick<AccountSettings, 'account' | 'region'>,
  announce: (line: string) => void,
): Promise<void> {
  const { Account: account = '(none)' } = await sts.send(new GetCallerIdentityCommand({}));
  announce(`Account ${account}, region ${settings.region}`);
  if (account === settings.account) return;
  throw new WrongAccountError(
    `These credentials belong to another account than the settings file, got: ${account}, expected: ${settings.account}. Use credentials of ${settings.account}, or name the other settings file with --account.`,
  );
}
