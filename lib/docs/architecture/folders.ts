import { execFileSync } from 'node:child_process';

/** What stands in each folder of the first two levels. A folder without a line here, or a line without a folder, fails. */
export const folderPurposes: Readonly<Record<string, string>> = {
  '.ci': 'what a pipeline runs on a clean clone',
  '.github': 'workflows, code owners, dependency updates',
  bench: 'what is measured, and how',
  bin: 'three doors: the CDK app, the CDKTF app, the estate’s command line',
  docs: 'bring-up, runbooks, decisions',
  'docs/decisions': 'one page for each choice that is not obvious',
  lambda: 'one folder for each function, named as deployed',
  lib: 'everything that is neither a stack nor a handler',
  'lib/adopt': 'takes over what exists, with proof that nothing is replaced',
  'lib/docs': 'what docs/ and CONTRIBUTING.md show of the synthesized trees',
  'lib/audit': 'reads an account back and compares it with the inventory',
  'lib/build': 'one esbuild pass for all handlers',
  'lib/cli': 'one file for each command',
  'lib/consolidate': 'two PostgreSQL instances become one, phase by phase',
  'lib/constructs': 'how one thing is built',
  'lib/cost': 'prices, usage, and what a tree costs a month',
  'lib/delivery': 'the logic of the pipeline, which the workflows call',
  'lib/estate': 'the inventory: typed rows with evidence',
  'lib/exit': 'the way out of CDKTF, proven',
  'lib/hybrid': 'what code on AWS needs to call Azure',
  'lib/hybrid-setup': 'what is looked at before the hybrid’s first deploy: estate hybrid',
  'lib/policy': 'what every synth is held to',
  'lib/rehearsal': 'the embedded AWS: start, bootstrap, deploy, traffic, stop',
  'lib/report': 'the estate as one HTML page',
  'lib/review': 'two synthesized trees in, one pull-request review out',
  settings: 'one file for each account',
  'stacks-aws': 'where things are placed on AWS',
  'stacks-azure': 'where things are placed on Azure',
  test: 'mirrors the tree',
};

/** Folders of the first level, and of the second below `lib` and `docs`, that git tracks files in. */
export function trackedFolders(projectRoot: string): readonly string[] {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: projectRoot,
    encoding: 'utf8',
  }).split('\0');
  const folders = files.flatMap((file) => {
    const [first = '', second = '', third] = file.split('/');
    if (second === '') return [];
    const deep = third !== undefined && (first === 'lib' || first === 'docs');
    return deep ? [first, `${first}/${second}`] : [first];
  });
  return [...new Set(folders)].sort();
}

/** The tree as text, a purpose behind each folder. */
export function folderTree(folders: readonly string[]): string {
  const width = Math.max(...folders.map((folder) => indented(folder).length)) + 2;
  const lines = folders.map((folder) => `${indented(folder).padEnd(width)}${folderPurposes[folder] ?? ''}`.trimEnd());
  return ['```', ...lines, '```'].join('\n');
}

function indented(folder: string): string {
  const parts = folder.split('/');
  return `${'  '.repeat(parts.length - 1)}${parts.at(-1)}/`;
}
