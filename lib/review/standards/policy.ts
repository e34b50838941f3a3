import { checkAzureTerraform, type TerraformJson } from '../../policy/azure-terraform';
import type { StackTemplate, Template } from '../../policy/cloudformation';
import { templateRules } from '../../policy/rules';
import { reference } from '../compare/changes';
import type { Analyser, Finding, Resource, Stack, Tree } from '../model';
import { stackKey } from '../model';

interface Breach {
  readonly rule: string;
  readonly message: string;
  readonly fix?: string;
  readonly resource?: Resource;
  readonly path?: string;
}

/** What policy says of head and did not say of base, and the other way round. */
export const policyFindings: Analyser = ({ base, head }) => {
  const [before, after] = [breaches(base), breaches(head)];
  return [...differ(after, before, 'new'), ...differ(before, after, 'fixed')];
};

function differ(
  here: ReadonlyMap<string, Breach>,
  there: ReadonlyMap<string, Breach>,
  status: Finding['status'],
): readonly Finding[] {
  return [...here].flatMap(([key, { rule, message, fix, resource, path }]) =>
    there.has(key)
      ? []
      : [
          {
            category: 'policy',
            rule,
            level: status === 'new' ? 'warning' : 'note',
            status,
            message,
            ...(resource && { resource: reference(resource) }),
            ...(path && { path }),
            ...(fix && { fix }),
          },
        ],
  );
}

/** Breaches by what they are: rule, place and finding, whatever the order of the templates. */
function breaches(tree: Tree): ReadonlyMap<string, Breach> {
  const stacks = [...tree.stacks.values()];
  const templates: readonly StackTemplate[] = stacks
    .filter(({ identity }) => identity.engine === 'cloudformation')
    .map((stack) => ({ stack: stackKey(stack.identity), template: stack.template as unknown as Template }));
  return new Map(
    [...templateBreaches(tree, templates), ...stacks.flatMap(terraformBreaches)].map((breach) => [
      JSON.stringify([breach.rule, breach.resource?.address, breach.path, breach.message]),
      breach,
    ]),
  );
}

/** Rules of one posture are for the estate's own synth: a review does not know which one a tree was made for. */
const templateBreaches = (tree: Tree, templates: readonly StackTemplate[]): readonly Breach[] =>
  templateRules
    .filter(({ posture }) => posture === undefined)
    .flatMap(({ id, description, fix, check }) =>
      checked(() => check(templates)).map(({ stack, logicalId, location, found }) => {
        const resource = tree.stacks.get(stack)?.resources.get(logicalId);
        return {
          rule: `policy/${id}`,
          message: `${description} Found: ${found}.`,
          fix,
          path: location,
          ...(resource && { resource }),
        };
      }),
    );

function terraformBreaches(stack: Stack): readonly Breach[] {
  if (stack.identity.cloud !== 'azure') return [];
  return checked(() => checkAzureTerraform(stack.template as unknown as TerraformJson)).map((message) => {
    const resource = stack.resources.get(message.split(': ')[0] ?? '');
    return { rule: 'policy/azure', message, ...(resource && { resource }) };
  });
}

/** A rule that trips over a strange template says nothing of it; the gate has judged the template already. */
function checked<T>(check: () => readonly T[]): readonly T[] {
  try {
    return check();
  } catch {
    return [];
  }
}
