import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AssemblyStack } from '../../lib/adopt/assembly';
import { planAdoption } from '../../lib/adopt/plan';
import { proveAdoption } from '../../lib/adopt/prove';
import { renderPlan, renderProof } from '../../lib/adopt/report';
import { adoptableTypes } from '../../lib/adopt/types';
import { auditedAccount } from '../../lib/estate/settings';
import { isStateful } from '../../lib/policy/stateful-types';
import { estateTemplates, projectRoot } from '../support/estate';
import { linesMissing } from '../support/shown-output';

/** Stacks of a rendering, as an assembly would give them. */
const stacksOf = (posture: string): AssemblyStack[] =>
  [...estateTemplates({ posture })].map(([stackName, template]) => ({
    id: stackName,
    stackName,
    folder: '',
    templateFile: '',
    template: template as unknown as AssemblyStack['template'],
    dependencies: [],
    staged: stackName.includes('foreign'),
    account: auditedAccount,
    region: 'us-east-1',
  }));

/** What belongs to foreign owners is adopted on request only. */
const ours = (stacks: readonly AssemblyStack[]) => stacks.filter(({ staged }) => !staged);

const audited = stacksOf('audited');
const hardened = stacksOf('hardened');

test('adoption imports every stateful type of the templates', () => {
  const types = new Set(hardened.flatMap(({ template }) => Object.values(template.Resources).map(({ Type }) => Type)));
  expect(types.size).toBeGreaterThan(30);
  expect([...types].filter((type) => isStateful(type) && adoptableTypes[type]?.kind !== 'import')).toEqual([]);
});

test('hardening refuses nothing that could be adopted', () => {
  const { verdict, resources } = proveAdoption({ audited, hardened });
  expect(verdict).toBe('conditional');
  expect(resources.length).toBeGreaterThan(200);
  expect(resources.flatMap(({ steps }) => steps.flatMap(({ refusals }) => refusals))).toEqual([]);
});

test('offline, what the audit lists is planned as an import or asked for, never created anew', () => {
  const plan = planAdoption(audited);
  const created = plan.stacks.flatMap(({ resources }) =>
    resources.filter(
      ({ type, action }) => action === 'create' && ['AWS::S3::Bucket', 'AWS::SQS::Queue'].includes(type),
    ),
  );
  expect(created).toEqual([]);
  expect(plan.counts.import).toBeGreaterThan(60);
  expect(plan.counts.ask).toBeGreaterThan(50);
});

test.each([
  ['plan', /The plan, shortened:\n\n```\n([\s\S]*?)```/, () => renderPlan(planAdoption(audited))],
  [
    'proof',
    /and the proof:\n\n```\n([\s\S]*?)```/,
    () => renderProof(proveAdoption({ audited: ours(audited), hardened: ours(hardened) })),
  ],
])('README shows of the %s what is printed', (_, block, print) => {
  const [, shown = ''] = block.exec(readFileSync(join(projectRoot, 'README.md'), 'utf8')) ?? [];
  expect(linesMissing(shown, print())).toEqual([]);
});
