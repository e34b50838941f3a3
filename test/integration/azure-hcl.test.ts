import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { azureResources } from '../../lib/estate/azure';
import { projectRoot } from '../support/estate';

jest.setTimeout(120_000);

const scratch = mkdtempSync(join(tmpdir(), 'huntaze-hcl-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The shortest way out of CDKTF: what it leaves is Terraform's own language. */
test('synth --hcl writes every resource of the inventory as a block', () => {
  execFileSync(
    process.execPath,
    [require.resolve('cdktf-cli/bundle/bin/cdktf'), 'synth', '--hcl', '--output', scratch],
    {
      cwd: projectRoot,
      env: { ...process.env, CHECKPOINT_DISABLE: '1' },
      stdio: 'pipe',
    },
  );
  const text = readFileSync(join(scratch, 'stacks', 'huntaze-azure', 'cdk.tf'), 'utf8');
  // Both are what CDKTF itself gets wrong.
  expect(text).toContain('required_version = ">= 1.5.0, < 2.0.0"');
  expect(text).toMatch(/replace_triggered_by = \[\s+azurerm_/);
  const blocks = [...text.matchAll(/^resource "([^"]+)" "([^"]+)"/gm)].map(([, type, id]) => `${type}.${id}`);
  expect(blocks).toEqual(expect.arrayContaining(azureResources.map(({ address }) => address)));
});
