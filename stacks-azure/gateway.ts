import { LocalNetworkGateway } from '@cdktf/provider-azurerm/lib/local-network-gateway';
import { PublicIp } from '@cdktf/provider-azurerm/lib/public-ip';
import type { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import { Subnet } from '@cdktf/provider-azurerm/lib/subnet';
import type { VirtualNetwork } from '@cdktf/provider-azurerm/lib/virtual-network';
import { VirtualNetworkGateway } from '@cdktf/provider-azurerm/lib/virtual-network-gateway';
import { VirtualNetworkGatewayConnection } from '@cdktf/provider-azurerm/lib/virtual-network-gateway-connection';
import { type ITerraformDependable, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import {
  gatewayInstances,
  hasReached,
  linkKeySecret,
  linkKeyVariable,
  type Tunnel,
  tunnelName,
  tunnels,
} from '../lib/estate/azure-link';
import { type AzureSettings, azureNames } from '../lib/estate/azure-settings';

export interface LinkProps {
  readonly settings: AzureSettings;
  readonly resourceGroup: ResourceGroup;
  readonly virtualNetwork: VirtualNetwork;
}

/**
 * Azure's end of the site-to-site link, as far as its stage has come: from `gateway` on the gateway with two instances,
 * from `connected` on a connection for each of the four tunnels of AWS.
 *
 * Both instances serve at once, with BGP: a gateway with one instance takes only one inside address, and AWS needs one
 * per tunnel. Source: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-howto-aws-bgp
 */
export class Link extends Construct {
  /** In the order of the gateway's instances. */
  readonly addresses: readonly PublicIp[];
  private readonly props: LinkProps;
  private readonly gateway: VirtualNetworkGateway;

  constructor(scope: Construct, id: string, props: LinkProps) {
    super(scope, id);
    this.props = props;
    this.addresses = gatewayInstances.map((instance) => this.publicAddress(instance));
    this.gateway = this.addGateway();
    if (hasReached(props.settings.connectivity.link.stage, 'connected')) this.connect();
  }

  /** The customer gateways of AWS name these addresses, so they refuse to be destroyed as long as the link is wanted. */
  private publicAddress(instance: number): PublicIp {
    const { settings } = this.props;
    return new PublicIp(this, `address-${instance}`, {
      ...this.placed(),
      name: azureNames(settings).gatewayAddress(instance),
      sku: 'Standard',
      allocationMethod: 'Static',
      zones: ['1', '2', '3'],
      lifecycle: { preventDestroy: true },
    });
  }

  private addGateway(): VirtualNetworkGateway {
    const { settings, resourceGroup, virtualNetwork } = this.props;
    const names = azureNames(settings);
    const { gatewaySku, azureAsn } = settings.connectivity.link;
    // Its instances have addresses of their own, so default outbound access, which other subnets do without, is moot.
    const subnet = new Subnet(this, 'subnet', {
      resourceGroupName: resourceGroup.name,
      name: names.gatewaySubnet,
      virtualNetworkName: virtualNetwork.name,
      addressPrefixes: [settings.network.gatewaySubnet],
    });
    return new VirtualNetworkGateway(this, 'gateway', {
      ...this.placed(),
      name: names.gateway,
      type: 'Vpn',
      vpnType: 'RouteBased',
      sku: gatewaySku,
      activeActive: true,
      enableBgp: true,
      ipConfiguration: this.addresses.map((address, instance) => ({
        name: instanceName(instance),
        publicIpAddressId: address.id,
        privateIpAddressAllocation: 'Dynamic',
        subnetId: subnet.id,
      })),
      bgpSettings: {
        asn: azureAsn,
        peeringAddresses: gatewayInstances.map((instance) => ({
          ipConfigurationName: instanceName(instance),
          apipaAddresses: tunnels.filter((row) => row.instance === instance).map((row) => row.azureAddress),
        })),
      },
    });
  }

  private connect(): void {
    const key = new TerraformVariable(this, linkKeyVariable, {
      type: 'string',
      sensitive: true,
      nullable: false,
      description: `Key of every tunnel: the value of the secret ${linkKeySecret} on AWS`,
      validation: [
        {
          condition: `\${can(regex("^[A-Za-z1-9._][A-Za-z0-9._]{7,63}$", var.${linkKeyVariable}))}`,
          errorMessage: 'AWS takes 8 to 64 letters, digits, dots and underscores, not beginning with 0.',
        },
      ],
    });
    key.overrideLogicalId(linkKeyVariable);
    // The gateway takes one change at a time.
    let before: ITerraformDependable = this.gateway;
    tunnels.forEach((tunnel, index) => {
      before = this.connection(tunnel, index, key, before);
    });
  }

  private connection(
    tunnel: Tunnel,
    index: number,
    key: TerraformVariable,
    before: ITerraformDependable,
  ): VirtualNetworkGatewayConnection {
    const { link } = this.props.settings.connectivity;
    const name = tunnelName(tunnel);
    const peer = new LocalNetworkGateway(this, `peer-${name}`, {
      ...this.placed(),
      name,
      gatewayAddress: link.tunnelAddresses[index] ?? '',
      bgpSettings: { asn: link.awsAsn, bgpPeeringAddress: tunnel.awsAddress },
    });
    // Azure wants an address for both instances, and looks only at that of the instance which AWS calls.
    const insideAddress = (instance: number): string =>
      instance === tunnel.instance
        ? tunnel.azureAddress
        : (tunnels.find((row) => row.instance === instance)?.azureAddress ?? tunnel.azureAddress);
    return new VirtualNetworkGatewayConnection(this, name, {
      ...this.placed(),
      name,
      type: 'IPsec',
      virtualNetworkGatewayId: this.gateway.id,
      localNetworkGatewayId: peer.id,
      sharedKey: key.stringValue,
      connectionProtocol: 'IKEv2',
      enableBgp: true,
      customBgpAddresses: { primary: insideAddress(0), secondary: insideAddress(1) },
      ipsecPolicy: {
        ikeEncryption: 'AES256',
        ikeIntegrity: 'SHA256',
        dhGroup: 'DHGroup14',
        ipsecEncryption: 'GCMAES256',
        ipsecIntegrity: 'GCMAES256',
        pfsGroup: 'PFS2048',
        saLifetime: 3600,
      },
      dependsOn: [before],
    });
  }

  private placed() {
    const { settings, resourceGroup } = this.props;
    return { resourceGroupName: resourceGroup.name, location: resourceGroup.location, tags: settings.tags };
  }
}

const instanceName = (instance: number): string => `instance-${instance}`;
