import type { Analyser, FindingRule } from '../model';
import { accessRules, analyseIam } from './iam/analyse';
import { analyseAzureAccess, azureAccessRules } from './iam/azure';
import { analyseNetwork, networkRules } from './network/analyse';
import { analyseLifecycles, lifecycleRules } from './policy/lifecycle';
import { analyseTemplateRules, templateFindingRules } from './policy/template-rules';
import { analyseValidationReports, validationFindingRules } from './policy/validation-report';

/** Every analyser of a comparison, in the order of the categories. */
export const analysers: readonly Analyser[] = [
  analyseIam,
  analyseAzureAccess,
  analyseNetwork,
  analyseTemplateRules,
  analyseValidationReports,
  analyseLifecycles,
];

/** Every rule that an analyser can report. */
export const findingRules: readonly FindingRule[] = [
  ...accessRules,
  ...azureAccessRules,
  ...networkRules,
  ...templateFindingRules,
  ...validationFindingRules,
  ...lifecycleRules,
];
