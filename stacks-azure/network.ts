import type { CognitiveAccount } from '@cdktf/provider-azurerm/lib/cognitive-account';
import { PrivateDnsZone } from '@cdktf/provider-azurerm/lib/private-dns-zone';
import { PrivateDnsZoneVirtualNetworkLink } from '@cdktf/provider-azurerm/lib/private-dns-zone-virtual-network-link';
import { PrivateEndpoint } from '@cdktf/provider-azurerm/lib/private-endpoint';
import type { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import { Subnet } from '@cdktf/provider-azurerm/lib/subnet';
import { VirtualNetwork } from '@cdktf/provider-azurerm/lib/virtual-network';
import { Construct } from 'constructs';
import { type AzureSettings, azureNames, privateDnsZoneName } from '../lib/estate/azure-settings';

export interface PrivateNetworkProps {
  readonly settings: AzureSettings;
  readonly resourceGroup: ResourceGroup;
  readonly account: CognitiveAccount;
}

/**
 * The private way to the account: virtual network, endpoint, and the zone in which its name resolves there.
 *
 * Nothing here refuses to be destroyed: it holds no data. A new endpoint has a new address, though, and whatever
 * resolves to it elsewhere must follow; the address is an output for that reason.
 */
export class PrivateNetwork extends Construct {
  readonly virtualNetwork: VirtualNetwork;
  readonly endpoint: PrivateEndpoint;

  constructor(scope: Construct, id: string, { settings, resourceGroup, account }: PrivateNetworkProps) {
    super(scope, id);
    const names = azureNames(settings);
    const { tags } = settings;
    const inGroup = { resourceGroupName: resourceGroup.name };
    const inRegion = { ...inGroup, location: resourceGroup.location };

    this.virtualNetwork = new VirtualNetwork(this, 'vnet', {
      ...inRegion,
      name: names.virtualNetwork,
      addressSpace: [settings.network.addressSpace],
      tags,
    });
    const subnet = new Subnet(this, 'endpoints', {
      ...inGroup,
      name: names.endpointSubnet,
      virtualNetworkName: this.virtualNetwork.name,
      addressPrefixes: [settings.network.endpointSubnet],
      // Nothing in this subnet has any business on the internet.
      defaultOutboundAccessEnabled: false,
    });
    const zone = new PrivateDnsZone(this, 'zone', { ...inGroup, name: privateDnsZoneName, tags });
    const link = new PrivateDnsZoneVirtualNetworkLink(this, 'zone-link', {
      ...inGroup,
      name: names.dnsLink,
      privateDnsZoneName: zone.name,
      virtualNetworkId: this.virtualNetwork.id,
      registrationEnabled: false,
      tags,
    });
    this.endpoint = new PrivateEndpoint(this, 'endpoint', {
      ...inRegion,
      name: names.privateEndpoint,
      subnetId: subnet.id,
      privateServiceConnection: {
        name: names.privateEndpoint,
        privateConnectionResourceId: account.id,
        subresourceNames: ['account'],
        isManualConnection: false,
      },
      privateDnsZoneGroup: { name: 'default', privateDnsZoneIds: [zone.id] },
      tags,
      dependsOn: [link],
    });
  }
}
