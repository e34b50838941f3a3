import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { projectRoot } from '../support/estate';

/** Folders, and what each may import besides itself. Dependencies point one way. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'lib/estate': [],
  'lib/build': ['lib/estate'],
  'lib/hybrid': ['lib/estate'],
  'lib/constructs': ['lib/estate'],
  'lib/policy': ['lib/estate'],
  'lib/audit': ['lib/estate'],
  'lib/review': ['lib/estate', 'lib/policy'],
  'lib/cost': ['lib/estate', 'lib/review'],
  'lib/hybrid-setup': ['lib/estate', 'lib/policy'],
  'lib/adopt': ['lib/estate', 'lib/audit', 'lib/policy', 'lib/review'],
  'lib/rehearsal': ['lib/estate', 'lib/audit', 'lib/adopt', 'settings'],
  'lib/consolidate': ['lib/estate', 'lib/rehearsal', 'settings'],
  'lib/delivery': ['lib/estate', 'lib/policy', 'lib/audit', 'lib/rehearsal'],
  'lib/cli': [
    'lib/estate',
    'lib/audit',
    'lib/rehearsal',
    'lib/review',
    'lib/cost',
    'lib/adopt',
    'lib/consolidate',
    'lib/report',
    'lib/hybrid-setup',
    'lib/consolidate',
    'lib/delivery',
    'settings',
  ],
  'lib/exit': ['lib/cli'],
  'lib/report': ['lib/estate', 'lib/audit', 'lib/adopt', 'lib/cost', 'lib/review'],
  settings: ['lib/estate', 'lib/cost'],
  'stacks-aws': ['lib/estate', 'lib/constructs', 'lib/policy', 'cdk.json'],
  'stacks-azure': ['lib/estate', 'lib/policy'],
  lambda: ['lib/estate', 'lib/build', 'lib/hybrid'],
};

/** Libraries that a folder must not load: the inventory and the tools know no cloud framework. */
const forbiddenPackages: Readonly<Record<string, RegExp>> = {
  'lib/estate': /^(aws-cdk-lib|constructs|cdktf|@cdktf\/|@aws-sdk\/)/,
  'lib/audit': /^(aws-cdk-lib|constructs|cdktf|@cdktf\/)/,
  'lib/hybrid-setup': /^(aws-cdk-lib|constructs|cdktf|@cdktf\/)/,
  'lib/cost': /^(aws-cdk-lib|constructs|cdktf|@cdktf\/|@aws-sdk\/)/,
  'lib/delivery': /^(aws-cdk-lib|constructs|cdktf|@cdktf\/)/,
  'lib/consolidate': /^(aws-cdk-lib|constructs|cdktf|@cdktf\/)/,
  'lib/adopt': /^(aws-cdk-lib|constructs|cdktf|@cdktf\/)/,
  'lib/hybrid': /^(aws-cdk-lib|constructs|cdktf|@cdktf\/)/,
  'lib/constructs': /^(cdktf|@cdktf\/|@aws-sdk\/)/,
  'stacks-aws': /^(cdktf|@cdktf\/|@aws-sdk\/)/,
  'stacks-azure': /^(aws-cdk-lib|@aws-sdk\/)/,
  lambda: /^(aws-cdk-lib|constructs|cdktf|@cdktf\/)/,
};

/** Every import of every source, type-only ones included: they tie modules just as well. */
const imports = Object.keys(allowed)
  .flatMap((folder) => sources(join(projectRoot, folder)))
  .flatMap((from) =>
    [...readFileSync(join(projectRoot, from), 'utf8').matchAll(/(?:from|import|require\() ?'([^']+)'/g)].map(
      ([, specifier = '']) => {
        const external = !specifier.startsWith('.');
        return { from, external, path: external ? specifier : join(dirname(from), specifier) };
      },
    ),
  );

const folderOf = (path: string): string | undefined =>
  Object.keys(allowed).find((folder) => `${path}/`.startsWith(`${folder}/`));

test('the graph is read', () => {
  expect(imports.length).toBeGreaterThan(100);
});

test.each(Object.keys(allowed))('%s imports only what lies below it', (folder) => {
  const wrong = imports
    .filter(({ from, external }) => !external && folderOf(from) === folder)
    .filter(({ path }) => ![folder, ...(allowed[folder] ?? [])].includes(folderOf(path) ?? path))
    .map(({ from, path }) => `${from} → ${path}`);
  expect(wrong).toEqual([]);
});

test.each(Object.entries(forbiddenPackages))('%s loads no package of %s', (folder, pattern) => {
  const wrong = imports
    .filter(({ from, path, external }) => external && folderOf(from) === folder && pattern.test(path))
    .map(({ from, path }) => `${from} → ${path}`);
  expect(wrong).toEqual([]);
});

function sources(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return sources(path);
      return /\.tsx?$/.test(name) ? [relative(projectRoot, path)] : [];
    });
}
