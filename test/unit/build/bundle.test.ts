import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { bundleFunctions, type FunctionEntry } from '../../../lib/build/bundle';
import { assertEdgeLimits } from '../../../lib/build/edge-limits';

const projectRoot = resolve(__dirname, '../../..');
const entries: readonly FunctionEntry[] = [
  { name: 'content-dispatcher', handler: 'index.handler' },
  { name: 'stripe-events-handler', handler: 'index.handler' },
  { name: 'rotate-ws-token', handler: 'index.handler' },
  { name: 'huntaze-viewer-request', handler: 'viewer-request.handler' },
  { name: 'huntaze-origin-response', handler: 'origin-response.handler' },
];
const edgeConfiguration = { region: 'us-east-1', userPoolId: 'us-east-1_Abc123', clientId: 'client-of-this-test' };

let scratch: string;
let outdir: string;
let folders: ReadonlyMap<string, string>;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'bundle-'));
  outdir = join(scratch, 'out');
  folders = bundleFunctions(entries, { projectRoot, outdir, edgeConfiguration });
});

afterAll(() => rmSync(scratch, { recursive: true }));

/** Path → text of all files of a bundled tree. */
function contents(tree: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(
    [...tree].flatMap(([name, folder]) =>
      readdirSync(folder).map((file) => [`${name}/${file}`, readFileSync(join(folder, file), 'utf8')]),
    ),
  );
}

const text = (name: string, file: string): string => readFileSync(join(folders.get(name) ?? '', file), 'utf8');

/** A checkout at another depth, its packages shared through a link. */
function copyOfProject(...place: string[]): string {
  const root = join(scratch, ...place);
  mkdirSync(root, { recursive: true });
  for (const path of ['lambda', 'lib/build', 'lib/estate', 'tsconfig.json']) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    cpSync(join(projectRoot, path), join(root, path), { recursive: true });
  }
  symlinkSync(join(projectRoot, 'node_modules'), join(root, 'node_modules'));
  return root;
}

test('each function has a folder with its module and the source map, and nothing else', () => {
  expect(Object.keys(contents(folders)).sort()).toEqual([
    'content-dispatcher/index.js',
    'content-dispatcher/index.js.map',
    'huntaze-origin-response/origin-response.js',
    'huntaze-origin-response/origin-response.js.map',
    'huntaze-viewer-request/viewer-request.js',
    'huntaze-viewer-request/viewer-request.js.map',
    'rotate-ws-token/index.js',
    'rotate-ws-token/index.js.map',
    'stripe-events-handler/index.js',
    'stripe-events-handler/index.js.map',
  ]);
  expect([...folders.values()].every((folder) => folder.startsWith(outdir))).toBe(true);
});

