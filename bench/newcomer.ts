import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { sum } from 'simple-statistics';
import { applyDiff, examplesOf } from '../lib/docs/worked-examples';
import { type Bench, projectRoot, row, secondsOf, verdict } from './measure';

const longestMinutes = 15;
/** Characters of a command that its row has room for. */
const mostShown = 58;

/** A line of a shell block that stands for what the reader does. */
const isChange = (line: string): boolean => line.startsWith('# change something');

/** Lines of the first shell block below a heading of a document, comments behind a command taken off. */
export function commandsBelow(document: string, heading: string): readonly string[] {
  const { children } = fromMarkdown(document);
  const start = children.findIndex(
    (node) => node.type === 'heading' && node.children.some((part) => part.type === 'text' && part.value === heading),
  );
  const block = children.slice(start + 1).find((node) => node.type === 'code' && node.lang === 'sh');
  if (start === -1 || block?.type !== 'code')
    throw new Error(`README has no commands below the heading, got: ${heading}.`);
  return block.value.split('\n').map((line) => (isChange(line) ? line : line.replace(/\s+#.*$/, '')));
}

/**
 * From a clone to a rehearsed deploy, a green test run and a reviewed change: what README says, line by line. The change
 * is the first worked example of CONTRIBUTING. Packages come from npm's cache where it has them.
 */
export async function benchNewcomer({ scratch, print }: Bench): Promise<void> {
  const clone = join(scratch, 'newcomer');
  const read = (path: string) => readFileSync(join(clone, path), 'utf8');
  const took: number[] = [];
  const timed = (label: string, command: string, args: readonly string[], cwd = clone) => {
    const time = secondsOf(command, args, { cwd });
    took.push(time);
    print(row(label, [`${time.toFixed(1)} s`]));
  };
  const timedShell = (line: string) =>
    timed(line.length > mostShown ? `${line.slice(0, mostShown - 1)}…` : line, 'sh', ['-c', line]);

  print(row('command of README, in its order', ['wall time']));
  timed('git clone', 'git', ['clone', '--quiet', projectRoot, clone], projectRoot);
  for (const line of commandsBelow(read('README.md'), 'Two commands')) timedShell(line);
  for (const line of commandsBelow(read('README.md'), 'Review a change')) {
    const [example] = isChange(line) ? examplesOf(read('CONTRIBUTING.md')) : [];
    if (example) applyDiff(clone, example.diff);
    else timedShell(line);
  }
  const minutes = sum(took) / 60;
  print(
    row('all of it', [`${minutes.toFixed(1)} min`], verdict(`under ${longestMinutes} min`, minutes < longestMinutes)),
  );
}
