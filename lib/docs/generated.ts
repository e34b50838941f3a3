/** Text between `<!-- generated: NAME -->` and `<!-- end -->`, which a command writes and nobody edits. */
const block = /(<!-- generated: ([a-z-]+) -->\n)([\s\S]*?)(<!-- end -->)/g;

/**
 * A document with its generated blocks made anew.
 *
 * @throws when the document names a block that nothing makes, or lacks one
 */
export function withGenerated(document: string, blocks: Readonly<Record<string, string>>): string {
  const met = new Set<string>();
  const result = document.replaceAll(block, (_, open: string, name: string, __: string, close: string) => {
    const text = blocks[name];
    if (text === undefined) {
      throw new Error(`No such generated block, got: ${name}. Known: ${Object.keys(blocks).join(', ')}.`);
    }
    met.add(name);
    return `${open}\n${text}\n\n${close}`;
  });
  const lacking = Object.keys(blocks).filter((name) => !met.has(name));
  if (lacking.length > 0) {
    throw new Error(`The document lacks a generated block, got: ${lacking.join(', ')}. Add its two comment lines.`);
  }
  return result;
}
