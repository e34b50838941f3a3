import { privateDnsZoneName } from '../../estate/azure-settings';
import { type Block, blocks, isReference, providerDocs, type ResourceCheck, show } from './check';

const gatewaySettings = 'https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings';

/** Name of the subnet that a reference such as `azurerm_subnet.link_subnet.id` leads to. */
function referencedSubnet(reference: unknown, subnets: Readonly<Record<string, Block>>): unknown {
  const id = /azurerm_subnet\.([\w-]+)\.id/.exec(String(reference))?.[1];
  return id === undefined ? undefined : subnets[id]?.name;
}

/** Network mistakes that azurerm 4.55.0 passes at validate and at plan. */
export const networkChecks: readonly ResourceCheck[] = [
  {
    type: 'azurerm_private_endpoint',
    source: 'https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource',
    check: (resource) => {
      const wrong = blocks(resource.private_service_connection).find(
        ({ subresource_names: names }) => show(names) !== '["account"]',
      );
      return wrong && `subresource_names must be ["account"] for Azure OpenAI, got: ${show(wrong.subresource_names)}`;
    },
  },
  {
    type: 'azurerm_private_endpoint',
    source: providerDocs('private_endpoint'),
    check: (resource) =>
      blocks(resource.private_service_connection).some(
        (connection) => connection.is_manual_connection === false && connection.request_message !== undefined,
      )
        ? 'request_message belongs to a manual connection only: remove it'
        : undefined,
  },
  {
    type: 'azurerm_private_dns_zone',
    source: 'https://learn.microsoft.com/azure/private-link/private-endpoint-dns',
    check: ({ name }) =>
      name === privateDnsZoneName ? undefined : `name must be ${privateDnsZoneName}, got: ${show(name)}`,
  },
  {
    type: 'azurerm_subnet',
    source: 'https://learn.microsoft.com/azure/virtual-network/ip-services/default-outbound-access',
    check: ({ name, default_outbound_access_enabled: outbound }) =>
      outbound === false || name === 'GatewaySubnet'
        ? undefined
        : `default_outbound_access_enabled must be false (the provider's default is true), got: ${show(outbound)}`,
  },
  {
    type: 'azurerm_public_ip',
    source: providerDocs('public_ip'),
    check: ({ sku = 'Standard', allocation_method: method }) =>
      sku === 'Standard' && method === 'Static'
        ? undefined
        : `sku and allocation_method must be Standard and Static (no other is sold), got: ${show(sku)} and ${show(method)}`,
  },
  {
    type: 'azurerm_public_ip',
    source: 'https://learn.microsoft.com/azure/vpn-gateway/about-zone-redundant-vnet-gateways',
    check: ({ zones }) =>
      Array.isArray(zones) && zones.length >= 2
        ? undefined
        : `zones must name two or more, or the address stands in one zone only, got: ${show(zones)}`,
  },
  {
    type: 'azurerm_virtual_network_gateway',
    source: `${gatewaySettings}#gwsub`,
    check: (gateway, _, { resource }) => {
      const names = blocks(gateway.ip_configuration).map(({ subnet_id: subnet }) =>
        referencedSubnet(subnet, resource?.azurerm_subnet ?? {}),
      );
      const wrong = names.find((name) => name !== 'GatewaySubnet');
      return names.length > 0 && names.every((name) => name === 'GatewaySubnet')
        ? undefined
        : `ip_configuration must stand in a subnet named GatewaySubnet, got: ${show(wrong)}`;
    },
  },
  {
    type: 'azurerm_virtual_network_gateway',
    source: providerDocs('virtual_network_gateway'),
    check: ({ active_active: active, ip_configuration: configurations }) => {
      const wanted = active === true ? 2 : 1;
      const count = blocks(configurations).length;
      return count === wanted
        ? undefined
        : `ip_configuration must appear ${wanted} time(s) while active_active is ${show(active ?? false)}, got: ${count}`;
    },
  },
  {
    type: 'azurerm_virtual_network_gateway',
    source: 'https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-howto-aws-bgp#apipa-config',
    check: ({ bgp_settings: bgp }) => {
      const addresses = blocks(bgp)
        .flatMap(({ peering_addresses: peers }) => blocks(peers))
        .flatMap(({ apipa_addresses: list }) => (Array.isArray(list) ? list : []));
      const wrong = addresses.find((address) => !/^169\.254\.2[12]\.\d{1,3}$/.test(String(address)));
      return wrong === undefined
        ? undefined
        : `apipa_addresses must lie in 169.254.21.0 to 169.254.22.255, got: ${show(wrong)}`;
    },
  },
  {
    type: 'azurerm_local_network_gateway',
    source: providerDocs('local_network_gateway'),
    check: ({ gateway_address: address, address_space: space, bgp_settings: bgp }) => {
      if (address === '' || address === undefined) return 'gateway_address must be set, got: nothing';
      return space === undefined && blocks(bgp).length === 0
        ? 'address_space or bgp_settings must be set, or no route leads there, got: neither'
        : undefined;
    },
  },
  {
    type: 'azurerm_virtual_network_gateway_connection',
    source: 'https://developer.hashicorp.com/terraform/language/values/variables#suppressing-values-in-cli-output',
    check: ({ shared_key: key }) =>
      isReference(key)
        ? undefined
        : 'shared_key must come from a variable: a value written here stands in the repository, and without one Azure makes a key that AWS does not have',
  },
];
