import { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import type { Construct } from 'constructs';
import { type AzureSettings, azureNames } from '../lib/estate/azure-settings';

/**
 * The resource group. It refuses to be destroyed: a change of region plans only the group as replaced, while
 * everything in it would go.
 */
export const group = (scope: Construct, settings: AzureSettings): ResourceGroup =>
  new ResourceGroup(scope, 'group', {
    name: azureNames(settings).resourceGroup,
    location: settings.location,
    tags: settings.tags,
    lifecycle: { preventDestroy: true },
  });
