import { at, resourcesOf } from '../cloudformation';
import { type TemplateRule, violation } from '../rule';

/** A value in a template is in its history for good; a generated one is written anew over a live secret on a later edit. */
export const noSecretValue: TemplateRule = {
  id: 'no-secret-value',
  description: 'A secret takes its value outside the template.',
  fix: 'Remove SecretString or GenerateSecretString and write the value with put-secret-value.',
  check: (templates) =>
    resourcesOf(templates, 'AWS::SecretsManager::Secret').flatMap((located) =>
      ['SecretString', 'GenerateSecretString']
        .filter((property) => at(located.resource.Properties, property) !== undefined)
        .map((property) => violation(located, `Properties.${property}`, 'a value')),
    ),
};
