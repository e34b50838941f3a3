import { App } from 'aws-cdk-lib';
import { context } from '../cdk.json';

/**
 * The app with the feature flags of `cdk.json`, which the CLI passes and a test or a benchmark does not: without them
 * the same stacks would give other templates.
 */
export const estateApp = (): App => new App({ context });
