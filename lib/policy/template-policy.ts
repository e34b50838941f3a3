import { readFileSync } from 'node:fs';
import type { IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport } from 'aws-cdk-lib';
import type { Posture } from '../estate/settings';
import type { StackTemplate, Template } from './cloudformation';
import type { TemplateRule, Violation } from './rule';
import { templateRules } from './rules';

/** Holds every synthesized template against the rules of `rules/`; a violation fails the synth. */
export class TemplatePolicy implements IPolicyValidationPlugin {
  readonly name = 'Estate policy';
  readonly ruleIds: string[];
  private readonly rules: readonly TemplateRule[];

  constructor(posture: Posture) {
    this.rules = templateRules.filter((rule) => rule.posture === undefined || rule.posture === posture);
    this.ruleIds = this.rules.map(({ id }) => id);
  }

  validate({ stackTemplates }: IPolicyValidationContext): PolicyValidationPluginReport {
    const templates: readonly StackTemplate[] = stackTemplates.map(({ templatePath }) => ({
      stack: templatePath,
      template: JSON.parse(readFileSync(templatePath, 'utf8')) as Template,
    }));
    const violations = this.rules.flatMap(({ id, description, fix, check }) =>
      [...byFinding(check(templates))].map(([found, places]) => ({
        ruleName: id,
        description: `${description} Found: ${found}.`,
        fix,
        severity: 'error',
        violatingResources: places.map(({ stack, logicalId, location }) => ({
          resourceLogicalId: logicalId,
          templatePath: stack,
          locations: [location],
        })),
      })),
    );
    return { success: violations.length === 0, violations };
  }
}

/** Violations of one rule that found the same, which the report then shows as one. */
function byFinding(violations: readonly Violation[]): ReadonlyMap<string, readonly Violation[]> {
  const groups = new Map<string, Violation[]>();
  for (const item of violations) groups.set(item.found, [...(groups.get(item.found) ?? []), item]);
  return groups;
}
