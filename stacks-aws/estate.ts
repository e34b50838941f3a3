import type { App, Stack } from 'aws-cdk-lib';
import { estateRows } from '../lib/estate';
import { isDeliverer } from '../lib/estate/delivery';
import type { AccountSettings } from '../lib/estate/settings';
import { validateEstate } from '../lib/estate/validate';
import { AzureAccessStack } from './azure-access';
import { ComputeStack } from './compute';
import { DataStack } from './data';
import { DeliveryStage } from './delivery';
import { EdgeStack } from './edge';
import { ForeignStage } from './foreign';
import { type FunctionCode, FunctionsStack } from './functions';
import { MessagingStack } from './messaging';
import { MonitoringStack } from './monitoring';
import { NetworkStack } from './network';
import { SecretsStack } from './secrets';
import { StorageStack } from './storage';

export interface EstateProps {
  readonly settings: AccountSettings;
  readonly code: FunctionCode;
}

/**
 * Every stack of the estate on AWS, in the order in which they deploy.
 *
 * @throws InventoryError when a row could not be deployed
 */
export function buildEstate(app: App, { settings, code }: EstateProps): void {
  validateEstate(estateRows);
  const network = new NetworkStack(app, 'network', { settings });
  const secrets = new SecretsStack(app, 'secrets', { settings });
  const messaging = new MessagingStack(app, 'messaging', { settings });
  const edge = new EdgeStack(app, 'edge', { settings, code });
  const storage = new StorageStack(app, 'storage', { settings });
  const data = new DataStack(app, 'data', { settings });
  const compute = new ComputeStack(app, 'compute', { settings });
  const functions = new FunctionsStack(app, 'functions', { settings, code });
  const azureAccess = new AzureAccessStack(app, 'azure-access', { settings });
  const monitoring = new MonitoringStack(app, 'monitoring', { settings });
  new ForeignStage(app, 'foreign', { settings });
  if (isDeliverer(settings.delivery)) new DeliveryStage(app, 'delivery', { settings, delivery: settings.delivery });

  dependsOn(storage, [edge]);
  dependsOn(data, [network, secrets]);
  dependsOn(compute, [network, secrets, messaging]);
  dependsOn(functions, [messaging, secrets, data, compute]);
  dependsOn(azureAccess, [compute, functions]);
  dependsOn(monitoring, [messaging, data, compute, functions, edge]);
}

/** Stacks read what others published by name, which CDK cannot see: the order is said here. */
function dependsOn(stack: Stack, others: readonly Stack[]): void {
  for (const other of others) stack.addStackDependency(other, 'reads what it published');
}
