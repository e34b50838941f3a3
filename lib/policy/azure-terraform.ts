import { accountChecks } from './azure-checks/account';
import type { ResourceCheck, TerraformJson } from './azure-checks/check';
import { identityChecks } from './azure-checks/identity';
import { lifecycleChecks } from './azure-checks/lifecycle';
import { monitoringChecks } from './azure-checks/monitoring';
import { networkChecks } from './azure-checks/network';
import { checkProvider } from './azure-checks/provider';

export type { TerraformJson } from './azure-checks/check';

/**
 * Mistakes that azurerm 4.55.0 passes at validate and at plan, and ours to make: unlike the settings, they are written
 * in code. A value that is a reference is not judged where only Azure knows it.
 */
const checks: readonly ResourceCheck[] = [
  ...accountChecks,
  ...networkChecks,
  ...identityChecks,
  ...monitoringChecks,
  ...lifecycleChecks,
];

/**
 * Every mistake in synthesized Terraform JSON that neither validate nor plan would report.
 *
 * @returns one sentence per mistake, beginning with the resource's address
 */
export function checkAzureTerraform(json: TerraformJson): readonly string[] {
  const inResources = checks.flatMap(({ type, source, check }) => {
    const siblings = json.resource?.[type] ?? {};
    return Object.entries(siblings).flatMap(([id, resource]) => {
      const problem = check(resource, siblings, json);
      return problem ? [`${type}.${id}: ${problem}. Rule: ${source}`] : [];
    });
  });
  return [...inResources, ...(json.provider?.azurerm ?? []).flatMap(checkProvider)];
}
