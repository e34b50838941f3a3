/** A text that Markdown and its readers take as text: no cell, no markup, no mention of a person, whatever a resource is called. */
export const plain = (text: string): string =>
  text
    .replace(/[\r\n]+/g, ' ')
    .replace(/[\\`*_[\]<>|#~]/g, (character) => `\\${character}`)
    // A zero-width space: `@name` would tell somebody of that name.
    .replace(/@(?=\w)/g, '@\u200b');

/** A name or a value as code. A backtick or a pipe in it would end the code or the cell, so these are replaced. */
export const code = (text: string): string =>
  `\`${text
    .replace(/[\r\n]+/g, ' ')
    .replace(/`/g, "'")
    .replace(/\|/g, '¦')}\``;

/** A table, or nothing when it has no rows. Cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}

/** A text inside a Mermaid label: its grammar ends a label at quotes, brackets and semicolons. */
export const mermaidLabel = (text: string): string => text.replace(/["[\]{}<>|;`#]/g, ' ').trim();
