import { resourcesOf } from '../cloudformation';
import { type TemplateRule, violation } from '../rule';
import { isStateful } from '../stateful-types';

const kept = ['Retain', 'RetainExceptOnCreate'];

/**
 * What holds state stays when its stack or its row goes.
 *
 * `RetainExceptOnCreate` is the better of the two on deletion: a first create that rolls back must not leave an orphan
 * whose name blocks the next try.
 */
export const retainedState: TemplateRule = {
  id: 'retained-state',
  description: 'A resource that holds state is retained when it is deleted or replaced.',
  fix: 'Set DeletionPolicy to RetainExceptOnCreate and UpdateReplacePolicy to Retain.',
  check: (templates) =>
    resourcesOf(templates)
      .filter(({ resource }) => isStateful(resource.Type))
      .flatMap((located) => {
        const { DeletionPolicy, UpdateReplacePolicy } = located.resource;
        return [
          ...(kept.includes(DeletionPolicy ?? '') ? [] : [violation(located, 'DeletionPolicy', DeletionPolicy)]),
          ...(UpdateReplacePolicy === 'Retain' ? [] : [violation(located, 'UpdateReplacePolicy', UpdateReplacePolicy)]),
        ];
      }),
};
