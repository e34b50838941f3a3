import { App } from 'cdktf';
import { azureSettingsOf } from '../lib/estate/azure-settings';
import { resolveSettings } from '../lib/estate/settings';
import { settingsFiles } from '../settings';
import { AzureStack } from '../stacks-azure/stack';

const app = new App();
const account = resolveSettings(settingsFiles, { account: app.node.tryGetContext('account') });
new AzureStack(app, 'huntaze-azure', { settings: azureSettingsOf(account) });
app.synth();
