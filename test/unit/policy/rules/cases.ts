import type { StackTemplate, TemplateResource } from '../../../../lib/policy/cloudformation';
import type { TemplateRule } from '../../../../lib/policy/rule';

export type Resources = Readonly<Record<string, TemplateResource>>;

/** One table for each rule: what it accepts, and what it reports as `logicalId location`. */
export interface RuleCases {
  readonly compliant: Readonly<Record<string, readonly Resources[]>>;
  readonly nonCompliant: Readonly<
    Record<string, { readonly stacks: readonly Resources[]; readonly found: readonly string[] }>
  >;
}

const templates = (stacks: readonly Resources[]): readonly StackTemplate[] =>
  stacks.map((resources, index) => ({ stack: `stack-${index}`, template: { Resources: resources } }));

/** Runs the tables of a rule as tests. */
export function describeRule(rule: TemplateRule, { compliant, nonCompliant }: RuleCases): void {
  describe(rule.id, () => {
    test.each(Object.entries(compliant))('compliant: %s', (_, stacks) => {
      expect(rule.check(templates(stacks))).toEqual([]);
    });
    test.each(Object.entries(nonCompliant))('non-compliant: %s', (_, { stacks, found }) => {
      const violations = rule.check(templates(stacks));
      expect(violations.map(({ logicalId, location }) => `${logicalId} ${location}`)).toEqual(found);
    });
    test('an empty template is compliant', () => {
      expect(rule.check([{ stack: 'empty', template: {} }])).toEqual([]);
    });
  });
}
