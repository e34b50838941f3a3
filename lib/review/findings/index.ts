import type { Analyser, FindingRule } from '../model';
import { accessRules, analyseIam } from './iam/analyse';
import { analyseAzureAccess, azureAccessRules } from './iam/azure';
import { analyseNetwork, networkRules } from './network/analyse';
import { analyseValidationReports, validationFindingRules } from './policy/validation-report';

/** Analysers of access, network and what synth's own policy plugins reported. */
export const analysers: readonly Analyser[] = [
  analyseIam,
  analyseAzureAccess,
  analyseNetwork,
  analyseValidationReports,
];

/** Every rule that they can report. */
export const findingRules: readonly FindingRule[] = [
  ...accessRules,
  ...azureAccessRules,
  ...networkRules,
  ...validationFindingRules,
];
