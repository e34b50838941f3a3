import { CognitiveAccount, type CognitiveAccountConfig } from '@cdktf/provider-azurerm/lib/cognitive-account';
import type { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import { Construct } from 'constructs';
import type { AzureSettings } from '../lib/estate/azure-settings';

export interface OpenAiAccountProps {
  readonly settings: AzureSettings;
  readonly resourceGroup: ResourceGroup;
}

/**
 * The Azure OpenAI account: keys off, so that every caller has an identity.
 *
 * It refuses to be destroyed, because its name, subdomain, kind and region replace it, and with it the host name that
 * AWS calls and every deployment.
 */
export class OpenAiAccount extends Construct {
  readonly resource: CognitiveAccount;

  constructor(scope: Construct, id: string, { settings, resourceGroup }: OpenAiAccountProps) {
    super(scope, id);
    this.resource = new CognitiveAccount(this, 'openai', {
      name: settings.accountName,
      resourceGroupName: resourceGroup.name,
      location: resourceGroup.location,
      kind: 'OpenAI',
      skuName: 'S0',
      customSubdomainName: settings.subdomain,
      localAuthEnabled: false,
      identity: { type: 'SystemAssigned' },
      ...publicAccess(settings.connectivity),
      tags: settings.tags,
      lifecycle: { preventDestroy: true },
    });
  }
}

type PublicAccess = Required<Pick<CognitiveAccountConfig, 'publicNetworkAccessEnabled' | 'networkAcls'>>;

/** What each mode means for the account's firewall; both properties are always written, since both default to open. */
function publicAccess({ publicAccess: mode, allowedAddresses }: AzureSettings['connectivity']): PublicAccess {
  switch (mode) {
    case 'identity':
      return { publicNetworkAccessEnabled: true, networkAcls: { defaultAction: 'Allow', bypass: 'None' } };
    case 'allow-list':
      return {
        publicNetworkAccessEnabled: true,
        networkAcls: { defaultAction: 'Deny', bypass: 'None', ipRules: allowedAddresses },
      };
    case 'off':
      return { publicNetworkAccessEnabled: false, networkAcls: { defaultAction: 'Deny', bypass: 'None' } };
  }
}
