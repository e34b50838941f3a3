import type { CognitiveAccount } from '@cdktf/provider-azurerm/lib/cognitive-account';
import { PrivateDnsZone } from '@cdktf/provider-azurerm/lib/private-dns-zone';
import { PrivateDnsZoneVirtualNetworkLink } from '@cdktf/provider-azurerm/lib/private-dns-zone-virtual-network-link';
import { PrivateEndpoint } from '@cdktf/provider-azurerm/lib/private-endpoint';
import type { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import { Subnet } from '@cdktf/provider-azurerm/lib/subnet';
import { VirtualNetwork } from '@cdktf/provider-azurerm/lib/virtual-network';
import { Construct } from 'constructs';
import {
  type AzureRegion,
  type AzureSettings,
  azureNames,
  privateDnsZoneName,
  regionNames,
} from '../lib/estate/azure-settings';

export interface PrivateNetworkProps {
  readonly settings: AzureSettings;
  readonly resourceGroup: ResourceGroup;
}

/**
 * The private way to the accounts: virtual network, and the zone in which their names resolve there.
 *
 * Nothing here refuses to be destroyed: it holds no data.
 */
export class PrivateNetwork extends Construct {
  readonly virtualNetwork: VirtualNetwork;
  private readonly settings: AzureSettings;
  private readonly resourceGroup: ResourceGroup;
  private readonly subnet: Subnet;
  private readonly zone: PrivateDnsZone;
  private readonly link: PrivateDnsZoneVirtualNetworkLink;

  constructor(scope: Construct, id: string, { settings, resourceGroup }: PrivateNetworkProps) {
    super(scope, id);
    this.settings = settings;
    this.resourceGroup = resourceGroup;
    const names = azureNames(settings);
    const { tags } = settings;
    const inGroup = { resourceGroupName: resourceGroup.name };

    this.virtualNetwork = new VirtualNetwork(this, 'vnet', {
      ...inGroup,
      location: resourceGroup.location,
      name: names.virtualNetwork,
      addressSpace: [settings.network.addressSpace],
      tags,
    });
    this.subnet = new Subnet(this, 'endpoints', {
      ...inGroup,
      name: names.endpointSubnet,
      virtualNetworkName: this.virtualNetwork.name,
      addressPrefixes: [settings.network.endpointSubnet],
      // Nothing in this subnet has any business on the internet.
      defaultOutboundAccessEnabled: false,
    });
    this.zone = new PrivateDnsZone(this, 'zone', { ...inGroup, name: privateDnsZoneName, tags });
    this.link = new PrivateDnsZoneVirtualNetworkLink(this, 'zone-link', {
      ...inGroup,
      name: names.dnsLink,
      privateDnsZoneName: this.zone.name,
      virtualNetworkId: this.virtualNetwork.id,
      registrationEnabled: false,
      tags,
    });
  }

  /**
   * An endpoint for an account; that of another region stands here as well, which Azure admits.
   *
   * A new endpoint has a new address, and what resolves to it elsewhere must follow: the address is an output for that.
   *
   * @param scope where it belongs in the tree
   */
  endpoint(scope: Construct, id: string, region: AzureRegion, account: CognitiveAccount): PrivateEndpoint {
    const { privateEndpoint: name } = regionNames(this.settings, region);
    return new PrivateEndpoint(scope, id, {
      name,
      resourceGroupName: this.resourceGroup.name,
      location: this.resourceGroup.location,
      subnetId: this.subnet.id,
      privateServiceConnection: {
        name,
        privateConnectionResourceId: account.id,
        subresourceNames: ['account'],
        isManualConnection: false,
      },
      privateDnsZoneGroup: { name: 'default', privateDnsZoneIds: [this.zone.id] },
      tags: this.settings.tags,
      dependsOn: [this.link],
    });
  }
}
