import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import satisfies from 'spdx-satisfies';
import { z } from 'zod';
import { bareEnvironment, run } from './run';

export interface DependencyLicence {
  readonly name: string;
  readonly version: string;
  /** As the package says. */
  readonly licence: string;
}

/**
 * Licences that a package may have. All of them let software that uses the package be distributed under any terms; MPL
 * asks for the source of changed files of the package itself, and none is changed here.
 */
const admittedLicences: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-3.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'Python-2.0',
  'Unlicense',
];

/** Packages whose own words are no SPDX expression, and what they mean. */
const otherWords: Readonly<Record<string, string>> = {
  // A list of file names, given to the public.
  'Public Domain': 'CC0-1.0',
};

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), license: z.string().optional(), link: z.boolean().optional() }),
  ),
});

/** Licences of every package of the lockfile, development ones and those of other platforms included. */
export function dependencyLicences(root: string): {
  readonly packages: readonly DependencyLicence[];
  /** Counts, most frequent first. */
  readonly byLicence: readonly (readonly [licence: string, count: number])[];
  readonly refused: readonly DependencyLicence[];
} {
  const { packages: entries } = lockSchema.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  const packages = Object.entries(entries)
    .filter(([path]) => path !== '')
    .map(([path, { version = '(none)', license = '(none)' }]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      licence: license,
    }));
  const counts = new Map<string, number>();
  for (const { licence } of packages) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  return {
    packages,
    byLicence: [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)),
    refused: packages.filter(({ licence }) => !isAdmitted(licence)),
  };
}

/** Whether one of the ways in which a package may be used is admitted. */
export function isAdmitted(licence: string): boolean {
  try {
    return satisfies(otherWords[licence] ?? licence, [...admittedLicences]);
  } catch {
    return false;
  }
}

/** A known vulnerability that stays for a while, and why it does no harm here. */
export interface ExplainedAdvisory {
  /** Id of the advisory, such as GHSA-xxxx-xxxx-xxxx. */
  readonly advisory: string;
  readonly package: string;
  readonly reason: string;
  /** ISO date on which somebody looks again; from then on it is a finding. */
  readonly until: string;
}

const explainedAdvisories: readonly ExplainedAdvisory[] = [];

const auditSchema = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({
      severity: z.string(),
      via: z.array(z.union([z.string(), z.object({ url: z.string().default(''), title: z.string().default('') })])),
    }),
  ),
});

/**
 * Known vulnerabilities of the packages, less those that are explained.
 *
 * @param today ISO date
 * @throws when the registry cannot be asked
 */
export async function auditDependencies(root: string, today: string): Promise<readonly string[]> {
  const { stdout, output } = await run('npm', ['audit', '--json'], { cwd: root, env: bareEnvironment() });
  const answer = parsed(stdout);
  const result = auditSchema.safeParse(answer);
  if (!result.success) {
    throw new Error(
      `The registry does not say which packages are vulnerable, got: ${output.trim().split('\n').slice(0, 3).join(' ')}. Ask one that does: npm audit.`,
    );
  }
  return findingsOf(result.data, explainedAdvisories, today);
}

/** One line for each advisory that nobody explained, or whose explanation has run out. */
export function findingsOf(
  audit: z.output<typeof auditSchema>,
  explained: readonly ExplainedAdvisory[],
  today: string,
): readonly string[] {
  return Object.entries(audit.vulnerabilities).flatMap(([name, { severity, via }]) =>
    via
      .filter((cause) => typeof cause !== 'string')
      .filter(
        ({ url }) => !explained.some((one) => url.endsWith(one.advisory) && one.package === name && today < one.until),
      )
      .map(({ url, title }) => `${name}: ${severity}, ${title} (${url})`),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
