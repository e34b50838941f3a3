import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { AssemblyError } from './assembly';

const treeSchema = z
  .object({ resource: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}) })
  .loose();

type Arguments = Readonly<Record<string, unknown>>;

/** What `azure.importFrom` of the settings takes, and what only the subscription knows. */
export interface AzureImports {
  /** Azure resource id by address, `azurerm_resource_group.group`. */
  readonly importFrom: Readonly<Record<string, string>>;
  readonly questions: readonly { readonly address: string; readonly question: string }[];
}

/** Where the id of a type hangs: below its group, or below another resource that an argument names. */
type Shape =
  | { readonly below: 'group'; readonly type: string }
  | { readonly below: string; readonly type: string; readonly separator?: '|' }
  | { readonly asked: string };

const inGroup = (type: string): Shape => ({ below: 'group', type });

/** Shapes of resource ids, from the "Import" section of each resource in the documentation of azurerm 4.55.0. */
const shapes: Readonly<Record<string, Shape>> = {
  azurerm_application_insights: inGroup('Microsoft.Insights/components'),
  azurerm_application_insights_workbook: inGroup('Microsoft.Insights/workbooks'),
  azurerm_cognitive_account: inGroup('Microsoft.CognitiveServices/accounts'),
  azurerm_cognitive_account_rai_policy: { below: 'cognitive_account_id', type: 'raiPolicies' },
  azurerm_cognitive_deployment: { below: 'cognitive_account_id', type: 'deployments' },
  azurerm_consumption_budget_resource_group: {
    below: 'resource_group_id',
    type: 'providers/Microsoft.Consumption/budgets',
  },
  azurerm_federated_identity_credential: { below: 'parent_id', type: 'federatedIdentityCredentials' },
  azurerm_local_network_gateway: inGroup('Microsoft.Network/localNetworkGateways'),
  azurerm_log_analytics_workspace: inGroup('Microsoft.OperationalInsights/workspaces'),
  azurerm_management_lock: { below: 'scope', type: 'providers/Microsoft.Authorization/locks' },
  azurerm_monitor_action_group: inGroup('Microsoft.Insights/actionGroups'),
  azurerm_monitor_diagnostic_setting: { below: 'target_resource_id', type: '', separator: '|' },
  azurerm_monitor_metric_alert: inGroup('Microsoft.Insights/metricAlerts'),
  azurerm_private_dns_zone: inGroup('Microsoft.Network/privateDnsZones'),
  azurerm_private_dns_zone_virtual_network_link: { below: 'private_dns_zone_name', type: 'virtualNetworkLinks' },
  azurerm_private_endpoint: inGroup('Microsoft.Network/privateEndpoints'),
  azurerm_public_ip: inGroup('Microsoft.Network/publicIPAddresses'),
  azurerm_role_assignment: {
    asked: 'az role assignment list --scope <account id> --query "[].[id,principalId,roleDefinitionName]" -o table',
  },
  azurerm_subnet: { below: 'virtual_network_name', type: 'subnets' },
  azurerm_user_assigned_identity: inGroup('Microsoft.ManagedIdentity/userAssignedIdentities'),
  azurerm_virtual_network: inGroup('Microsoft.Network/virtualNetworks'),
  azurerm_virtual_network_gateway: inGroup('Microsoft.Network/virtualNetworkGateways'),
  azurerm_virtual_network_gateway_connection: inGroup('Microsoft.Network/connections'),
};

/**
 * Azure resource ids of everything in a synthesized tree: names and nesting are in the tree, the subscription is given.
 *
 * @param directory a `cdktf.out`
 * @throws AssemblyError when the folder holds no synthesized Terraform JSON
 */
export function azureImports(directory: string, subscription: string): AzureImports {
  const resources = new Map<string, Arguments>();
  for (const path of terraformFiles(resolve(directory))) {
    const { resource } = read(path);
    for (const [type, ofType] of Object.entries(resource)) {
      for (const [name, given] of Object.entries(ofType)) resources.set(`${type}.${name}`, given);
    }
  }
  const importFrom: Record<string, string> = {};
  const questions: { address: string; question: string }[] = [];
  for (const address of [...resources.keys()].sort()) {
    const id = idOf(address, resources, subscription);
    if (typeof id === 'string') importFrom[address] = id;
    else questions.push({ address, question: id.question });
  }
  return { importFrom, questions };
}

function idOf(
  address: string,
  resources: ReadonlyMap<string, Arguments>,
  subscription: string,
): string | { readonly question: string } {
  const type = address.slice(0, address.indexOf('.'));
  const given = resources.get(address) ?? {};
  const name = String(given.name);
  if (type === 'azurerm_resource_group') return `/subscriptions/${subscription}/resourceGroups/${name}`;
  const shape = shapes[type];
  if (shape === undefined) return { question: `The id of ${type} is not known here: copy it from the portal.` };
  if ('asked' in shape) return { question: `Only the subscription knows it: ${shape.asked}` };
  const parent = parentOf(
    shape.below === 'group' ? given.resource_group_name : given[shape.below],
    resources,
    subscription,
  );
  if (parent === undefined) return { question: `What ${address} belongs to is not in this tree.` };
  if (shape.below === 'group') return `${parent}/providers/${shape.type}/${name}`;
  return 'separator' in shape && shape.separator
    ? `${parent}${shape.separator}${name}`
    : `${parent}/${shape.type}/${name}`;
}

/** Id of the resource that an expression such as `${azurerm_resource_group.group.name}` refers to. */
function parentOf(
  expression: unknown,
  resources: ReadonlyMap<string, Arguments>,
  subscription: string,
): string | undefined {
  const [, address] = String(expression).match(/^\$\{([\w-]+\.[\w-]+)\.\w+\}$/) ?? [];
  if (address === undefined || !resources.has(address)) return undefined;
  const id = idOf(address, resources, subscription);
  return typeof id === 'string' ? id : undefined;
}

function terraformFiles(directory: string): string[] {
  const below = (folder: string): string[] =>
    readdirSync(folder)
      .sort()
      .flatMap((name) => {
        const path = join(folder, name);
        if (statSync(path).isDirectory()) return below(path);
        return name === 'cdk.tf.json' ? [path] : [];
      });
  const found = existsSync(directory) ? below(directory) : [];
  if (found.length === 0) {
    throw new AssemblyError(`No synthesized Terraform here, got: ${directory}. Run \`npx cdktf synth\` first.`);
  }
  return found;
}

function read(path: string): z.infer<typeof treeSchema> {
  try {
    return treeSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new AssemblyError(
      `Not what CDKTF writes, got: ${path} (${error instanceof Error ? error.message : error}). Synthesize it again.`,
    );
  }
}
