import type { Comparison, Resource } from '../model';
import type { Identify } from './values';

/**
 * Names for the resources of both trees that are equal where the thing is the same: the earlier place of what was
 * renamed or moved, without the account, so that two accounts' renderings of one app compare.
 */
export function identities({ changes }: Comparison): { readonly base: Identify; readonly head: Identify } {
  const earlier = new Map(
    changes.flatMap((change) =>
      change.base !== undefined && change.head !== undefined ? [[change.head.address, change.base] as const] : [],
    ),
  );
  const base: Identify = ({ stack, logicalId }) => `${stack.name}/${logicalId}`;
  return { base, head: (resource: Resource) => base(earlier.get(resource.address) ?? resource) };
}
