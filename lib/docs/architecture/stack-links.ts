import { isObject } from '../../review/json';
import type { Stack, Tree } from '../../review/model';

/** One stack that reads at deploy time what another published. */
export interface StackLink {
  readonly publisher: string;
  readonly reader: string;
  /** How many values. */
  readonly values: number;
}

export interface StackNode {
  readonly name: string;
  readonly resources: number;
}

/** The stacks of AWS by name, and which reads what of which: through SSM parameters, never through exports. */
export function stackLinks(tree: Tree): {
  readonly stacks: readonly StackNode[];
  readonly links: readonly StackLink[];
} {
  const stacks = [...tree.stacks.values()]
    .filter(({ identity }) => identity.cloud === 'aws')
    .sort((a, b) => (a.identity.name < b.identity.name ? -1 : 1));
  const publisherOf = new Map(
    stacks.flatMap((stack) => publishedBy(stack).map((name): [string, string] => [name, stack.identity.name])),
  );
  const links = stacks.flatMap((stack) => {
    const publishers = readBy(stack).flatMap((name) => publisherOf.get(name) ?? []);
    return [...new Set(publishers)].sort().map((publisher) => ({
      publisher,
      reader: stack.identity.name,
      values: publishers.filter((each) => each === publisher).length,
    }));
  });
  return {
    stacks: stacks.map(({ identity, resources }) => ({ name: identity.name, resources: resources.size })),
    links,
  };
}

const publishedBy = ({ resources }: Stack): string[] =>
  [...resources.values()]
    .filter(({ type }) => type === 'AWS::SSM::Parameter')
    .map(({ properties }) => String(properties.Name));

function readBy({ template }: Stack): string[] {
  const { Parameters: parameters } = template;
  return isObject(parameters)
    ? Object.values(parameters)
        .filter(isObject)
        .filter(({ Type }) => String(Type).startsWith('AWS::SSM::Parameter::Value'))
        .map(({ Default }) => String(Default))
    : [];
}
