import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { explainedSecrets, scanSecrets, secretsIn } from '../../../lib/delivery/secrets';

// Each test makes a repository with git: a busy machine takes seconds.
jest.setTimeout(60_000);

// Put together here, or the scan of this repository would find it.
const token = ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_');
const key = `-----BEGIN ${'RSA PRIVATE'} KEY-----\n${'MIIEpAIBAAKCAQEA'.repeat(8)}\n-----END ${'RSA PRIVATE'} KEY-----\n`;
const databaseUrl = ['postgres', '://someone:hidden-word@db.example/huntaze'].join('');

const quiet = { step: <T>(_: string, work: () => Promise<T>) => work(), note: () => {} };
const scratch = mkdtempSync(join(tmpdir(), 'estate-secrets-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A repository with one commit for each set of files; an undefined text removes the file. */
function repository(...commits: readonly Readonly<Record<string, string | Buffer | undefined>>[]): string {
  const root = mkdtempSync(join(scratch, 'repository-'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.org', ...args], {
      cwd: root,
      stdio: 'pipe',
    });
  git('init', '--quiet', '--initial-branch=main');
  for (const [number, files] of commits.entries()) {
    for (const [path, text] of Object.entries(files)) {
      const place = join(root, path);
      mkdirSync(dirname(place), { recursive: true });
      if (text === undefined) rmSync(place);
      else writeFileSync(place, text);
    }
    git('add', '--all');
    git('commit', '--quiet', '--message', `commit ${number}`);
  }
  return root;
}

describe('one text', () => {
  test.each([
    ['a token of GitHub', `const token = '${token}';`, /github/i],
    ['a private key', key, /private/i],
    ['the address of a database with a password', `url: ${databaseUrl}`, /PostgreSQLConnection/],
  ])('%s is found, by its rule and not by its value', async (_, text, rule) => {
    const found = await secretsIn('a.ts', text);
    expect(found).toEqual([expect.stringMatching(rule)]);
    for (const secret of [token, 'MIIEp', 'hidden-word']) expect(found.join()).not.toContain(secret);
  });

  test('ordinary text holds none', async () => {
    expect(await secretsIn('a.ts', 'const name = process.env.GITHUB_TOKEN;')).toEqual([]);
  });
});

describe('a history', () => {
  const paths = async (root: string) => {
    const { scanned, findings } = await scanSecrets(root, quiet);
    return { scanned, found: findings.map(({ path }) => path).sort() };
  };

  test('each version of each file is looked at once', async () => {
    const root = repository({ 'a.txt': 'one', 'b/c.txt': 'two' }, { 'a.txt': 'three', 'copy.txt': 'one' });
    expect(await paths(root)).toEqual({ scanned: 3, found: [] });
  });

  test('what was removed again is found', async () => {
    const root = repository({ 'deep/down/config.ts': token }, { 'deep/down/config.ts': undefined, 'a.txt': 'left' });
    expect(await paths(root)).toEqual({ scanned: 2, found: ['deep/down/config.ts'] });
  });

  test('what stands on another branch is found', async () => {
    const root = repository({ 'a.txt': 'one' });
    execFileSync('git', ['checkout', '--quiet', '-b', 'side'], { cwd: root });
    writeFileSync(join(root, 'side.txt'), key);
    execFileSync('git', ['add', '--all'], { cwd: root });
    const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.org'];
    execFileSync('git', [...who, 'commit', '--quiet', '--message', 'side'], { cwd: root });
    execFileSync('git', ['checkout', '--quiet', 'main'], { cwd: root });
    expect((await paths(root)).found).toEqual(['side.txt']);
  });

  test('bytes that nobody wrote are left out: a binary, and what is larger than four megabytes', async () => {
    const root = repository({
      'binary.bin': Buffer.concat([Buffer.from([0]), Buffer.from(token)]),
      'large.txt': `${token}\n${'x'.repeat(4 * 1024 ** 2)}`,
      'text.txt': token,
    });
    expect(await paths(root)).toEqual({ scanned: 1, found: ['text.txt'] });
  });

  test('files with names of their own and no content do not stop it', async () => {
    const root = repository({ 'with space.txt': token, 'empty.txt': '', 'last.txt': key });
    expect((await paths(root)).found).toEqual(['last.txt', 'with space.txt']);
  });

  test('what is explained is passed over in its own file and in no other', async () => {
    const [explained] = explainedSecrets;
    const root = repository({ [explained?.path ?? '']: databaseUrl, 'other.ts': `\n${databaseUrl}` });
    expect(await paths(root)).toEqual({ scanned: 2, found: ['other.ts'] });
  });
});
