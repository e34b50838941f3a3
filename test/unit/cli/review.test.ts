import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reviewCommand } from '../../../lib/cli/review';
import { reviewReportSchema } from '../../../lib/review/render/json';
import { database, newFolder, writeAssembly, writeFiles } from '../review/written-trees';

/** Runs the command in this process. @returns what it printed, and the exit code it asked for */
async function run(...args: readonly string[]): Promise<{ readonly output: string; readonly code: number }> {
  const written: string[] = [];
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0),
    jest.spyOn(process.stderr, 'write').mockImplementation(() => true),
  ];
  process.exitCode = undefined;
  try {
    const command = reviewCommand().exitOverride();
    await command.parseAsync([...args], { from: 'user' });
    return { output: written.join(''), code: Number(process.exitCode ?? 0) };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = undefined;
  }
}

const base = writeAssembly({ shop: { resources: { Db: database() } } });
const head = writeAssembly({ shop: { resources: { Db: database({ StorageEncrypted: true }) } } });
const trees = ['--base', base, '--head', head, '--as-of', '2026-11-24'] as const;

test.each<[string, readonly string[], number]>([
  ['findings alone fail nothing', trees, 0],
  ['a closed gate is 2', [...trees, '--gate'], 2],
  ['an open gate is 0', ['--base', base, '--head', base, '--gate'], 0],
])('exit code: %s', async (_, args, code) => {
  expect((await run(...args)).code).toBe(code);
});

test('prints what puts data at risk first', async () => {
  const { output } = await run(...trees, '--gate');
  expect(output).toMatch(/gate is closed/i);
  expect(output.indexOf('StorageEncrypted')).toBeLessThan(output.indexOf('Changes'));
});

test('writes comment, JSON and SARIF', async () => {
  const folder = newFolder();
  const file = (name: string) => join(folder, name);
  await run(
    ...trees,
    '--markdown',
    file('c.md'),
    '--json',
    file('r.json'),
    '--sarif',
    file('r.sarif'),
    '--artifact-url',
    'https://ci.example.com/42',
  );
  expect(readFileSync(file('c.md'), 'utf8')).toContain('https://ci.example.com/42');
  expect(reviewReportSchema.parse(JSON.parse(readFileSync(file('r.json'), 'utf8'))).gate.open).toBe(false);
  expect(JSON.parse(readFileSync(file('r.sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' });
});

test('a waiver opens the gate', async () => {
  const waiver = {
    id: 'copied',
    resource: 'shop/Db',
    change: 'StorageEncrypted',
    reason: 'The encrypted copy was compared.',
    owner: 'data-lead',
    expires: '2026-12-01',
  };
  const file = join(writeFiles(newFolder(), { 'waivers.json': { waivers: [waiver] } }), 'waivers.json');
  expect((await run(...trees, '--gate', '--waivers', file)).code).toBe(0);
  expect(
    (
      await run(
        '--base',
        base,
        '--head',
        base,
        '--as-of',
        '2026-11-24',
        '--gate',
        '--waivers',
        file,
        '--base-waivers',
        join(writeFiles(newFolder(), { 'w.json': { waivers: [] } }), 'w.json'),
      )
    ).code,
  ).toBe(2);
});

test('nothing is written when the trees cannot be read', async () => {
  const out = join(newFolder(), 'r.json');
  await expect(run('--base', base, '--head', join(base, 'gone'), '--json', out)).rejects.toThrow(/No such folder/);
  expect(existsSync(out)).toBe(false);
});

test.each([
  ['a date that is none', ['--as-of', 'tomorrow'], /2026-12-31/],
  ['a cloud that nobody knows', ['--allow-missing', 'gcp'], /Choose from: aws, azure/],
  ['an address that is none', ['--artifact-url', 'javascript:alert(1)'], /web address/],
])('refuses %s', async (_, args, message) => {
  await expect(run('--base', base, '--head', head, ...args)).rejects.toThrow(message);
});
