import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const oldestPython = [3, 10] as const;
const stampName = 'requirements.sha256';
/** Milliseconds. A first installation took ten seconds; slow networks get more. */
const installTimeout = 5 * 60_000;

export interface PythonEnvironmentOptions {
  /** The environment's folder is called `venv-<name>`. */
  readonly name: string;
  /** Path of a requirements file with hashes. */
  readonly requirements: string;
  /** Ignored folder that holds the environments. */
  readonly directory: string;
  /** @default process.env */
  readonly environment?: NodeJS.ProcessEnv;
  readonly onProgress?: (line: string) => void;
}

/**
 * Makes a Python environment that holds exactly the given requirements, or takes the one of an earlier call.
 *
 * @returns the path of its interpreter.
 * @throws when Python or its venv module is missing or too old, and when the installation fails; each says what to do.
 */
export async function ensurePythonEnvironment(options: PythonEnvironmentOptions): Promise<string> {
  const environment = withoutCloudVariables(options.environment ?? process.env);
  const finished = join(options.directory, `venv-${options.name}`);
  const version = await pythonVersion(environment);
  const stamp = createHash('sha256').update(version).update(readFileSync(options.requirements)).digest('hex');
  const interpreter = join(finished, 'bin', 'python');
  if (hasStamp(finished, stamp) && existsSync(interpreter)) return interpreter;

  await assertVenvModule(environment);
  options.onProgress?.(`Installing the Python environment ${options.name} (Python ${version}), once.`);
  // Made apart and renamed, so that neither an interruption nor a second process leaves half of it in place.
  const partial = `${finished}.partial-${process.pid}`;
  mkdirSync(options.directory, { recursive: true });
  rmSync(partial, { recursive: true, force: true });
  try {
    await install(partial, options.requirements, environment);
    writeFileSync(join(partial, stampName), stamp);
    if (!hasStamp(finished, stamp)) {
      rmSync(finished, { recursive: true, force: true });
      renameSync(partial, finished);
    }
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return interpreter;
}

function hasStamp(directory: string, stamp: string): boolean {
  const path = join(directory, stampName);
  return existsSync(path) && readFileSync(path, 'utf8') === stamp;
}

async function pythonVersion(environment: NodeJS.ProcessEnv): Promise<string> {
  const version = await run('python3', ['-c', 'import platform; print(platform.python_version())'], {
    env: environment,
  }).then(
    ({ stdout }) => stdout.trim(),
    (error: NodeJS.ErrnoException) => {
      throw new Error(
        `The rehearsal needs python3 on the PATH, got: ${error.code ?? error.message}. ${howToInstall()}`,
      );
    },
  );
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major !== oldestPython[0] || minor < oldestPython[1]) {
    throw new Error(
      `The rehearsal needs Python ${oldestPython.join('.')} or later, got: ${version}. ${howToInstall()}`,
    );
  }
  return version;
}

async function assertVenvModule(environment: NodeJS.ProcessEnv): Promise<void> {
  // Debian splits ensurepip off: without it, `python3 -m venv` fails half-way.
  await run('python3', ['-c', 'import ensurepip, venv'], { env: environment }).catch(() => {
    throw new Error(`Python's venv module is missing, got: a python3 without venv or ensurepip. ${howToInstall()}`);
  });
}

async function install(directory: string, requirements: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const interpreter = join(directory, 'bin', 'python');
  const steps: readonly (readonly [string, readonly string[]])[] = [
    ['python3', ['-m', 'venv', directory]],
    [
      interpreter,
      [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--no-input',
        '--disable-pip-version-check',
        '--require-hashes',
        '-r',
        requirements,
      ],
    ],
  ];
  for (const [command, args] of steps) {
    await run(command, [...args], { env: environment, timeout: installTimeout }).catch((error: { stderr?: string }) => {
      const tail = (error.stderr ?? String(error)).trim().split('\n').slice(-10).join('\n');
      throw new Error(
        `Installing ${requirements} failed, got:\n${tail}\nSee that Python packages can be downloaded, then run again.`,
      );
    });
  }
}

function howToInstall(): string {
  return process.platform === 'darwin'
    ? 'Install it with `brew install python@3.13` or from python.org.'
    : 'On Debian or Ubuntu: `apt install python3 python3-venv`; elsewhere install Python 3 with its venv module.';
}

/** pip needs the caller's network settings and nothing else of theirs. */
function withoutCloudVariables(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = /^(AWS_|AZURE_|ARM_|PYTHONPATH$|PYTHONHOME$)/;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !foreign.test(name)));
}
