import { reviewDate } from '../policy/review-date';
import { review, type Tree } from '../review';
import { renderTerminal } from '../review/render';
import { stackOfTemplate } from '../review/tree/cloud-assembly';

/** Relative to the project. */
export const reviewDocument = 'docs/review.md';

const stackName = 'huntaze-estate-data';

/**
 * What the gate says of two changes that look small: the encryption of the plain database switched on, and the logical id
 * of a table changed. Shortened to what closes the gate.
 *
 * @throws when the estate no longer holds either
 */
export function closedGate(base: Tree): Readonly<Record<'closed-gate', string>> {
  const [key, stack] = [...base.stacks].find(([, { identity }]) => identity.name === stackName) ?? [];
  if (key === undefined || stack === undefined) throw new Error(`No such stack in the tree, got: ${stackName}.`);
  const template = JSON.parse(
    JSON.stringify(stack.template)
      .replaceAll('"TableHuntazeUsers"', '"TableUsers"')
      .replace(/("DatabaseHuntazePostgresProduction":\{.*?"StorageEncrypted":)false/, '$1true'),
  );
  const head = stackOfTemplate(stack.identity, template, { file: stack.file, root: '.', origins: new Map() });
  const report = review(base, { ...base, stacks: new Map([...base.stacks, [key, head]]) }, { asOf: reviewDate });
  if (report.gate.reasons.length < 2) throw new Error('The example no longer closes the gate twice. Mend it.');
  const [decide = ''] = renderTerminal(report).split('\n\nChanges (');
  return { 'closed-gate': ['```', decide, '```'].join('\n') };
}
