import type { BlockContent, Html, ListItem, PhrasingContent, RootContent, Table } from 'mdast';
import { gfmToMarkdown } from 'mdast-util-gfm';
import { toMarkdown } from 'mdast-util-to-markdown';
import { oneLine, shortened } from '../text';

const longestText = 900;
const longestCode = 160;
const joiner = '\u200b';

/**
 * Text of others that GitHub must not turn into anything: a mention, a reference to an issue, a commit, a link. The
 * tree's writer escapes Markdown and HTML; this breaks what GitHub makes of plain text afterwards, with a character that
 * takes no room.
 */
const inert = (text: string): string =>
  shortened(oneLine(text), longestText)
    .replace(/@/g, `@${joiner}`)
    .replace(/#(?=\d)/g, `#${joiner}`)
    .replace(/(GH)-(?=\d)/gi, `$1${joiner}-`)
    .replace(/(?<![0-9a-z])(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,}(?![0-9a-z])/gi, (hash) =>
      hash.replace(/.{4}(?=.)/g, `$&${joiner}`),
    )
    .replace(/<!/g, `<${joiner}!`)
    .replace(/:\/\//g, `:${joiner}//`)
    .replace(/(www)\./gi, `$1${joiner}.`)
    .replace(/:(?=[a-z0-9_+-]+:)/g, `:${joiner}`);

const words = (value: string): PhrasingContent => ({ type: 'text', value: inert(value) });

/** A name or value, as code: nothing in it is Markdown, a mention or a reference. */
export const code = (value: string): PhrasingContent => {
  // The marker of the comment must stand in its first line alone.
  const shown = shortened(oneLine(value).trim(), longestCode).replace(/<!/g, `<${joiner}!`);
  return { type: 'inlineCode', value: shown === '' ? '(empty)' : shown };
};

export const strong = (...children: PhrasingContent[]): PhrasingContent => ({ type: 'strong', children });

/** Amounts: a dollar sign in running text may begin a formula. */
export const amount = (value: string): PhrasingContent => ({ type: 'inlineCode', value });

/** Our own words; never a template's. */
export const fixed = (value: string): PhrasingContent => ({ type: 'text', value });

/** A page that a rule names. Anything but a plain https address stays text. */
export const link = (title: string, url: string): PhrasingContent =>
  /^https:\/\/[\w.-]+\/[\w./#%?=&-]*$/.test(url) ? { type: 'link', url, children: [fixed(title)] } : code(url);

/**
 * A sentence in which what stands between quotes, an ARN or an action is a name: shown as code. So is what holds a dollar
 * sign: two of them would be a formula.
 */
export function sentence(text: string): PhrasingContent[] {
  const nodes: PhrasingContent[] = [];
  let end = 0;
  const line = shortened(oneLine(text), longestText);
  for (const match of line.matchAll(
    /\S*\$(?:\S*[^\s;,.:)])?|"([^"]*)"|\barn:[^\s,;"]*[^\s,;."]|\b[a-z][a-z0-9-]*:[A-Z*][A-Za-z0-9*?]*/g,
  )) {
    if (match.index > end) nodes.push(words(line.slice(end, match.index)));
    nodes.push(code(match[1] ?? match[0]));
    end = match.index + match[0].length;
  }
  if (end < line.length) nodes.push(words(line.slice(end)));
  return nodes;
}

export const paragraph = (...children: PhrasingContent[]): BlockContent => ({ type: 'paragraph', children });

export const heading = (depth: 2 | 3 | 4, title: string): RootContent => ({
  type: 'heading',
  depth,
  children: [fixed(title)],
});

export const item = (...children: BlockContent[]): ListItem => ({ type: 'listItem', spread: false, children });

export const list = (items: readonly ListItem[], ordered = false): RootContent => ({
  type: 'list',
  ordered,
  ...(ordered ? { start: 1 } : {}),
  spread: false,
  children: [...items],
});

/** Columns that hold amounts stand to the right. */
export const table = (
  head: readonly string[],
  rows: readonly (readonly PhrasingContent[][])[],
  align: readonly ('left' | 'right')[] = [],
): Table => ({
  type: 'table',
  align: head.map((_, column) => align[column] ?? 'left'),
  children: [head.map((title) => [fixed(title)]), ...rows].map((cells) => ({
    type: 'tableRow',
    children: cells.map((children) => ({ type: 'tableCell', children: [...children] })),
  })),
});

/** HTML of ours: no text of others ever comes in here. */
const html = (value: string): Html => ({ type: 'html', value });

/** A section that is closed until the reader opens it. */
export const folded = (title: string, nodes: readonly RootContent[]): RootContent[] => [
  html(`<details>\n<summary>${title.replace(/[^\w ,.()/:-]/g, '')}</summary>`),
  ...nodes,
  html('</details>'),
];

/** The tree as Markdown. Tables are not padded: a comment has better uses for its characters. */
export const write = (nodes: readonly RootContent[]): string =>
  toMarkdown(
    { type: 'root', children: [...nodes] },
    {
      extensions: [gfmToMarkdown({ tablePipeAlign: false })],
      bullet: '-',
      emphasis: '_',
      fence: '`',
      listItemIndent: 'one',
    },
  ).trim();
