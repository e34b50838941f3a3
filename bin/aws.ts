import { join, resolve } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { bundleFunctions } from '../lib/build/bundle';
import { withoutCheckoutPaths } from '../lib/build/checkout-paths';
import { modelledFunctions } from '../lib/estate/functions';
import { resolveSettings } from '../lib/estate/settings';
import { applyPolicy } from '../lib/policy';
import { reviewDate } from '../lib/policy/review-date';
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
const { ESTATE_REVIEW_BASE: base, ESTATE_REVIEW_WAIVERS: waivers } = process.env;
if (base) {
  // Loaded only here: what AWS says of its resource types is larger than the rest of a synth.
  const { ReviewGate } = require('../lib/review/validation-plugin') as typeof import('../lib/review/validation-plugin');
  Validations.of(app).addPlugins(new ReviewGate({ base, asOf: reviewDate, ...(waivers && { waivers }) }));
}
withoutCheckoutPaths(app.synth().directory, projectRoot);
