import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A change that a document asks its reader to make, as a fenced block of the kind `diff`. */
export interface WorkedExample {
  /** Name of the generated block that follows the diff and shows what the change does. */
  readonly name: string;
  /** In the format of `git diff`. */
  readonly diff: string;
}

/**
 * The examples of a document, in order: each diff, with the next generated block as its result.
 *
 * @throws when a diff has no generated block behind it
 */
export function examplesOf(document: string): readonly WorkedExample[] {
  const marks = [...document.matchAll(/```diff\n([\s\S]*?)```|<!-- generated: ([a-z-]+) -->/g)];
  return marks.flatMap(([, diff], index) => {
    if (diff === undefined) return [];
    const name = marks[index + 1]?.[2];
    if (name === undefined) {
      throw new Error(`A worked example has no generated block behind it, got: ${diff.split('\n')[0]}.`);
    }
    return [{ name, diff }];
  });
}

/** Copies what git tracks or would track; packages are shared with the project. */
export function copyProject(projectRoot: string, directory: string): void {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  for (const file of files.split('\0').filter((name) => name !== '')) {
    const target = join(directory, file);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(projectRoot, file), target);
  }
  symlinkSync(join(projectRoot, 'node_modules'), join(directory, 'node_modules'));
}

/**
 * Applies a diff to a copy of the project.
 *
 * @throws with git's words when the diff no longer fits the sources
 */
export function applyDiff(directory: string, diff: string): void {
  execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: directory, input: diff, stdio: 'pipe' });
}
