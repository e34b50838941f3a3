import { CognitiveAccount, type CognitiveAccountConfig } from '@cdktf/provider-azurerm/lib/cognitive-account';
import type { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import { Construct } from 'constructs';
import { type AzureEstate, publicAccessOf } from '../lib/estate/azure-estate';
import type { AzureRegion } from '../lib/estate/azure-settings';

export interface OpenAiAccountProps {
  readonly estate: AzureEstate;
  readonly region: AzureRegion;
  readonly resourceGroup: ResourceGroup;
}

/**
 * An Azure OpenAI account: keys off, so that every caller has an identity.
 *
 * It refuses to be destroyed, because its name, subdomain, kind and region replace it, and with it the host name that
 * AWS calls and every deployment.
 */
export class OpenAiAccount extends Construct {
  readonly resource: CognitiveAccount;

  constructor(scope: Construct, id: string, { estate, region, resourceGroup }: OpenAiAccountProps) {
    super(scope, id);
    this.resource = new CognitiveAccount(this, 'openai', {
      name: region.accountName,
      resourceGroupName: resourceGroup.name,
      location: region.location,
      kind: 'OpenAI',
      skuName: 'S0',
      customSubdomainName: region.subdomain,
      localAuthEnabled: false,
      identity: { type: 'SystemAssigned' },
      ...publicAccess(estate),
      tags: estate.settings.tags,
      lifecycle: { preventDestroy: true },
    });
  }
}

type PublicAccessConfig = Required<Pick<CognitiveAccountConfig, 'publicNetworkAccessEnabled' | 'networkAcls'>>;

/** What each mode means for the account's firewall; both properties are always written, since both default to open. */
function publicAccess(estate: AzureEstate): PublicAccessConfig {
  switch (publicAccessOf(estate)) {
    case 'identity':
      return { publicNetworkAccessEnabled: true, networkAcls: { defaultAction: 'Allow', bypass: 'None' } };
    case 'allow-list':
      return {
        publicNetworkAccessEnabled: true,
        networkAcls: {
          defaultAction: 'Deny',
          bypass: 'None',
          ipRules: estate.settings.connectivity.allowedAddresses,
        },
      };
    case 'off':
      return { publicNetworkAccessEnabled: false, networkAcls: { defaultAction: 'Deny', bypass: 'None' } };
  }
}
