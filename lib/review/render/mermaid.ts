import { nameOf } from '../findings/ref';
import type { Change, ChangeKind } from '../model';
import { oneLine, shortened } from './text';
import { changeWords } from './view';

/** Nodes that a picture can show and still be read. */
const shownNodes = 40;
const longestLabel = 48;

const colours: Readonly<Record<ChangeKind, string>> = {
  replace: 'fill:#fdd,stroke:#b00,stroke-width:2px,color:#000',
  'may-replace': 'fill:#fed,stroke:#b60,stroke-width:2px,color:#000',
  remove: 'fill:#fdd,stroke:#b00,stroke-dasharray:4,color:#000',
  orphan: 'fill:#eee,stroke:#777,stroke-dasharray:4,color:#000',
  rename: 'fill:#fed,stroke:#b60,color:#000',
  move: 'fill:#fed,stroke:#b60,color:#000',
  update: 'fill:#def,stroke:#36c,color:#000',
  import: 'fill:#efe,stroke:#393,stroke-dasharray:4,color:#000',
  add: 'fill:#efe,stroke:#393,color:#000',
};

/**
 * A label that no name can break out of: letters, digits and a few marks stand as they are, anything else as Mermaid's
 * entity code (`#34;`), which the quotes around it keep.
 */
export const mermaidLabel = (text: string): string =>
  [...shortened(oneLine(text), longestLabel)]
    .map((character) => (/[A-Za-z0-9 .,:/_-]/.test(character) ? character : `#${character.codePointAt(0)};`))
    .join('');

const classOf = (kind: ChangeKind): string => kind.replace('-', '');

/**
 * A flowchart of what changes, a box for each stack; the changes must come most serious first.
 *
 * @returns undefined where nothing changes
 */
export function mermaidPicture(changes: readonly Change[]): string | undefined {
  if (changes.length === 0) return undefined;
  const shown = changes.slice(0, shownNodes);
  const stacks = [...new Set(shown.map(({ resource }) => stackLabel(resource.stack)))];
  const lines = ['flowchart LR'];
  stacks.forEach((stack, number) => {
    lines.push(`  subgraph s${number}["${mermaidLabel(stack)}"]`);
    shown.forEach(({ resource, kind }, index) => {
      if (stackLabel(resource.stack) !== stack) return;
      const label = `${mermaidLabel(changeWords[kind])}<br/>${mermaidLabel(nameOf(resource))}<br/>${mermaidLabel(resource.type)}`;
      lines.push(`    n${index}["${label}"]:::${classOf(kind)}`);
    });
    lines.push('  end');
  });
  shown.forEach(({ kind, from }, index) => {
    if (from === undefined || (kind !== 'rename' && kind !== 'move')) return;
    lines.push(
      `  f${index}["${mermaidLabel(nameOf(from))}<br/>${mermaidLabel(stackLabel(from.stack))}"] -->|${mermaidLabel(changeWords[kind])}| n${index}`,
    );
  });
  if (changes.length > shown.length) lines.push(`  more["and ${changes.length - shown.length} more"]`);
  for (const kind of new Set(shown.map((change) => change.kind)))
    lines.push(`  classDef ${classOf(kind)} ${colours[kind]}`);
  return lines.join('\n');
}

const stackLabel = ({ name, region, cloud }: Change['resource']['stack']): string =>
  `${name} (${cloud}${region === '-' ? '' : ` ${region}`})`;
