import { Annotations, type App, Validations } from 'aws-cdk-lib';
import type { AccountSettings } from '../estate/settings';
import { recordAcknowledgements } from './acknowledge';
import { acknowledgementsFor } from './acknowledgements';
import { openDecisions } from './decisions';
import { checkLifecycles } from './lifecycles';
import { AwsSolutionsPolicy } from './nag';
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
  Validations.of(app).addPlugins(new AwsSolutionsPolicy(rows), new TemplatePolicy(settings.posture));
  addLifecycleNotices(app, settings);
  addOpenDecisions(app, settings);
}

/** On the app and not on its stacks, so that each is said once. */
function addLifecycleNotices(app: App, settings: AccountSettings): void {
  for (const { id, level, message } of checkLifecycles(settings)) {
    if (level === 'error') Validations.of(app).addError(id, message);
    else Validations.of(app).addWarning(id, message);
  }
}

/** On one stack each: the CLI shows what stands on a stack, and drops information that stands on the app. */
function addOpenDecisions(app: App, settings: AccountSettings): void {
  for (const { id, stack, message } of openDecisions(settings)) {
    Annotations.of(app.node.tryFindChild(stack) ?? app).addInfoV2(id, message);
  }
}
