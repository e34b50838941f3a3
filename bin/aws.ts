import { join, resolve } from 'node:path';
import { bundleFunctions } from '../lib/build/bundle';
import { withoutCheckoutPaths } from '../lib/build/checkout-paths';
import { modelledFunctions } from '../lib/estate/functions';
import { resolveSettings } from '../lib/estate/settings';
import { applyPolicy } from '../lib/policy';
import { settingsFiles } from '../settings';
import { estateApp } from '../stacks-aws/app';
import { buildEstate } from '../stacks-aws/estate';

const projectRoot = resolve(__dirname, '..');
const app = estateApp();
const settings = resolveSettings(settingsFiles, app.node.getAllContext() as Record<string, unknown>);
const code = bundleFunctions(modelledFunctions, {
  projectRoot,
  outdir: join(projectRoot, '.build', 'lambda'),
  edgeConfiguration: {
    region: settings.region,
    ...(settings.edge.userPool && { userPoolId: settings.edge.userPool.id, clientId: settings.edge.userPool.clientId }),
  },
});
buildEstate(app, { settings, code });
applyPolicy(app, settings);
withoutCheckoutPaths(app.synth().directory, projectRoot);
