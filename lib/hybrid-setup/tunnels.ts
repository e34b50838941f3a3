import { DescribeVpnConnectionsCommand, type EC2Client, type VpnConnection } from '@aws-sdk/client-ec2';
import { linkTag, type Tunnel, tunnelName, tunnels } from '../estate/azure-link';

/** A tunnel of AWS, as it stands. */
export interface StandingTunnel extends Tunnel {
  readonly name: string;
  readonly outsideAddress: string;
  /** `UP` once both ends agree. */
  readonly status: string;
}

/**
 * The four tunnels in the order of the settings, with the addresses that AWS gave them.
 *
 * They are told apart by the block inside the tunnel, which the template chose: AWS promises no order.
 *
 * @throws when a tunnel does not stand yet, naming each
 */
export async function standingTunnels(ec2: EC2Client): Promise<readonly StandingTunnel[]> {
  const { VpnConnections: connections = [] } = await ec2.send(
    new DescribeVpnConnectionsCommand({
      Filters: [
        { Name: 'tag-key', Values: [linkTag] },
        { Name: 'state', Values: ['pending', 'available'] },
      ],
    }),
  );
  const found = tunnels.map((tunnel) => ({ tunnel, ...outside(connections, tunnel) }));
  const missing = found.filter(({ address }) => address === undefined).map(({ tunnel }) => tunnelName(tunnel));
  if (missing.length > 0) {
    throw new Error(
      `No address on AWS yet, got: ${connections.length} VPN connection(s) tagged ${linkTag}; missing ${missing.join(', ')}. ` +
        'Deploy azure-access with azure.connectivity.link.gatewayAddresses set, and wait until its connections are available.',
    );
  }
  return found.map(({ tunnel, address = '', status }) => ({
    ...tunnel,
    name: tunnelName(tunnel),
    outsideAddress: address,
    status,
  }));
}

function outside(
  connections: readonly VpnConnection[],
  { insideCidr }: Tunnel,
): { readonly address: string | undefined; readonly status: string } {
  for (const { Options, VgwTelemetry } of connections) {
    const option = Options?.TunnelOptions?.find(({ TunnelInsideCidr }) => TunnelInsideCidr === insideCidr);
    if (option === undefined) continue;
    const telemetry = VgwTelemetry?.find(({ OutsideIpAddress }) => OutsideIpAddress === option.OutsideIpAddress);
    return { address: option.OutsideIpAddress, status: telemetry?.Status ?? 'unknown' };
  }
  return { address: undefined, status: 'unknown' };
}
