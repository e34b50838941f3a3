import { App } from 'cdktf';
import { azureSettingsSchema } from '../lib/estate/azure-settings';
import { AzureStack } from '../stacks-azure/stack';

const settings = azureSettingsSchema.parse({});

const app = new App();
new AzureStack(app, 'huntaze-azure', { settings });
app.synth();
