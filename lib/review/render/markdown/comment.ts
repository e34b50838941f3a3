import type { PhrasingContent, RootContent } from 'mdast';
import type { Finding, ReviewReport } from '../../model';
import { counted, shortened } from '../text';
import { countWords, dollarDelta, dollars, type ReviewView, viewOf } from '../view';
import { amount, code, fixed, heading, link, paragraph, strong, table, write } from './nodes';
import { type Section, sectionsOf } from './sections';

/** GitHub refuses a longer comment with "Body is too long (maximum is 65536 characters)". */
export const commentLimit = 65_536;

export interface CommentOptions {
  /** Where the whole review is; the comment points to it. */
  readonly artifact?: { readonly name: string; readonly url?: string };
  /**
   * Tells this comment from another project's on the same pull request, in the hidden first line by which a pipeline
   * finds it again. @default `default`
   */
  readonly id?: string;
  /** Characters, at most {@link commentLimit}. @default {@link commentLimit} */
  readonly limit?: number;
}

/** Rows that a section shows at most, however much room there is: nobody reads the hundredth. */
const mostRows = 150;
/** First rows of a section that longer sections before it must leave room for. */
const keptRows = 3;
/** Of the whole room, what may be kept so. */
const shareOfKept = 0.4;
/** What stays free for the sections that name what did not fit. */
const reserve = 1_500;
const smallestLimit = 2_000;

/** The hidden first line of a comment: a pipeline looks for it, and updates that comment in place. */
export const commentMarker = (id = 'default'): string =>
  `<!-- estate-review:${id.replace(/[^A-Za-z0-9._/-]/g, '-').replace(/-{2,}/g, '-')} -->`;

/**
 * The review as a pull-request comment: what to decide first, the rest folded.
 *
 * Never longer than the limit, whatever the report holds: what does not fit is counted and named, and is in the artifact.
 *
 * @throws RangeError for a limit outside 2,000 to 65,536 characters
 */
export function renderComment(report: ReviewReport, options: CommentOptions = {}): string {
  const { limit = commentLimit, id, artifact } = options;
  if (!Number.isInteger(limit) || limit < smallestLimit || limit > commentLimit) {
    throw new RangeError(
      `The limit of a comment must be from ${smallestLimit} to ${commentLimit} characters, got: ${limit}.`,
    );
  }
  const view = viewOf(report);
  const opening = [commentMarker(id), write(summary(report, view))].join('\n\n');
  const closing = write(footer(report, artifact));
  const room = limit - opening.length - closing.length - reserve;
  const { parts, missing } = arrange(sectionsOf(report, view), room);
  const left = missing.length === 0 ? [] : [write([remainder(missing, artifact)])];
  return [opening, ...parts, ...left, closing].join('\n\n');
}

function summary(report: ReviewReport, view: ReviewView): RootContent[] {
  const { closing, news, cost, fixed: mended, isEmpty } = view;
  const mark = report.gate.open ? '✅' : '⛔';
  const nodes: RootContent[] = [
    heading(2, 'Review of the infrastructure'),
    paragraph(fixed(`${mark} `), strong(fixed(view.verdict))),
  ];
  if (isEmpty) return nodes;
  const row = (title: string, cell: string): PhrasingContent[][] => [[fixed(title)], [fixed(cell)]];
  const told = (findings: readonly Finding[]): string => {
    const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
    const [serious, routine] = [count('error'), count('note')];
    const decide = findings.length - routine;
    const parts = [
      ...(decide === 0
        ? []
        : [
            `${serious > 0 ? '🔴' : '🟠'} ${counted(decide, 'finding')}${serious > 0 && serious < decide ? `, ${serious} serious` : ''}`,
          ]),
      ...(routine === 0 ? [] : [`${routine.toLocaleString('en-US')} routine`]),
    ];
    return parts.join(', ') || 'nothing';
  };
  const atRisk = closing.length + news['data-at-risk'].length;
  return [
    ...nodes,
    table(
      ['', ''],
      [
        row('Data at risk', atRisk === 0 ? 'nothing' : `🔴 ${counted(atRisk, 'change')}`),
        row('Access broadened', told(news.access)),
        row('Network exposed', told(news.network)),
        ...(cost === undefined
          ? []
          : [
              [
                [fixed('Monthly cost')],
                [amount(`${dollars(cost.base)} → ${dollars(cost.head)} (${dollarDelta(cost.delta)})`)],
              ],
            ]),
        [[fixed('Resources')], [fixed(countWords(report.counts))]],
        ...(mended.length === 0 ? [] : [[[fixed('Mended')], [fixed(counted(mended.length, 'finding'))]]]),
      ],
    ),
  ];
}

