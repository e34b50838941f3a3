import { cutOff, reachOf } from '../../estate/azure-estate';
import { hasReached, linkStages, tunnels } from '../../estate/azure-link';
import { azureRegions } from '../../estate/azure-settings';
import { contains, parseAddressRange } from '../address-range';
import { checkAllowedAddress, isPublicAddress } from './network';
import { list, ok, privateEndpoints, type SettingsRule, unless } from './rule';

const ipRules = 'https://learn.microsoft.com/azure/ai-services/cognitive-services-virtual-networks';
const gateways = 'https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-howto-aws-bgp';
const bgp = 'https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-bgp-overview';

/** BGP numbers that Azure keeps for itself. */
const azureReservedAsns = [8074, 8075, 12_076, 65_515, 65_517, 65_518, 65_519, 65_520];

/** Who gets in, and how far the link must have come for it. */
export const connectivityRules: readonly SettingsRule[] = [
  {
    source: ipRules,
    check: ({ settings }) => {
      const { publicAccess, allowedAddresses } = settings.connectivity;
      if (publicAccess !== 'allow-list') {
        return unless(
          allowedAddresses.length === 0,
          `azure.connectivity.allowedAddresses has no effect unless publicAccess is allow-list, got: ` +
            `${list(allowedAddresses)}. Choose allow-list, or remove them.`,
        );
      }
      return [
        ...unless(
          allowedAddresses.length > 0,
          'azure.connectivity.publicAccess is allow-list with no address, got: allowedAddresses []. List the ' +
            'fixed egress addresses of the callers in azure.connectivity.allowedAddresses, or choose identity.',
        ),
        ...unless(
          allowedAddresses.length <= 100,
          `azure.connectivity.allowedAddresses has too many entries, got: ${allowedAddresses.length}. ` +
            'An account takes 100; join neighbours into blocks.',
        ),
        ...allowedAddresses.flatMap(checkAllowedAddress),
      ];
    },
  },
  {
    source: privateEndpoints,
    check: (estate) => {
      const { publicAccess, privateEndpoint, link } = estate.settings.connectivity;
      if (publicAccess !== 'off') return ok;
      if (!privateEndpoint) {
        return [
          'azure.connectivity.publicAccess is off without a private endpoint, got: privateEndpoint false. ' +
            'Nobody could reach the account: set azure.connectivity.privateEndpoint to true.',
        ];
      }
      if (!hasReached(link.stage, 'verified')) {
        return [
          `azure.connectivity.publicAccess is off with no verified link to AWS, got: link.stage ${link.stage}. ` +
            'Leave it out until a call over the link has been proven and azure.connectivity.link.stage is verified.',
        ];
      }
      return cutOff(estate, 'off').map(
        (caller) =>
          `azure.connectivity.publicAccess is off and cuts off ${caller.name}, got: role ${caller.role}, ` +
          `${caller.network} (${reachOf(caller, estate.settings, 'off').why}). Give it a way in, or name the role in ` +
          'azure.connectivity.cutOffCallers.',
      );
    },
  },
  {
    source: 'lib/estate/hybrid.ts, hybridCallers',
    check: ({ settings, callers }) =>
      settings.connectivity.cutOffCallers
        .filter((role) => !callers.some((caller) => caller.role === role))
        .map(
          (role) =>
            `azure.connectivity.cutOffCallers names no caller, got: ${role}. Known: ${list(callers.map((caller) => caller.role))}.`,
        ),
  },
  {
    source: privateEndpoints,
    check: ({ settings: { connectivity } }) =>
      unless(
        connectivity.privateEndpoint || connectivity.link.stage === 'none',
        `azure.connectivity.link has nothing to lead to without a private endpoint, got: link.stage ` +
          `${connectivity.link.stage}. Set azure.connectivity.privateEndpoint to true, or the stage to none.`,
      ),
  },
  {
    source: bgp,
    check: ({ settings }) => {
      const { azureAsn, awsAsn } = settings.connectivity.link;
      return [
        ...unless(
          isPrivateAsn(azureAsn) && !azureReservedAsns.includes(azureAsn),
          `azure.connectivity.link.azureAsn is no number that Azure takes, got: ${azureAsn}. Choose 64512 to 65514.`,
        ),
        ...unless(
          isPrivateAsn(awsAsn),
          `azure.connectivity.link.awsAsn is no private BGP number, got: ${awsAsn}. Choose 64512 to 65534.`,
        ),
        ...unless(
          azureAsn !== awsAsn,
          `azure.connectivity.link has one BGP number for both clouds, got: ${azureAsn}. Set azureAsn or awsAsn to another.`,
        ),
      ];
    },
  },
  {
    source: gateways,
    check: ({ settings }) => {
      const { stage, gatewayAddresses, tunnelAddresses, routeTableIds } = settings.connectivity.link;
      const step = (path: string, got: readonly string[], count: number, remedy: string) =>
        `azure.connectivity.link.${path} must have ${count} entries at stage ${stage}, got: ${list(got) || 'none'}. ${remedy}`;
      const known = gatewayAddresses.length > 0 || hasReached(stage, 'connected');
      return [
        ...unless(
          stage !== 'none' || gatewayAddresses.length + tunnelAddresses.length === 0,
          `azure.connectivity.link has addresses while nothing stands, got: link.stage none and ` +
            `${list([...gatewayAddresses, ...tunnelAddresses])}. Set the stage to one of ${list(linkStages.slice(1))}, or remove them.`,
        ),
        ...unless(
          !known || gatewayAddresses.length === 2,
          step(
            'gatewayAddresses',
            gatewayAddresses,
            2,
            'Copy both from output vpn_gateway_addresses of the Azure stack.',
          ),
        ),
        ...unless(
          tunnelAddresses.length === (hasReached(stage, 'connected') ? tunnels.length : tunnelAddresses.length),
          step('tunnelAddresses', tunnelAddresses, tunnels.length, 'estate hybrid tunnels prints them.'),
        ),
        ...unless(
          !known || routeTableIds.length > 0,
          `azure.connectivity.link.routeTableIds is empty at stage ${stage}, got: []. ` +
            'Name the route tables of the default VPC whose subnets hold callers.',
        ),
        ...[...gatewayAddresses, ...tunnelAddresses]
          .filter((address) => !isPublicAddress(address))
          .map(
            (address) =>
              `azure.connectivity.link has an address that is no public IPv4 address, got: ${address}. ` +
              'Copy it from the other cloud as it is.',
          ),
        ...unless(
          new Set([...gatewayAddresses, ...tunnelAddresses]).size === gatewayAddresses.length + tunnelAddresses.length,
          `azure.connectivity.link names an address twice, got: ${list([...gatewayAddresses, ...tunnelAddresses])}. ` +
            'Each instance and each tunnel has one of its own.',
        ),
        ...routeTableIds
          .filter((id) => !/^rtb-[0-9a-f]{8,17}$/.test(id))
          .map(
            (id) =>
              `azure.connectivity.link.routeTableIds has an entry that is no route table, got: ${id}. ` +
              'An id begins with rtb-.',
          ),
      ];
    },
  },
  {
    source: privateEndpoints,
    check: ({ settings }) => {
      const subnet = parseAddressRange(settings.network.endpointSubnet);
      return azureRegions(settings).flatMap((region) => {
        const setting =
          region.key === 'primary' ? 'azure.connectivity.link.endpointAddress' : 'azure.secondRegion.endpointAddress';
        const output = region.key === 'primary' ? 'private_endpoint_address' : 'secondary_private_endpoint_address';
        const { endpointAddress: address } = region;
        if (address === undefined) {
          return unless(
            !hasReached(settings.connectivity.link.stage, 'verified'),
            `${setting} is missing at stage verified, got: undefined. Copy it from output ${output} of the Azure ` +
              'stack: AWS resolves the name of the endpoint to it.',
          );
        }
        const range = parseAddressRange(address);
        return unless(
          range !== undefined && range.prefix === 32 && (!subnet || contains(subnet, range)),
          `${setting} lies outside azure.network.endpointSubnet, got: ${address} and ` +
            `${settings.network.endpointSubnet}. Copy it from output ${output} of the Azure stack.`,
        );
      });
    },
  },
];

const isPrivateAsn = (asn: number): boolean => asn >= 64_512 && asn <= 65_534;
