import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textHash } from '../../../lib/delivery/archive';
import { RefusedError } from '../../../lib/delivery/target';
import {
  applyPlan,
  assertLockingBackend,
  leftToChange,
  savePlan,
  synthesizedFile,
  writePrivately,
} from '../../../lib/delivery/terraform';
import { fakeTerraform as makeFake } from './fake-terraform';

const scratch = mkdtempSync(join(tmpdir(), 'estate-terraform-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const azurerm = { azurerm: { storage_account_name: 'state', use_azuread_auth: true } };
let count = 0;

/** Folder of a synthesized stack. */
function stack(backend: unknown = azurerm): string {
  const directory = join(scratch, `stack-${count++}`);
  mkdirSync(directory);
  writeFileSync(join(directory, synthesizedFile), JSON.stringify({ terraform: { backend } }));
  return directory;
}

const fakeTerraform = (how: Parameters<typeof makeFake>[1] = {}) => makeFake(scratch, how);

const options = (binary: string, directory: string, output: string[] = []) => ({
  binary,
  directory,
  env: { PATH: process.env.PATH },
  onOutput: (text: string) => void output.push(text),
});

describe('the backend', () => {
  test.each([
    ['azurerm', azurerm],
    ['s3', { s3: { bucket: 'b', use_lockfile: true, encrypt: true } }],
  ])('%s locks', (kind, backend) => {
    expect(assertLockingBackend(stack(backend))).toBe(kind);
  });

  test.each([
    ['local', { local: { path: '../terraform.tfstate' } }],
    ['s3 without a lock', { s3: { bucket: 'b', encrypt: true } }],
    ['s3 without encryption', { s3: { bucket: 'b', use_lockfile: true } }],
    ['http', { http: { address: 'https://state.example' } }],
    ['none', undefined],
  ])('%s is refused before Terraform is called', async (_, backend) => {
    const { binary, calls } = fakeTerraform();
    const directory = stack(backend ?? {});
    await expect(savePlan(options(binary, directory), join(directory, 'plan'))).rejects.toThrow(RefusedError);
    await expect(applyPlan(options(binary, directory), join(directory, 'plan'), 'x')).rejects.toThrow(RefusedError);
    expect(calls()).toEqual([]);
  });

  test('a folder without a synthesized stack says what to run', () => {
    expect(() => assertLockingBackend(scratch)).toThrow(/cdk\.tf\.json is missing\)\. Run npm run ci:synth/);
  });
});

describe('plan', () => {
  test('is made in the folder of the stack, saved, shown, and known by the hash of its bytes', async () => {
    const { binary, calls } = fakeTerraform();
    const directory = stack();
    const file = join(directory, 'plan.tfplan');
    const saved = await savePlan(options(binary, directory), file);
    expect(saved).toEqual({
      changes: true,
      hash: textHash('the saved plan'),
      text: expect.stringContaining('will be created (sensitive value)'),
      summary: {
        create: ['azurerm_cognitive_deployment.premium'],
        update: ['azurerm_monitor_metric_alert.errors'],
        replace: ['azurerm_private_endpoint.endpoint'],
        destroy: ['azurerm_dns_record.old'],
      },
    });
    expect(calls()).toEqual([
      `${directory} init -input=false -no-color`,
      `${directory} plan -input=false -no-color -lock-timeout=5m -detailed-exitcode -out=${file}`,
      `${directory} show -no-color ${file}`,
      `${directory} show -json ${file}`,
    ]);
  });

  test('the provider’s lock file is held to, where there is one', async () => {
    const { binary, calls } = fakeTerraform();
    const directory = stack();
    writeFileSync(join(directory, '.terraform.lock.hcl'), '');
    await savePlan(options(binary, directory), join(directory, 'p'));
    expect(calls()[0]).toContain('init -input=false -no-color -lockfile=readonly');
  });

  test('no value of the plan reaches the log or what is shown', async () => {
    const { binary } = fakeTerraform();
    const directory = stack();
    const output: string[] = [];
    const saved = await savePlan(options(binary, directory, output), join(directory, 'p'));
    expect(output.join('')).toContain('Plan: 1 to add');
    expect(output.join('') + JSON.stringify(saved)).not.toContain('hunter2');
  });

  test('a failure stops with the end of the output', async () => {
    const { binary } = fakeTerraform({ planCode: 1 });
    const directory = stack();
    await expect(savePlan(options(binary, directory), join(directory, 'p'))).rejects.toThrow(
      /terraform plan ended with 1:\nPlan: 1 to add/,
    );
  });

  test.each([
    [0, undefined],
    [2, expect.objectContaining({ destroy: ['azurerm_dns_record.old'] })],
  ])('exit code %i: what is left to change', async (planCode, left) => {
    const { binary } = fakeTerraform({ planCode });
    await expect(leftToChange(options(binary, stack()))).resolves.toEqual(left);
  });
});

describe('apply', () => {
  test('applies exactly the approved file', async () => {
    const { binary, calls } = fakeTerraform();
    const directory = stack();
    const file = join(directory, 'approved.tfplan');
    writePrivately(file, Buffer.from('the saved plan'));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await applyPlan(options(binary, directory), file, textHash('the saved plan'));
    expect(calls().at(-1)).toBe(`${directory} apply -input=false -no-color -lock-timeout=5m ${file}`);
  });

  test('another file is refused before Terraform is called', async () => {
    const { binary, calls } = fakeTerraform();
    const directory = stack();
    const file = join(directory, 'other.tfplan');
    writePrivately(file, Buffer.from('another plan'));
    await expect(applyPlan(options(binary, directory), file, textHash('the saved plan'))).rejects.toThrow(
      /not the approved one/,
    );
    expect(calls()).toEqual([]);
  });

  test('a plan that Terraform finds stale fails with its words', async () => {
    const { binary } = fakeTerraform({ applyCode: 1 });
    const directory = stack();
    const file = join(directory, 'stale.tfplan');
    writePrivately(file, Buffer.from('the saved plan'));
    await expect(applyPlan(options(binary, directory), file, textHash('the saved plan'))).rejects.toThrow(
      /Saved plan is stale/,
    );
  });
});

test('a program that is not there is named', async () => {
  const directory = stack();
  await expect(savePlan(options(join(scratch, 'no-terraform'), directory), 'p')).rejects.toThrow(
    /no-terraform cannot be started, got: .*ENOENT/,
  );
});
