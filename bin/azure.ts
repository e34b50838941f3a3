import { App } from 'cdktf';
import { azureEstateOf } from '../lib/estate/azure-estate';
import { isDeliverer } from '../lib/estate/delivery';
import { resolveSettings } from '../lib/estate/settings';
import { settingsFiles } from '../settings';
import { AzureStack } from '../stacks-azure/stack';

const app = new App();
const account = resolveSettings(settingsFiles, {
  account: app.node.tryGetContext('account'),
  githubRepository: app.node.tryGetContext('githubRepository'),
});
new AzureStack(app, 'huntaze-azure', {
  estate: azureEstateOf(account),
  ...(isDeliverer(account.delivery) && { delivery: account.delivery }),
});
app.synth();
