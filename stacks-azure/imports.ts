import { TerraformResource, type TerraformStack } from 'cdktf';
import type { AzureSettings } from '../lib/estate/azure-settings';

/**
 * Takes over what exists already: an import block for each address of the settings.
 *
 * @throws for an address that the stack does not have
 */
export function importExisting(stack: TerraformStack, { importFrom }: AzureSettings): void {
  const resources = new Map(
    stack.node
      .findAll()
      .filter((node) => TerraformResource.isTerraformResource(node))
      .map((resource) => [`${resource.terraformResourceType}.${resource.friendlyUniqueId}`, resource]),
  );
  for (const [address, id] of Object.entries(importFrom)) {
    const resource = resources.get(address);
    if (resource === undefined) {
      throw new Error(
        `azure.importFrom names no resource of the stack, got: ${address}. Known: ${[...resources.keys()].sort().join(', ')}.`,
      );
    }
    // On every generated resource class, though not on their common base.
    (resource as TerraformResource & { importFrom(resourceId: string): void }).importFrom(id);
  }
}
