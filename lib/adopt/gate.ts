import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareTrees, judge, readTree } from '../review';
import { groupBy } from '../review/group-by';
import type { AssemblyStack, TemplateResource } from './assembly';
import { factKey } from './facts';

/** A stack of one rendering, every reference replaced by its value. */
export interface EvaluatedStack {
  readonly stack: Pick<AssemblyStack, 'stackName' | 'account' | 'region'>;
  readonly resources: Readonly<Record<string, TemplateResource>>;
}

/**
 * What closes the gate of the review between two renderings, by `stack/logicalId`. No waiver lets anything pass: an adoption is
 * the wrong moment for one.
 */
export function gateRefusals(
  base: readonly EvaluatedStack[],
  head: readonly EvaluatedStack[],
): ReadonlyMap<string, readonly string[]> {
  if (base.length === 0 || head.length === 0) return new Map();
  const folder = mkdtempSync(join(tmpdir(), 'huntaze-adopt-'));
  try {
    const trees = { base: mkdtempSync(join(folder, 'base-')), head: mkdtempSync(join(folder, 'head-')) };
    writeTree(trees.base, base);
    writeTree(trees.head, head);
    const comparison = compareTrees(readTree(trees.base), readTree(trees.head));
    // Only waivers expire: without any, the date decides nothing.
    const { reasons } = judge(comparison, { asOf: '1970-01-01' });
    const closed = groupBy(reasons, ({ resource }) => factKey(resource.stack.name, resource.logicalId));
    return new Map([...closed].map(([key, group]) => [key, group.map(({ message }) => message)]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeTree(folder: string, stacks: readonly EvaluatedStack[]): void {
  const artifacts = Object.fromEntries(
    stacks.map(({ stack: { stackName, account, region }, resources }) => {
      const templateFile = `${stackName}.template.json`;
      writeFileSync(join(folder, templateFile), JSON.stringify({ Resources: resources }));
      const properties = { templateFile, stackName };
      return [stackName, { type: 'aws:cloudformation:stack', environment: `aws://${account}/${region}`, properties }];
    }),
  );
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ version: '0', artifacts }));
}
