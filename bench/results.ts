import { execFileSync } from 'node:child_process';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import lock from '../package-lock.json';
import { projectRoot } from './measure';

/** Where the figures stand, from the project's root. */
export const resultsFile = join('bench', 'RESULTS.md');

const preface = `# Results

What \`npm run bench\` printed. \`npm run bench -- <section>\` measures one section anew and leaves the others as they
stand, so each says when, where and of which commit it was measured. Compare within a section: figures belong to the
machine that printed them.
`;

/** When, where and of what a section was measured. */
export interface Circumstances {
  /** ISO date. */
  readonly date: string;
  /** Short hash, marked when files differed from it. */
  readonly commit: string;
  readonly machine: string;
  readonly versions: string;
  /** Processes that wanted a processor, averaged over the minute before. */
  readonly loadBefore: number;
  /** The same over the last minute of the measurement, which is one of them itself. */
  readonly loadAfter: number;
}

/**
 * The document with one section measured anew; the others stay as they stand.
 *
 * @param document what the file holds; empty for a new one
 * @param order every section, in the order of the document
 */
export function withSection(
  document: string,
  order: readonly string[],
  measured: { readonly name: string; readonly lines: readonly string[]; readonly when: Circumstances },
): string {
  const sections = new Map(
    document
      .split(/^(?=## )/m)
      .filter((part) => part.startsWith('## '))
      .map((part) => [part.slice(3, part.indexOf('\n')), part.trimEnd()]),
  );
  sections.set(measured.name, sectionText(measured));
  return [preface, ...order.flatMap((name) => sections.get(name) ?? [])]
    .map((part) => `${part.trimEnd()}\n`)
    .join('\n');
}

function sectionText({ name, lines, when }: Parameters<typeof withSection>[2]): string {
  const { date, commit, machine, versions, loadBefore, loadAfter } = when;
  return [
    `## ${name}`,
    '',
    `${date}, commit ${commit}; load ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after.`,
    `${machine}. ${versions}.`,
    '',
    '```text',
    ...lines,
    '```',
  ].join('\n');
}

/** What this machine and checkout are now. @param loadBefore load average when the measurement began */
export function circumstances(loadBefore: number): Circumstances {
  const [processor] = cpus();
  const packages = lock.packages as Readonly<Record<string, { readonly version?: string }>>;
  const version = (name: string) => `${name} ${packages[`node_modules/${name}`]?.version}`;
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: commitOf(projectRoot),
    machine: `${cpus().length} x ${processor?.model ?? 'unknown processor'}, ${(totalmem() / 1e9).toFixed(0)} GB, ${platform()} ${release()}`,
    versions: `Node ${process.versions.node}, ${['aws-cdk-lib', 'cdktf', 'cdk-nag', 'esbuild', 'jest'].map(version).join(', ')}`,
    loadBefore,
    loadAfter: load(),
  };
}

export const load = (): number => loadavg()[0] ?? 0;

function commitOf(directory: string): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: directory, encoding: 'utf8' }).trim();
  // The results themselves change with every section that is measured.
  const changed = git('status', '--porcelain', '--', '.', `:!${resultsFile}`) !== '';
  return `${git('rev-parse', '--short', 'HEAD')}${changed ? ' with local changes' : ''}`;
}
