import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { projectRoot } from '../support/estate';

const scratch = mkdtempSync(join(tmpdir(), 'huntaze-determinism-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Every file of a folder with the hash of its bytes. */
function bytes(folder: string): Record<string, string> {
  const walk = (path: string): string[] =>
    readdirSync(path).flatMap((name) => {
      const child = join(path, name);
      return statSync(child).isDirectory() ? walk(child) : [child];
    });
  return Object.fromEntries(
    walk(folder)
      .sort()
      .map((path) => [relative(folder, path), createHash('sha256').update(readFileSync(path)).digest('hex')]),
  );
}

const apps = [
  { name: 'AWS', entry: 'bin/aws.ts', variable: 'CDK_OUTDIR' },
  { name: 'Azure', entry: 'bin/azure.ts', variable: 'CDKTF_OUTDIR' },
] as const;

describe.each(apps)('$name', ({ entry, variable, name }) => {
  const outputs = [1, 2].map((run) => {
    const outdir = join(scratch, `${name}-${run}`);
    execFileSync(process.execPath, ['--import', 'tsx', entry], {
      cwd: projectRoot,
      env: { ...process.env, [variable]: outdir },
      stdio: 'pipe',
    });
    return outdir;
  });

  test('two synths are byte-equal', () => {
    const [first, second] = outputs.map(bytes);
    expect(Object.keys(first ?? {}).length).toBeGreaterThan(1);
    expect(second).toEqual(first);
  });

  test('no file names the machine or the folder of the checkout', () => {
    const [first = ''] = outputs;
    const guilty = Object.keys(bytes(first)).filter((path) => readFileSync(join(first, path)).includes(projectRoot));
    expect(guilty).toEqual([]);
  });
});
