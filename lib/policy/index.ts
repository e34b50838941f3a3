import { type App, Validations } from 'aws-cdk-lib';
import type { AccountSettings } from '../estate/settings';
import { recordAcknowledgements } from './acknowledge';
import { acknowledgementsFor } from './acknowledgements';
import { openDecisions } from './decisions';
import { checkLifecycles } from './lifecycles';
import { AwsSolutionsPolicy } from './nag';
import { Notices } from './notices';
import { TemplatePolicy } from './template-policy';

/**
 * Holds the app to the policy of the estate. Call it when every stack stands: acknowledgements are recorded on the
 * resources that they name.
 *
 * A finding without an acknowledgement, an acknowledgement without a finding, a template that breaks a rule, and a
 * withdrawn version that nobody acknowledged fail the synth.
 */
export function applyPolicy(app: App, settings: AccountSettings): void {
  const rows = acknowledgementsFor(settings);
  recordAcknowledgements(app, rows);
  Validations.of(app).addPlugins(
    new AwsSolutionsPolicy(rows),
    new TemplatePolicy(settings.posture),
    new Notices([...checkLifecycles(settings), ...openDecisions(settings)]),
  );
}
