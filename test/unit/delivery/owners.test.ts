import { checkOwners, unnamedOwners } from '../../../lib/delivery/owners';
import { RefusedError } from '../../../lib/delivery/target';

const template =
  '# Replace @example-org/nobody\n/lib/  @example-org/platform\n/.github/ @example-org/security\n/x @example-org/platform';
const named = '# Replace @example-org/platform\n/lib/  @huntaze/platform';

test('each team of the template is found once, and not in comments', () => {
  expect(unnamedOwners(template)).toEqual(['@example-org/platform', '@example-org/security']);
  expect(unnamedOwners(named)).toEqual([]);
});

test('a repository that deploys is refused until its teams are named', () => {
  expect(() => checkOwners(template, true, () => {})).toThrow(RefusedError);
  expect(() => checkOwners(template, true, () => {})).toThrow(
    /got: @example-org\/platform, @example-org\/security\. Replace/,
  );
  expect(() => checkOwners(named, true, () => {})).not.toThrow();
});

test('before any repository may deploy it is only said', () => {
  const notes: string[] = [];
  checkOwners(template, false, (line) => void notes.push(line));
  checkOwners(named, false, (line) => void notes.push(line));
  expect(notes).toEqual([expect.stringContaining('Replace them by teams of your organisation')]);
});
