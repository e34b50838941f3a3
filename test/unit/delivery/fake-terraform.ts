import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the fake plans: something of each kind, and a value that nobody may see. */
const planJson = {
  resource_changes: [
    { address: 'azurerm_resource_group.group', change: { actions: ['no-op'] } },
    { address: 'azurerm_cognitive_deployment.premium', change: { actions: ['create'], after: { secret: 'hunter2' } } },
    { address: 'azurerm_monitor_metric_alert.errors', change: { actions: ['update'] } },
    { address: 'azurerm_private_endpoint.endpoint', change: { actions: ['delete', 'create'] } },
    { address: 'azurerm_dns_record.old', change: { actions: ['delete'] } },
  ],
};

export interface FakeTerraformOptions {
  /** Exit code of `plan`. @default 2, something to do */
  readonly planCode?: number;
  /** Exit code of every plan after an apply. @default that of the first */
  readonly laterPlanCode?: number;
  /** @default 0 */
  readonly applyCode?: number;
}

export interface FakeTerraform {
  readonly binary: string;
  /** Folder and arguments of each call. */
  readonly calls: () => string[];
}

export const savedPlanText = 'the saved plan';

/** A program that records how it was called and answers as Terraform documents it. It is not Terraform. */
export function fakeTerraform(
  scratch: string,
  { planCode = 2, laterPlanCode = planCode, applyCode = 0 }: FakeTerraformOptions = {},
): FakeTerraform {
  const folder = mkdtempSync(join(scratch, 'bin-'));
  const binary = join(folder, 'terraform');
  const log = join(folder, 'calls');
  writeFileSync(log, '');
  writeFileSync(
    binary,
    `#!${process.execPath}
const { appendFileSync, existsSync, writeFileSync } = require('node:fs');
const args = process.argv.slice(2);
appendFileSync(${JSON.stringify(log)}, [process.cwd(), ...args].join(' ') + '\\n');
if (args[0] === 'plan') {
  const out = args.find((arg) => arg.startsWith('-out=')).slice(5);
  writeFileSync(out, ${JSON.stringify(savedPlanText)});
  console.log('Plan: 1 to add');
  process.exit(existsSync(${JSON.stringify(`${log}.applied`)}) ? ${laterPlanCode} : ${planCode});
}
if (args[0] === 'show' && args[1] === '-json') console.log(${JSON.stringify(JSON.stringify(planJson))});
else if (args[0] === 'show') console.log('# azurerm_cognitive_deployment.premium will be created (sensitive value)');
if (args[0] === 'apply') {
  writeFileSync(${JSON.stringify(`${log}.applied`)}, '');
  if (${applyCode} !== 0) console.error('Error: Saved plan is stale');
  process.exit(${applyCode});
}
`,
  );
  chmodSync(binary, 0o755);
  return { binary, calls: () => readFileSync(log, 'utf8').trim().split('\n').filter(Boolean) };
}
