import { type Circumstances, withSection } from '../../../bench/results';

const order = ['first', 'second', 'third'];
const when: Circumstances = {
  date: '2026-01-02',
  commit: 'abc1234',
  machine: '2 x processor',
  versions: 'Node 20',
  loadBefore: 0.24,
  loadAfter: 1.96,
};
const measured = (name: string, ...lines: string[]) => ({ name, lines, when });
const headings = (document: string) => document.match(/^## .*$/gm);

test('a new document holds the one section, with when and where it was measured', () => {
  expect(withSection('', order, measured('second', 'a line', '', 'another'))).toMatch(
    /^# Results\n[\s\S]+\n\n## second\n\n2026-01-02, commit abc1234; load 0\.2 before, 2\.0 after\.\n2 x processor\. Node 20\.\n\n```text\na line\n\nanother\n```\n$/,
  );
});

test('sections stand in their order, whichever was measured first', () => {
  const document = withSection(withSection('', order, measured('third')), order, measured('first'));
  expect(headings(document)).toEqual(['## first', '## third']);
});

test('a section that is measured anew replaces itself and nothing else', () => {
  const before = withSection(withSection('', order, measured('first', 'old')), order, measured('second', 'kept'));
  const after = withSection(before, order, measured('first', 'new'));
  expect(after).toBe(before.replace('old', 'new'));
  expect(withSection(after, order, measured('first', 'new'))).toBe(after);
});

test('a section that the bench no longer has goes', () => {
  const before = withSection('', order, measured('second', 'gone'));
  expect(headings(withSection(before, ['first'], measured('first')))).toEqual(['## first']);
});
