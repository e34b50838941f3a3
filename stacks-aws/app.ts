import { App } from 'aws-cdk-lib';
import { context } from '../cdk.json';

/**
 * The app with the feature flags of `cdk.json`, which the CLI passes and a test or a benchmark does not: without them
 * the same stacks would give other templates.
 *
 * The library's own template validation is off: it takes seconds of every synth and only warns, while cfn-lint holds
 * the same rules over every template in the tests, and fails.
 */
export const estateApp = (): App => new App({ context, builtinCloudFormationValidation: false });
