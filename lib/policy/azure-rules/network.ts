import { defaultVpc, workerVpc } from '../../estate/network';
import { type AddressRange, contains, overlaps, parseAddressRange, privateRanges } from '../address-range';
import { type SettingsRule, unless } from './rule';

/** Address blocks on the AWS side: a link can route an address to one side only. */
export const awsRanges: readonly { readonly name: string; readonly cidr: string }[] = [defaultVpc, workerVpc];

/** Longest prefix of the gateway's subnet; Microsoft advises /27 or shorter for an active-active gateway. */
const longestGatewayPrefix = 27;

/** Address blocks of the virtual network. */
export const networkRules: readonly SettingsRule[] = [
  {
    source: 'https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq',
    check: ({ settings: { network } }) => {
      const space = parseAddressRange(network.addressSpace);
      const subnets = ['endpointSubnet', 'gatewaySubnet'] as const;
      return [
        ...checkBlock('azure.network.addressSpace', network.addressSpace, space),
        ...subnets.flatMap((key) => {
          const subnet = parseAddressRange(network[key]);
          return [
            ...checkBlock(`azure.network.${key}`, network[key], subnet),
            ...unless(
              !space || !subnet || contains(space, subnet),
              `azure.network.${key} lies outside azure.network.addressSpace, got: ${network[key]} and ` +
                `${network.addressSpace}. Choose a block inside.`,
            ),
          ];
        }),
      ];
    },
  },
  {
    source: 'https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq',
    check: ({ settings: { network } }) => {
      const [endpoints, gateway] = [
        parseAddressRange(network.endpointSubnet),
        parseAddressRange(network.gatewaySubnet),
      ];
      return unless(
        !endpoints || !gateway || !overlaps(endpoints, gateway),
        `azure.network.gatewaySubnet overlaps with azure.network.endpointSubnet, got: ${network.gatewaySubnet} and ` +
          `${network.endpointSubnet}. Choose blocks apart.`,
      );
    },
  },
  {
    source: 'https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#gwsub',
    check: ({ settings: { network } }) => {
      const gateway = parseAddressRange(network.gatewaySubnet);
      return unless(
        !gateway || gateway.prefix <= longestGatewayPrefix,
        `azure.network.gatewaySubnet is too small for a gateway of two instances, got: ${network.gatewaySubnet}. ` +
          `Choose prefix /${longestGatewayPrefix} or shorter.`,
      );
    },
  },
  {
    source: 'https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-vpn-faq',
    check: ({ settings: { network } }) => {
      const space = parseAddressRange(network.addressSpace);
      return awsRanges.flatMap(({ name, cidr }) => {
        const aws = parseAddressRange(cidr);
        return unless(
          !space || !aws || !overlaps(space, aws),
          `azure.network.addressSpace overlaps with ${cidr} of ${name} on AWS, got: ${network.addressSpace}. ` +
            'Choose a private block that no VPC uses, or no link can ever route between them.',
        );
      });
    },
  },
];

function checkBlock(setting: string, text: string, block: AddressRange | undefined): readonly string[] {
  if (!block) {
    return [`${setting} is no IPv4 block, got: ${text}. Write its first address and prefix, for example 10.60.0.0/22.`];
  }
  return unless(
    privateRanges.some((range) => contains(range, block)) && block.prefix <= 29,
    `${setting} is no private block of at least eight addresses, got: ${text}. Choose one of 10.0.0.0/8, ` +
      '172.16.0.0/12 or 192.168.0.0/16, prefix /29 or shorter.',
  );
}

/** What an allow-list of an account may hold. */
export function checkAllowedAddress(text: string): readonly string[] {
  const range = parseAddressRange(text);
  const single = !text.includes('/');
  return unless(
    range !== undefined &&
      !privateRanges.some((reserved) => overlaps(reserved, range)) &&
      (single || range.prefix <= 30),
    `azure.connectivity.allowedAddresses has an entry that Azure refuses, got: ${text}. Give a public IPv4 address, ` +
      'or a public block with prefix /30 or shorter.',
  );
}

/** True for one public IPv4 address. */
export const isPublicAddress = (text: string): boolean => {
  const range = parseAddressRange(text);
  return range !== undefined && !text.includes('/') && !privateRanges.some((block) => overlaps(block, range));
};