interface Missing {
  readonly title: string;
  readonly count: number;
  readonly noun: string;
}

/**
 * As many rows of each section as there is room for, in their order; of the later ones, the first rows are kept room for,
 * so that a long section pushes no other out.
 */
function arrange(sections: readonly Section[], room: number): { parts: string[]; missing: Missing[] } {
  const parts: string[] = [];
  const missing: Missing[] = [];
  const kept = keptRoom(sections, Math.floor(room * shareOfKept));
  let left = room;
  let keptForLater = kept.reduce((sum, size) => sum + size, 0);
  for (const [index, section] of sections.entries()) {
    keptForLater -= kept[index] ?? 0;
    const most = Math.min(section.rows, mostRows);
    const { rows, text } = largest(section, most, left - keptForLater);
    if (rows < section.rows) missing.push({ title: section.title, count: section.rows - rows, noun: section.noun });
    if (rows === 0) continue;
    parts.push(text);
    left -= text.length + 2;
  }
  return { parts, missing };
}

/** Characters that the first rows of each section take, as long as there is room to keep. */
function keptRoom(sections: readonly Section[], room: number): number[] {
  let left = room;
  return sections.map((section) => {
    const size = write(section.render(Math.min(section.rows, keptRows))).length + 2;
    if (size > left) return 0;
    left -= size;
    return size;
  });
}

/** The most rows that fit: the whole first, then by halves. */
function largest(section: Section, most: number, room: number): { rows: number; text: string } {
  const attempt = (rows: number) => write(section.render(rows));
  const whole = attempt(most);
  if (whole.length <= room) return { rows: most, text: whole };
  let fitting = { rows: 0, text: '' };
  let [low, high] = [1, most - 1];
  while (low <= high) {
    const rows = Math.floor((low + high) / 2);
    const text = attempt(rows);
    if (text.length <= room) {
      fitting = { rows, text };
      low = rows + 1;
    } else high = rows - 1;
  }
  return fitting;
}

function remainder(missing: readonly Missing[], artifact: CommentOptions['artifact']): RootContent {
  const parts = missing.map(({ title, count, noun }) => `${title}: ${counted(count, `more ${noun}`, `more ${noun}s`)}`);
  return paragraph(strong(fixed('Not shown here:')), fixed(` ${parts.join('; ')}. `), ...wholeReview(artifact));
}

const wholeReview = (artifact: CommentOptions['artifact']): PhrasingContent[] => {
  if (artifact === undefined) return [fixed('The whole review is in the output of the command (--json, --terminal).')];
  const name = shortened(artifact.name, 80);
  return [
    fixed('The whole review is in the artifact '),
    artifact.url === undefined ? code(name) : link('of this run', shortened(artifact.url, 300)),
    fixed('.'),
  ];
};

function footer({ base, head, gate }: ReviewReport, artifact: CommentOptions['artifact']): RootContent[] {
  const tree = ({ stacks, resources }: ReviewReport['base']) =>
    `${counted(stacks, 'stack')}, ${counted(resources, 'resource')}`;
  return [
    paragraph(
      fixed(`Base: ${tree(base)}. Head: ${tree(head)}. Waivers as of `),
      code(gate.asOf),
      fixed('. '),
      ...wholeReview(artifact),
    ),
  ];
}
