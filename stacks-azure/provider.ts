import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import type { TerraformStack } from 'cdktf';
import type { AzureSettings } from '../lib/estate/azure-settings';

/** Import blocks need 1.5; nobody has tried a second major version. */
export const terraformVersions = '>= 1.5.0, < 2.0.0';

/**
 * The provider with the defaults turned round that would lose something or write where one only wants to look.
 * Without a subscription in the settings, Terraform takes ARM_SUBSCRIPTION_ID when it plans.
 */
export function configureProvider(stack: TerraformStack, { subscriptionId }: AzureSettings): AzurermProvider {
  stack.addOverride('terraform.required_version', terraformVersions);
  return new AzurermProvider(stack, 'azurerm', {
    subscriptionId,
    // By default even a plan registers providers in the subscription. Without that, Microsoft.CognitiveServices,
    // Microsoft.Insights, Microsoft.Network and Microsoft.OperationalInsights must be registered before the first apply.
    resourceProviderRegistrations: 'none',
    features: [
      {
        // A destroyed account stays recoverable for 48 hours; purging gives that up.
        cognitiveAccount: [{ purgeSoftDeleteOnDestroy: false }],
        logAnalyticsWorkspace: [{ permanentlyDeleteOnDestroy: false }],
        resourceGroup: [{ preventDeletionIfContainsResources: true }],
        // Azure adds a rule and an action group of its own to every Application Insights, which no state knows.
        applicationInsights: [{ disableGeneratedRule: true }],
      },
    ],
  });
}
