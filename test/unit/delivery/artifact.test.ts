import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArtifactError, type ArtifactLimits, artifactLimits, unpackArtifact } from '../../../lib/delivery/artifact';
import { symbolicLink, type ZipEntry, zipOf } from './zip';

const scratch = mkdtempSync(join(tmpdir(), 'estate-artifact-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let count = 0;
const fresh = (): string => join(scratch, `out-${count++}`);

const good: ZipEntry = { name: 'aws/data.template.json', content: '{"Resources":{}}' };

test('JSON is written, folders are made, anything else is left in the archive', async () => {
  const out = fresh();
  const files = await unpackArtifact(
    zipOf([
      { name: 'aws/', mode: 0o040755, content: '' },
      good,
      { name: 'azure/stacks/huntaze-azure/cdk.tf.json' },
      { name: 'aws/asset.1/index.js', content: 'process.exit(1)' },
    ]),
    out,
  );
  expect(files).toEqual(['aws/data.template.json', 'azure/stacks/huntaze-azure/cdk.tf.json']);
  expect(readFileSync(join(out, 'aws/data.template.json'), 'utf8')).toBe('{"Resources":{}}');
  expect(existsSync(join(out, 'aws/asset.1'))).toBe(false);
});

test.each<[string, readonly ZipEntry[], RegExp]>([
  ['a path out of the folder', [good, { name: '../evil.json' }], /\.\./],
  ['a path out of the folder, later', [{ name: 'aws/../../evil.json' }], /\.\./],
  ['an absolute path', [{ name: '/etc/cron.d/evil.json' }], /absolute path/],
  ['a path of Windows', [{ name: 'C:/evil.json' }], /absolute path/],
  ['a backslash', [{ name: 'aws\\evil.json' }], /invalid characters in fileName/],
  ['a hidden file', [{ name: '.npmrc.json' }], /letters, digits/],
  ['a line break', [{ name: 'aws/a\n::set-output name=x::y.json' }], /letters, digits/],
  ['an escape sequence', [{ name: 'aws/\u001b[2J.json' }], /letters, digits/],
  ['a command', [{ name: 'aws/$(id).json' }], /letters, digits/],
  ['a symbolic link', [{ name: 'aws/link.json', content: '/etc/passwd', mode: symbolicLink }], /link/],
  ['a device', [{ name: 'aws/null.json', mode: 0o020666 }], /special file/],
  ['the same path twice', [good, good], /twice/],
  ['two paths that a file system takes for one', [good, { name: 'AWS/data.template.json' }], /twice/],
  ['a file below a file', [good, { name: 'aws/data.template.json/x.json' }], /cannot be read/],
  ['an encrypted entry', [{ name: 'aws/a.json', flags: 1 }], /encrypted/],
  ['an unknown compression', [{ name: 'aws/a.json', method: 93 }], /compression/],
  ['a deep path', [{ name: `${'a/'.repeat(8)}b.json` }], /deeper/],
  ['a long path', [{ name: `${'a'.repeat(200)}.json` }], /longer/],
  [
    'an entry that lies about its size',
    [{ name: 'aws/a.json', content: 'x'.repeat(2_000), claimedSize: 10 }],
    /cannot be read/,
  ],
  ['no JSON at all', [{ name: 'aws/readme.txt' }], /synthesized nothing/],
  ['nothing', [], /synthesized nothing/],
])('%s is refused, and nothing stays', async (_, entries, message) => {
  const out = fresh();
  const attempt = unpackArtifact(zipOf(entries), out);
  await expect(attempt).rejects.toThrow(message);
  await expect(attempt).rejects.toThrow(ArtifactError);
  expect(existsSync(out)).toBe(false);
  expect(existsSync(join(scratch, 'evil.json'))).toBe(false);
});

test.each<[string, Partial<ArtifactLimits>, RegExp]>([
  ['bytes of the archive', { archiveBytes: 100 }, /too large, got: \d+ bytes of at most 100/],
  ['entries', { entries: 2 }, /More than 2 entries/],
  ['bytes of one file', { fileBytes: 4_999 }, /larger than 4999 bytes/],
  ['bytes of all files', { totalBytes: 9_999 }, /unpacks to more than 9999 bytes/],
])('one past the limit is refused: %s', async (_, limit, message) => {
  const entries = ['a', 'b', 'c'].map((name) => ({ name: `aws/${name}.json`, content: 'x'.repeat(5_000) }));
  await expect(unpackArtifact(zipOf(entries), fresh(), { ...artifactLimits, ...limit })).rejects.toThrow(message);
});

test('what is just within the limits is taken', async () => {
  const archive = zipOf([{ name: 'aws/a.json', content: 'x'.repeat(5_000) }]);
  const limits = { ...artifactLimits, archiveBytes: archive.length, entries: 1, fileBytes: 5_000, totalBytes: 5_000 };
  await expect(unpackArtifact(archive, fresh(), limits)).resolves.toEqual(['aws/a.json']);
});

test.each([
  ['no archive', Buffer.from('<html>not found</html>')],
  ['half an archive', zipOf([good]).subarray(0, 40)],
])('%s is refused', async (_, bytes) => {
  await expect(unpackArtifact(bytes, fresh())).rejects.toThrow(/The archive cannot be read/);
});

test('a folder that exists is never written into, and stays', async () => {
  const out = fresh();
  symlinkSync(scratch, out);
  await expect(unpackArtifact(zipOf([good]), out)).rejects.toThrow(/EEXIST/);
  expect(existsSync(join(scratch, 'aws'))).toBe(false);
});