test.each(entries)('$name starts in plain Node and exports what its handler setting names', ({ name, handler }) => {
  const [module, exported] = handler.split('.');
  const program = `console.log(typeof require(${JSON.stringify(join(folders.get(name) ?? '', `${module}.js`))}).${exported})`;
  const printed = execFileSync(process.execPath, ['-e', program], {
    encoding: 'utf8',
    // As in the runtime, the SDK is found outside the package.
    env: { PATH: process.env.PATH, NODE_PATH: join(projectRoot, 'node_modules'), AWS_REGION: 'us-east-1' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  expect(printed.trim()).toBe('function');
});

test('the AWS SDK is left to the runtime', () => {
  expect(text('content-dispatcher', 'index.js')).toContain('require("@aws-sdk/client-sqs")');
  for (const map of Object.entries(contents(folders)).filter(([path]) => path.endsWith('.map'))) {
    expect(JSON.parse(map[1]).sources.filter((source: string) => /@aws-sdk|@smithy/.test(source))).toEqual([]);
  }
});

test('names of classes survive, as errors are told apart by them', () => {
  expect(text('huntaze-viewer-request', 'viewer-request.js')).toMatch(/"JwtExpiredError"/);
});

describe('source maps', () => {
  test.each(entries)('$name: paths from the root, no source text', ({ name, handler }) => {
    const module = handler.split('.')[0];
    const map = JSON.parse(text(name, `${module}.js.map`));
    expect(map.sources).toContain(`lambda/${name}/handler.ts`);
    expect(map.sources.filter((source: string) => !/^(lambda|lib|node_modules|<define:)/.test(source))).toEqual([]);
    expect(map.sourcesContent).toBeUndefined();
    expect(text(name, `${module}.js`)).not.toContain('sourceMappingURL');
  });
});

describe('deterministic', () => {
  test('a second pass gives the same bytes and leaves equal files alone', () => {
    const before = contents(folders);
    const file = join(folders.get('content-dispatcher') ?? '', 'index.js');
    const { ino, mtimeMs } = statSync(file);
    const again = bundleFunctions(entries, { projectRoot, outdir, edgeConfiguration });
    expect(contents(again)).toEqual(before);
    expect(statSync(file)).toMatchObject({ ino, mtimeMs });
  });

  test('the place of checkout and output does not matter, nor the order of the entries', () => {
    const near = copyOfProject('a');
    const far = copyOfProject('some', 'deeper', 'place');
    const fromNear = contents(
      bundleFunctions(entries, { projectRoot: near, outdir: join(near, '.build'), edgeConfiguration }),
    );
    const fromFar = contents(
      bundleFunctions([...entries].reverse(), {
        projectRoot: far,
        outdir: join(scratch, 'elsewhere'),
        edgeConfiguration,
      }),
    );
    expect(fromFar).toEqual(fromNear);
    expect(fromNear).toEqual(contents(folders));
  });

  test('no output holds the path of this checkout', () => {
    for (const content of Object.values(contents(folders))) expect(content).not.toContain(projectRoot);
  });
});

test('what an earlier run left does not stay', () => {
  const folder = folders.get('rotate-ws-token') ?? '';
  writeFileSync(join(folder, 'handler.js'), 'stale');
  mkdirSync(join(folder, 'old'));
  writeFileSync(join(folder, 'index.js'), 'stale');
  bundleFunctions(entries, { projectRoot, outdir, edgeConfiguration });
  expect(readdirSync(folder).sort()).toEqual(['index.js', 'index.js.map']);
  expect(text('rotate-ws-token', 'index.js')).not.toBe('stale');
  expect(readdirSync(outdir).sort()).toEqual(entries.map(({ name }) => name).sort());
});

describe('edge functions', () => {
  test('the configuration is built in where it is read', () => {
    const holders = Object.entries(contents(folders)).filter(([, content]) => content.includes('client-of-this-test'));
    expect(holders.map(([path]) => path)).toEqual(['huntaze-viewer-request/viewer-request.js']);
  });

  test('both keep the limits of Lambda@Edge', () => {
    assertEdgeLimits(folders.get('huntaze-viewer-request') ?? '', 'viewer-request');
    assertEdgeLimits(folders.get('huntaze-origin-response') ?? '', 'origin-response');
  });
});

describe('edge limits', () => {
  const folderWith = (content: string): string => {
    const folder = mkdtempSync(join(scratch, 'edge-'));
    writeFileSync(join(folder, 'index.js'), content);
    return folder;
  };

  test.each([
    ['just small enough', 'x'.repeat(1024 * 1024), 'viewer-request'],
    ['larger, for an origin event', 'x'.repeat(1024 * 1024 + 1), 'origin-response'],
  ] as const)('passes: %s', (_, content, eventType) => {
    expect(() => assertEdgeLimits(folderWith(content), eventType)).not.toThrow();
  });

  test.each([
    ['too large', 'x'.repeat(1024 * 1024 + 1), 'got: 1048577'],
    ['environment variables', 'const pool = process.env.USER_POOL_ID', 'got: process.env'],
    ['the AWS SDK', 'const sdk = require("@aws-sdk/client-ssm")', 'got: require("@aws-sdk/'],
  ])('throws: %s', (_, content, message) => {
    expect(() => assertEdgeLimits(folderWith(content), 'viewer-request')).toThrow(message);
  });
});

describe('throws when', () => {
  const options = () => ({ projectRoot, outdir: join(scratch, 'refused'), edgeConfiguration });

  test.each([
    [
      'a function has no code',
      [{ name: 'no-such-function', handler: 'index.handler' }],
      'lambda/no-such-function/handler.ts',
    ],
    ['a handler names no export', [{ name: 'rotate-ws-token', handler: 'index' }], 'got: index'],
    [
      'a handler leaves its folder',
      [{ name: 'rotate-ws-token', handler: '../index.handler' }],
      'got: ../index.handler',
    ],
    ['a name occurs twice', [entries[0], entries[0]], 'got twice: content-dispatcher'],
  ])('%s', (_, given, message) => {
    expect(() => bundleFunctions(given as FunctionEntry[], options())).toThrow(message);
    expect(existsSync(options().outdir)).toBe(false);
  });

  test('the edge configuration is half', () => {
    expect(() =>
      bundleFunctions(entries, { ...options(), edgeConfiguration: { region: 'us-east-1', clientId: 'c' } }),
    ).toThrow('userPoolId and clientId together');
  });

  test('a source does not compile', () => {
    const root = copyOfProject('broken');
    writeFileSync(join(root, 'lambda/rotate-ws-token/handler.ts'), 'export const handler = ;');
    expect(() => bundleFunctions(entries, { ...options(), projectRoot: root })).toThrow('Unexpected ";"');
  });
});
