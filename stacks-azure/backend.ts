import { AzurermBackend, LocalBackend, type TerraformStack } from 'cdktf';
import type { AzureSettings } from '../lib/estate/azure-settings';

/** Where the state is kept. It holds no key of Azure OpenAI, but the key of the tunnels once they stand. */
export function configureBackend(stack: TerraformStack, { backend }: AzureSettings): void {
  if (backend.kind === 'local') {
    // The default is an absolute path, which would differ from machine to machine; this one is read from the folder
    // that Terraform runs in, and leads to the root of the repository.
    new LocalBackend(stack, { path: `../../../terraform.${stack.node.id}.tfstate` });
    return;
  }
  const { resourceGroupName, storageAccountName, containerName, key } = backend;
  // Entra instead of the storage account's keys, which the bootstrap switches off.
  new AzurermBackend(stack, { resourceGroupName, storageAccountName, containerName, key, useAzureadAuth: true });
}
