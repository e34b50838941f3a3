import { readTree, type Tree } from '../../lib/review';
import { estateTemplates, synthesizedTemplates } from '../support/estate';
import { type Resources, reviewOf, writeAssembly } from '../unit/review/written-trees';

/** The whole estate in one posture, as a tree. */
const estate = (posture: 'audited' | 'hardened', templates = estateTemplates): Tree =>
  readTree(
    writeAssembly(
      Object.fromEntries(
        [...templates({ posture })].map(([name, template]) => {
          const { Resources: resources, ...rest } = template;
          return [name, { resources: resources as unknown as Resources, template: rest }];
        }),
      ),
    ),
  );

const [audited, hardened] = [estate('audited'), estate('hardened')];

test('the step from audited to hardened passes the gate with no waiver', () => {
  const { gate, counts } = reviewOf(audited, hardened);
  expect(gate).toMatchObject({ open: true, reasons: [], waivers: [] });
  expect(counts.update).toBeGreaterThan(50);
});

test('the way back does not', () => {
  const { gate } = reviewOf(hardened, audited);
  expect(new Set(gate.reasons.map(({ rule }) => rule))).toEqual(
    new Set(['protection-lost', 'encryption-weakened', 'data-destroyed', 'removal']),
  );
});

test('two synths of one commit give an empty review', () => {
  expect(reviewOf(hardened, estate('hardened', synthesizedTemplates))).toMatchObject({
    changes: [],
    findings: [],
    stacks: [],
    notes: [],
  });
});
