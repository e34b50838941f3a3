import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePythonEnvironment } from '../../../lib/rehearsal/python-environment';

let directory: string;
let bin: string;
let requirements: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'python-environment-'));
  bin = join(directory, 'bin');
  mkdirSync(bin);
  requirements = join(directory, 'requirements.txt');
  writeFileSync(requirements, 'ministack==1.5.33 --hash=sha256:0\n');
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A python3 that answers as the shell lines say; it logs its calls. */
function fakePython(lines: { readonly version?: string; readonly modules?: string; readonly pip?: string }): void {
  const { version = '3.11.7', modules = 'exit 0', pip = 'exit 0' } = lines;
  const script = `#!/bin/sh
echo "$@" >> "${join(directory, 'calls')}"
case "$*" in
  *platform*) echo ${version} ;;
  *ensurepip*) ${modules} ;;
  *"-m venv"*) /bin/mkdir -p "$3/bin" && /bin/cp "$0" "$3/bin/python" ;;
  *pip*) ${pip} ;;
esac
`;
  writeFileSync(join(bin, 'python3'), script);
  chmodSync(join(bin, 'python3'), 0o755);
}

const calls = () => readFileSync(join(directory, 'calls'), 'utf8').trim().split('\n');
const ensure = (environment: NodeJS.ProcessEnv = {}) =>
  ensurePythonEnvironment({ name: 'test', requirements, directory, environment: { PATH: bin, ...environment } });

test.each<[string, () => void, RegExp]>([
  ['no python3', () => undefined, /needs python3 on the PATH, got: ENOENT\. .*(python3-venv|brew install)/],
  ['an old python3', () => fakePython({ version: '3.9.18' }), /needs Python 3\.10 or later, got: 3\.9\.18\./],
  ['no venv module', () => fakePython({ modules: 'exit 1' }), /venv module is missing.*(python3-venv|brew install)/],
  ['a download that fails', () => fakePython({ pip: 'echo no route >&2; exit 1' }), /failed, got:\nno route\nSee that/],
])('throws when there is: %s', async (_name, prepare, message) => {
  prepare();
  await expect(ensure()).rejects.toThrow(message);
  expect(readdirSync(directory).filter((name) => name.startsWith('venv-'))).toEqual([]);
});

test('an environment is made once, and again when its requirements change', async () => {
  fakePython({});
  const interpreter = await ensure();
  expect(existsSync(interpreter)).toBe(true);
  const installs = () => calls().filter((call) => call.includes('--require-hashes'));
  await ensure();
  expect(installs()).toHaveLength(1);
  writeFileSync(requirements, 'ministack==1.5.34 --hash=sha256:1\n');
  await ensure();
  expect(installs()).toHaveLength(2);
});

test('a half-made environment is made anew', async () => {
  fakePython({});
  mkdirSync(join(directory, 'venv-test', 'bin'), { recursive: true });
  writeFileSync(join(directory, 'venv-test', 'bin', 'python'), '');
  await ensure();
  expect(calls().filter((call) => call.includes('--require-hashes'))).toHaveLength(1);
});

test("no cloud credential of the caller's reaches pip", async () => {
  fakePython({ pip: `/usr/bin/env > "${join(directory, 'environment')}"` });
  await ensure({ AWS_SECRET_ACCESS_KEY: 'secret', AZURE_CLIENT_SECRET: 'secret', HTTPS_PROXY: 'http://proxy' });
  const seen = readFileSync(join(directory, 'environment'), 'utf8');
  expect(seen).toContain('HTTPS_PROXY=http://proxy');
  expect(seen).not.toContain('secret');
});
