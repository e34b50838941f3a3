import type { Tree } from '../../review/model';
import { mermaidLabel } from '../../review/render/mermaid';
import { type FunctionFlows, functionFlows } from './function-flows';
import type { Thing } from './references';
import { stackLinks } from './stack-links';
import { terraformLinks } from './terraform-links';

const fenced = (lines: readonly string[]): string => ['```mermaid', ...lines, '```'].join('\n');

/** Stacks of AWS, their size, and what each reads of another at deploy time. */
export function stacksPicture(tree: Tree): string {
  const { stacks, links } = stackLinks(tree);
  const id = new Map(stacks.map(({ name }, index) => [name, `s${index}`]));
  return fenced([
    'flowchart LR',
    ...stacks.map(({ name, resources }) => `  ${id.get(name)}["${mermaidLabel(name)}<br/>${resources} resources"]`),
    ...links.map(({ publisher, reader, values }) => `  ${id.get(publisher)} -- "${values}" --> ${id.get(reader)}`),
  ]);
}

/** Resources of the Azure stack; an arrow leads from what is needed to what needs it. */
export function azurePicture(tree: Tree): string {
  const { nodes, links } = terraformLinks(tree);
  const id = new Map(nodes.map(({ address }, index) => [address, `a${index}`]));
  return fenced([
    'flowchart LR',
    ...nodes.map(
      ({ address, type, name }) =>
        `  ${id.get(address)}["${mermaidLabel(name)}<br/>${mermaidLabel(type.replace(/^azurerm_/, ''))}"]`,
    ),
    ...links.map(({ from, to }) => `  ${id.get(to)} --> ${id.get(from)}`),
  ]);
}

/** One picture for each function, under a heading of its name. */
export const functionPictures = (tree: Tree): string =>
  functionFlows(tree)
    .map((flows) => `### ${flows.name}\n\n${functionPicture(flows)}`)
    .join('\n\n');

/** What Mermaid draws around a thing, by its kind; a rectangle where the table has none. */
const shapes: Readonly<Record<string, readonly [open: string, close: string]>> = {
  queue: ['>', ']'],
  table: ['[(', ')]'],
  bucket: ['[(', ')]'],
  function: ['([', '])'],
  rule: ['{{', '}}'],
};

function functionPicture({ name, flows }: FunctionFlows): string {
  const things = new Map<string, Thing>([[keyOf({ kind: 'function', name }), { kind: 'function', name }]]);
  for (const { from, to } of flows) for (const thing of [from, to]) things.set(keyOf(thing), thing);
  const keys = [...things.keys()];
  const id = (thing: Thing): string => `t${keys.indexOf(keyOf(thing))}`;
  return fenced([
    'flowchart LR',
    ...[...things.values()].map((thing) => {
      const [open, close] = shapes[thing.kind] ?? ['[', ']'];
      const kind = thing.kind === 'caller' || thing.kind === 'other' ? '' : `<br/>${mermaidLabel(thing.kind)}`;
      return `  ${id(thing)}${open}"${mermaidLabel(thing.name)}${kind}"${close}`;
    }),
    ...flows.map(({ from, to, verb }) => `  ${id(from)} -- "${mermaidLabel(verb)}" --> ${id(to)}`),
  ]);
}

const keyOf = ({ kind, name }: Thing): string => `${kind} ${name}`;
