import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stops } from '../../../lib/consolidate/errors';
import { flagOf, phaseIds } from '../../../lib/consolidate/phases';
import { surveyRules } from '../../../lib/consolidate/survey';
import { projectRoot } from '../../support/estate';

const runbook = readFileSync(join(projectRoot, 'docs', 'consolidation.md'), 'utf8');

test.each(Object.entries(stops))('the runbook says what to do about %s', (code, remedy) => {
  expect(runbook).toContain(`### ${code}\n`);
  expect(runbook).toContain(`→ ${remedy}`);
});

test('the runbook speaks of no stop that there is not', () => {
  expect([...runbook.matchAll(/^### (.+)$/gm)].map(([, code]) => code)).toEqual(Object.keys(stops));
});

test.each(surveyRules.map(({ id }) => id))('the runbook has a row for the rule %s', (id) => {
  expect(runbook).toContain(`| \`${id}\` |`);
});

test.each([...phaseIds, ...Object.values(flagOf)])('the runbook has %s', (word) => {
  expect(runbook).toContain(word);
});
