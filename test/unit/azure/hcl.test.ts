import { mendedHcl } from '../../../stacks-azure/hcl';
import { terraformVersions } from '../../../stacks-azure/provider';
import { stackOf } from './synthesize';

const rendered = `terraform {

  0 = "required_version"
}
resource "a" "b" {
depends_on = [
"c.d",
]
lifecycle {
  replace_triggered_by = [
"c.d.id",
"e.f-g.id",
]
}
}
`;

test('the version gets its name, references lose their quotes, and nothing else changes', () => {
  expect(mendedHcl(rendered, '>= 1.5.0')).toBe(
    rendered
      .replace('0 = "required_version"', 'required_version = ">= 1.5.0"')
      .replace('"c.d.id"', 'c.d.id')
      .replace('"e.f-g.id"', 'e.f-g.id'),
  );
});

test('a rendering that needs no mending any more says what to remove', () => {
  expect(() => mendedHcl('terraform {\n}\n', '>= 1.5.0')).toThrow('Drop it from mendedHcl.');
});

test('the stack renders what Terraform reads', () => {
  const { hcl } = stackOf().toHclTerraform();
  expect(hcl).toContain(`\n  required_version = "${terraformVersions}"\n`);
  expect(hcl).not.toMatch(/^ *\d+ =/m);
  const lists = [...hcl.matchAll(/replace_triggered_by = \[([^\]]*)\]/g)].map(([, list]) => list);
  expect(lists).toHaveLength(1);
  expect(lists.join()).toMatch(/\nazurerm_cognitive_deployment\.deployments_premium\.id,\n/);
  expect(lists.join()).not.toContain('"');
});
