import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { contextFiles, runnerImageContext } from '../../../lib/build/runner-image';
import { certificatesInImage } from '../../../lib/estate/consolidation';
import { projectRoot } from '../../support/estate';

const outdir = mkdtempSync(join(tmpdir(), 'huntaze-image-'));
beforeAll(() => {
  writeFileSync(join(outdir, 'left-over'), '');
  runnerImageContext({ projectRoot, outdir });
}, 60_000);
afterAll(() => rmSync(outdir, { recursive: true }));

const dockerfile = () => readFileSync(join(outdir, 'Dockerfile'), 'utf8');

test('the context holds what the Dockerfile needs and nothing else', () => {
  expect(readdirSync(outdir).sort()).toEqual([...contextFiles].sort());
});

test('the Dockerfile has no finding', () => {
  expect(validate(dockerfile()).map(({ message, range }) => [range.start.line + 1, message])).toEqual([]);
});

test('the linter finds what is wrong', () => {
  expect(validate('FROM node\nCOPPY a b\nMAINTAINER me\n').length).toBeGreaterThan(1);
});

test('copies files that are there, keeps the authorities where the tool reads them, and does not run as root', () => {
  const copied = [...dockerfile().matchAll(/^COPY (?:--\S+ )*(.+) \S+$/gm)].flatMap(([, files = '']) =>
    files.split(' '),
  );
  expect(copied.length).toBeGreaterThan(0);
  for (const file of copied) expect(readdirSync(outdir)).toContain(file);
  expect(dockerfile()).toContain(certificatesInImage);
  expect(dockerfile()).toMatch(/^USER (?!root|0\b)\S+$/m);
  expect(dockerfile()).not.toMatch(/PASSWORD|SECRET|AWS_ACCESS/);
});

test('the one file is the command line, without the cloud frameworks and without a path of this machine', () => {
  const file = join(outdir, 'estate.cjs');
  // From a folder without modules, as in the container.
  const help = execFileSync(process.execPath, [file, '--help'], { cwd: tmpdir(), encoding: 'utf8', env: {} });
  expect(help).toContain('Usage: estate');
  expect(statSync(file).size).toBeLessThan(20_000_000);
  const text = readFileSync(file, 'utf8');
  for (const absent of ['aws-cdk-lib/core', '@cdktf/provider-azurerm/lib', projectRoot])
    expect(text).not.toContain(absent);
});
