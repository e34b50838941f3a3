import { settingsFiles } from '../../settings';
import { type AccountSettings, resolveSettings } from '../estate/settings';

/**
 * The settings that a command works with.
 *
 * @param account whose settings file counts. @default the audited account
 * @param posture instead of the one in that file
 */
export const settingsOf = (account?: string, posture?: string): AccountSettings =>
  resolveSettings(settingsFiles, {
    ...(account === undefined ? {} : { account }),
    ...(posture === undefined ? {} : { posture }),
  });

/** Options of a client of the AWS SDK for that account; AWS_ENDPOINT_URL leads to an embedded AWS. */
export function clientOptions({ region }: Pick<AccountSettings, 'region'>): {
  readonly region: string;
  readonly endpoint?: string;
} {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  return { region, ...(endpoint === undefined ? {} : { endpoint }) };
}
