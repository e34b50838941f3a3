import type { AccountSettingsInput } from '../lib/estate/settings';
import { settings as account317805897534 } from './317805897534';

/** Settings files by account id. The app deploys to no account that is not named here. */
export const settingsFiles: Readonly<Record<string, AccountSettingsInput>> = {
  '317805897534': account317805897534,
};
