/**
 * Lines that a document shows of an output and that the output does not hold. A document shows output shortened: lines may
 * be left out, none may be made up.
 *
 * @returns a complaint in place of lines where the document shows nothing at all
 */
export function linesMissing(shown: string, output: string): readonly string[] {
  const lines = shown.split('\n').filter((line) => line.trim() !== '');
  const printed = new Set(output.split('\n'));
  return lines.length === 0 ? ['(the document shows no line)'] : lines.filter((line) => !printed.has(line));
}
