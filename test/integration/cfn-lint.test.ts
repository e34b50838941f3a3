import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensurePythonEnvironment } from '../../lib/rehearsal/python-environment';
import { deliveryTemplate } from '../support/delivery';
import { estateTemplates, projectRoot } from '../support/estate';
import { links } from '../unit/azure/synthesize';
import { accessTemplate } from '../unit/stacks/azure-access';

const run = promisify(execFile);
const scratch = mkdtempSync(join(tmpdir(), 'huntaze-cfn-lint-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Finding {
  readonly Filename: string;
  readonly Level: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path: readonly unknown[] };
}

/** The environment has no `cfnlint.__main__`, and its script names the folder in which it was made. */
const runCfnLint = 'import sys; from cfnlint.runner import main; sys.exit(main())';

test('cfn-lint finds no error in any template of either posture', async () => {
  const python = await ensurePythonEnvironment({
    name: 'cfn-lint',
    requirements: join(projectRoot, 'lib/rehearsal/python/cfn-lint-requirements.txt'),
    directory: join(projectRoot, '.rehearsal'),
  });
  const written = new Map<string, string>();
  const write = (name: string, template: unknown): void => {
    const text = JSON.stringify(template);
    // Half of the stacks are the same in both postures: once is enough.
    if (written.has(text)) return;
    written.set(text, join(scratch, `${name}.json`));
    writeFileSync(join(scratch, `${name}.json`), text);
  };
  const linked = accessTemplate({ connectivity: { link: links.verified } }).toJSON();
  write('linked-azure-access', linked);
  write('huntaze-estate-delivery', deliveryTemplate());
  for (const posture of ['audited', 'hardened']) {
    for (const [stackName, template] of estateTemplates({ posture })) write(`${posture}-${stackName}`, template);
  }
  const output = join(scratch, 'findings.json');
  await run(python, [
    '-c',
    runCfnLint,
    '--format',
    'json',
    '--output-file',
    output,
    '--regions',
    'us-east-1',
    '--',
    ...written.values(),
  ]).catch(
    // Any finding, also a mere hint, ends with a status of its own; what counts is in the file.
    () => undefined,
  );
  const findings = JSON.parse(readFileSync(output, 'utf8')) as Finding[];
  expect(
    findings
      .filter(({ Level }) => Level === 'Error')
      .map(
        ({ Filename, Rule, Message, Location }) => `${Filename} ${Rule.Id} ${Message} at ${Location.Path.join('/')}`,
      ),
  ).toEqual([]);
}, 300_000);
