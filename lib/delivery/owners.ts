import { RefusedError } from './target';

/** Where GitHub reads who has to approve a change, from the project's root. */
export const ownersPath = '.github/CODEOWNERS';

/** The organisation that stands in the file until somebody names the real one. */
const placeholder = /@example-org\/[\w-]+/g;

/** Teams of the file that nobody has replaced yet, each once. */
export const unnamedOwners = (owners: string): readonly string[] => [
  ...new Set(owners.split('\n').flatMap((line) => (line.startsWith('#') ? [] : (line.match(placeholder) ?? [])))),
];

/**
 * Holds that the gate has keepers. GitHub ignores a line whose owner it does not know, so with the teams of the template
 * anybody's approval opens `.github` and `lib/delivery`.
 *
 * @param deploys whether the settings let a repository deploy; until then it is only said
 * @throws RefusedError naming the teams and the remedy
 */
export function checkOwners(owners: string, deploys: boolean, note: (line: string) => void): void {
  const unnamed = unnamedOwners(owners);
  if (unnamed.length === 0) return;
  const message = `${ownersPath} names teams that are no teams yet, got: ${unnamed.join(', ')}. Replace them by teams of your organisation: until then GitHub asks nobody for a review.`;
  if (deploys) throw new RefusedError(message);
  note(message);
}
