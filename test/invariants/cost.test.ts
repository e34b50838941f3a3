import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyseCost, estimate, renderAnalysis } from '../../lib/cost';
import { sectionOf } from '../../lib/cost/analysis/sections';
import type { Tree } from '../../lib/review/model';
import { usage } from '../../settings/usage';
import { estateTemplates, projectRoot } from '../support/estate';
import { cloudFormationStack, type TemplateRow, terraformStack, treeOf } from '../support/review-trees';
import { linesMissing } from '../support/shown-output';
import { synthesize } from '../unit/azure/synthesize';

/** The whole estate as the reader of trees would give it. */
function estateTree(posture: 'audited' | 'hardened'): Tree {
  const aws = [...estateTemplates({ posture })].map(([name, { Resources, Parameters = {} }]) =>
    cloudFormationStack(Resources as unknown as Record<string, TemplateRow>, { name, parameters: Parameters }),
  );
  return treeOf(...aws, terraformStack(synthesize().resource, { name: 'huntaze-azure' }));
}

const tree = estateTree('hardened');
const analysis = analyseCost([{ name: 'hardened', tree }], usage);

test('every resource of the estate has a price or is free, and says which', () => {
  const { resources, unpriced } = estimate(tree, usage);
  expect(unpriced).toEqual([]);
  expect(resources.length).toBeGreaterThan(350);
});

test('every section of the audit that has resources has a row', () => {
  const ids = analysis.trees[0]?.sections.map(({ id }) => id);
  expect(ids).toEqual(
    expect.arrayContaining(['compute', 'databases', 'storage', 'functions', 'messaging', 'network', 'azure']),
  );
  expect(sectionOf('AWS::RDS::DBInstance')).toBe('databases');
});

test('the analysis calls out what the audit and the decisions know of', () => {
  const titles = analysis.trees[0]?.observations.map(({ title }) => title) ?? [];
  for (const known of [
    /^2 databases for one: huntaze-postgres-production, huntaze-postgres-production-encrypted$/,
    /^Service onlyfans-scraper runs no task$/,
    /^Container Insights watches 3 clusters in which nothing runs$/,
    /^2 interface endpoints/,
    /alarms$/,
    /dashboard$/,
    /customer-managed key$/,
    /private endpoint has no way in/,
  ]) {
    expect(titles.filter((title) => known.test(title))).toHaveLength(1);
  }
});

test('README shows what the report prints of both postures', () => {
  const [, shown = ''] =
    /^## What it costs$[\s\S]*?^```\n([\s\S]*?)^```$/m.exec(readFileSync(join(projectRoot, 'README.md'), 'utf8')) ?? [];
  const both = analyseCost(
    (['audited', 'hardened'] as const).map((posture) => ({ name: posture, tree: estateTree(posture) })),
    usage,
  );
  expect(linesMissing(shown, renderAnalysis(both))).toEqual([]);
});
