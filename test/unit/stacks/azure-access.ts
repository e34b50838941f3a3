import { Template } from 'aws-cdk-lib/assertions';
import type { AzureSettingsInput } from '../../../lib/estate/azure-settings';
import type { HybridSettingsInput } from '../../../lib/estate/hybrid-settings';
import { type AccountSettings, type AccountSettingsInput, accountSettingsSchema } from '../../../lib/estate/settings';
import { settingsFiles } from '../../../settings';
import { estateApp } from '../../../stacks-aws/app';
import { AzureAccessStack } from '../../../stacks-aws/azure-access';
import { account } from '../azure/synthesize';

/** Settings of the audited account with other values for Azure and the hybrid. */
export const accountWith = (azure: AzureSettingsInput = {}, hybrid: HybridSettingsInput = {}): AccountSettings =>
  accountSettingsSchema.parse({ ...(settingsFiles[account] as AccountSettingsInput), azure, hybrid });

export const accessTemplate = (azure: AzureSettingsInput = {}, hybrid: HybridSettingsInput = {}): Template =>
  Template.fromStack(new AzureAccessStack(estateApp(), 'azure-access', { settings: accountWith(azure, hybrid) }));
