import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { sum } from 'simple-statistics';
import { applyDiff, examplesOf } from '../lib/docs/worked-examples';
import { type Bench, projectRoot, row, verdict } from './measure';

const longestMinutes = 15;

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
  const clone = join(mkdtempSync(join(scratch, 'newcomer-')), 'clone');
  const read = (path: string) => readFileSync(join(clone, path), 'utf8');
  const took: number[] = [];
  const timed = (label: string, work: () => void) => {
    const start = process.hrtime.bigint();
    work();
    took.push(Number(process.hrtime.bigint() - start) / 1e9);
    print(row(label, [`${took.at(-1)?.toFixed(1)} s`]));
  };
  const shell = (command: string, cwd: string) => () => {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
      ...{ cwd, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    if (status === 0) return;
    throw new Error(
      `A command of README failed, got: exit ${status} of ${command}.\n${stdout.slice(-3000)}${stderr.slice(-3000)}`,
    );
  };

  print(row('command of README, in its order', ['wall time']));
  timed('git clone', shell(`git clone --quiet '${projectRoot}' '${clone}'`, projectRoot));
  for (const command of commandsBelow(read('README.md'), 'Two commands')) timed(command, shell(command, clone));
  for (const command of commandsBelow(read('README.md'), 'Review a change')) {
    const [example] = isChange(command) ? examplesOf(read('CONTRIBUTING.md')) : [];
    if (example) applyDiff(clone, example.diff);
    else timed(command.length > 58 ? `${command.slice(0, 57)}…` : command, shell(command, clone));
  }
  const minutes = sum(took) / 60;
  print(
    row('all of it', [`${minutes.toFixed(1)} min`], verdict(`under ${longestMinutes} min`, minutes < longestMinutes)),
  );
}
