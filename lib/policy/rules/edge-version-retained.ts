import { at, referenced, resourcesOf } from '../cloudformation';
import { type TemplateRule, violation } from '../rule';

const kept = ['Retain', 'RetainExceptOnCreate'];

/**
 * Versions that a distribution calls are never deleted with their template entry.
 *
 * Lambda refuses to delete a version whose replicas still stand at the edge, and they stand for hours after the
 * distribution let go: the stack's update would fail in its clean-up.
 */
export const edgeVersionRetained: TemplateRule = {
  id: 'edge-version-retained',
  description: 'A function version that a distribution calls is retained.',
  fix: 'Set DeletionPolicy and UpdateReplacePolicy of the version to Retain.',
  check: (templates) =>
    templates.flatMap((template) => {
      const called = new Set(
        resourcesOf([template], 'AWS::CloudFront::Distribution').flatMap(({ resource }) =>
          associations(at(resource.Properties, 'DistributionConfig')).map(referenced),
        ),
      );
      return resourcesOf([template], 'AWS::Lambda::Version')
        .filter(({ logicalId }) => called.has(logicalId))
        .flatMap((located) =>
          (['DeletionPolicy', 'UpdateReplacePolicy'] as const)
            .filter((policy) => !kept.includes(located.resource[policy] ?? ''))
            .map((policy) => violation(located, policy, located.resource[policy])),
        );
    }),
};

/** ARNs of the function versions that a distribution's cache behaviours name. */
function associations(config: unknown): readonly unknown[] {
  const further = at(config, 'CacheBehaviors');
  return [at(config, 'DefaultCacheBehavior'), ...(Array.isArray(further) ? further : [])].flatMap((behavior) => {
    const list = at(behavior, 'LambdaFunctionAssociations');
    return Array.isArray(list) ? list.map((association) => at(association, 'LambdaFunctionARN')) : [];
  });
}
