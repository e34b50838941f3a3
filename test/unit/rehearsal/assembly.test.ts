import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertSelfContained } from '../../../lib/rehearsal/assembly';

let root: string;

beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), 'assembly-')), 'cdk.out');
  const stage = join(root, 'assembly-Foreign');
  mkdirSync(stage, { recursive: true });
  for (const directory of [root, stage]) {
    writeFileSync(join(directory, 'manifest.json'), '{}');
    writeFileSync(join(directory, 'cdk.out'), '{}');
  }
  mkdirSync(join(root, 'asset.one'));
  assets(root, { one: 'asset.one' });
  assets(stage, { one: '../asset.one' });
});

afterEach(() => rmSync(join(root, '..'), { recursive: true, force: true }));

function assets(directory: string, paths: Record<string, string>, dockerImages: object = {}): void {
  const files = Object.fromEntries(Object.entries(paths).map(([id, path]) => [id, { source: { path } }]));
  writeFileSync(join(directory, 'Stack.assets.json'), JSON.stringify({ files, dockerImages }));
}

test.each([
  ['a whole assembly', ''],
  ['a Stage, which shares the assets of the whole', 'assembly-Foreign'],
])('%s passes', (_name, folder) => {
  expect(() => assertSelfContained(join(root, folder))).not.toThrow();
});

test.each<[string, () => void, RegExp]>([
  [
    'an asset outside',
    () => assets(root, { one: '../..' }),
    /asset outside its assembly, got: .*\. Synthesize into an empty/,
  ],
  ['an asset that is gone', () => assets(root, { one: 'asset.two' }), /asset outside its assembly, got: .*asset\.two/],
  [
    'an asset outside in a Stage',
    () => assets(join(root, 'assembly-Foreign'), { one: '../../..' }),
    /assembly-Foreign.*outside/,
  ],
  ['a link to the outside', () => symlinkSync(tmpdir(), join(root, 'asset.link')), /asset\.link/],
  ['a Docker image', () => assets(root, {}, { image: {} }), /wants Docker images, got: image/],
  ['no assembly', () => rmSync(join(root, 'manifest.json')), /manifest\.json is missing.*cdk synth/],
])('throws when there is: %s', (_name, prepare, message) => {
  prepare();
  if (message.source.includes('link')) assets(root, { one: 'asset.link' });
  expect(() => assertSelfContained(root)).toThrow(message);
});
