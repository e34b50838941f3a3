import { createHash } from 'node:crypto';
import { type LocatedResource, resourcesOf } from '../cloudformation';
import { type TemplateRule, violation } from '../rule';
import { isStateful } from '../stateful-types';

/** Eight hexadecimal digits with a letter among them: an account id at the end of a name has none. */
const hashLike = /(?=[0-9A-F]*[A-F])[0-9A-F]{8}$/;

/**
 * Whether CDK derived the logical id from the construct's path.
 *
 * With the path in the metadata the answer is exact: CDK ends the id in eight digits of the MD5 of the path below the
 * stack (construct library, `makeUniqueId`). Without it, the look of the id decides.
 */
function isDerived({ logicalId, resource }: LocatedResource): boolean {
  const path = resource.Metadata?.['aws:cdk:path'];
  if (typeof path !== 'string') return hashLike.test(logicalId);
  const components = path.split('/');
  return components.some((_, start) => {
    const below = components.slice(start + 1).filter((component) => component !== 'Default');
    const hash = createHash('md5').update(below.join('/')).digest('hex').slice(0, 8).toUpperCase();
    return below.length > 1 && logicalId.endsWith(hash);
  });
}

/** CloudFormation reads a new logical id as another resource: moving a construct would replace a database. */
export const pinnedLogicalIds: TemplateRule = {
  id: 'pinned-logical-id',
  description:
    'A resource that holds state has a logical id that does not follow from its place in the construct tree.',
  fix: 'Call overrideLogicalId with a name made of the kind and the physical name.',
  check: (templates) =>
    resourcesOf(templates)
      .filter(({ resource }) => isStateful(resource.Type))
      .filter(isDerived)
      .map((located) => violation(located, 'LogicalId', located.logicalId)),
};
