/**
 * Text that others wrote (names, values, reasons of a template from a fork), made fit to be shown. Nothing that comes
 * through here can hide, move the reader's cursor or reverse what is read.
 */

/** Controls, format characters (bidirectional ones among them), lone surrogates and private ones: nothing to see. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

const replacement = '\ufffd';

/** One line, without control characters: a line break becomes a blank, anything else that is not seen a `\ufffd`. */
export const oneLine = (text: string): string => text.replace(/[\t\n\r]+/g, ' ').replace(invisible, replacement);

/** At most so many characters, the last one an ellipsis where it was cut; never half a character. */
export function shortened(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

/** The same, cut in the middle: of an address both ends matter. */
export function middle(text: string, length: number): string {
  const characters = [...text];
  if (characters.length <= length) return text;
  const head = Math.ceil((length - 1) / 2);
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - (length - 1 - head)).join('')}`;
}

const longestValue = 120;
/** Characters shown before the first that differs. */
const context = 24;

const written = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));

const shownValue = (text: string): string => (text === '' ? '(empty)' : shortened(oneLine(text), longestValue));

/** A property's value, as short as a row of a table allows. */
export const valueText = (value: unknown): string => (value === undefined ? 'nothing' : shownValue(written(value)));

/** Two values, from shortly before the place where they begin to differ. */
export function differingTexts(before: unknown, after: unknown): [before: string, after: string] {
  const [one, other] = [written(before), written(after)];
  if (one.length <= longestValue && other.length <= longestValue) return [shownValue(one), shownValue(other)];
  let same = 0;
  while (same < one.length && one[same] === other[same]) same++;
  const from = Math.max(0, same - context);
  const cut = (text: string) => shownValue(from === 0 ? text : `…${text.slice(from)}`);
  return [cut(one), cut(other)];
}

/** `3 queues`, `1 queue`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;

const lineWidth = 100;

/** Lines of a text, indented; a word longer than a line stays whole, so that it can be copied. */
export function wrapped(text: string, indent = '', furtherIndent = indent): string[] {
  const lines: string[] = [];
  let line = '';
  const margin = () => (lines.length === 0 ? indent : furtherIndent);
  for (const word of oneLine(text).split(' ')) {
    if (line !== '' && margin().length + line.length + 1 + word.length > lineWidth) {
      lines.push(margin() + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, margin() + line];
}
