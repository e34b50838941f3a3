import { z } from 'zod';

/**
 * How far the site-to-site link between the two clouds has come.
 *
 * - `none`: nothing stands.
 * - `gateway`: Azure has its gateway; AWS joins as soon as the gateway's addresses are set.
 * - `connected`: Azure knows the tunnels of AWS, and both sides exchange routes.
 * - `verified`: somebody has proven a call over the private address; AWS resolves the endpoint's name to it.
 */
export const linkStages = ['none', 'gateway', 'connected', 'verified'] as const;
export type LinkStage = (typeof linkStages)[number];

/** Whether the link has come at least so far. */
export const hasReached = (stage: LinkStage, wanted: LinkStage): boolean =>
  linkStages.indexOf(stage) >= linkStages.indexOf(wanted);

/** Zone-redundant gateways that speak BGP and stand active-active. */
const gatewaySkus = ['VpnGw1AZ', 'VpnGw2AZ', 'VpnGw3AZ'] as const;

/** The link as it stands: a statement of fact, and the ids that each cloud learns from the other. */
export const linkSchema = z
  .strictObject({
    stage: z.enum(linkStages).default('none'),
    gatewaySku: z.enum(gatewaySkus).default('VpnGw1AZ'),
    /** BGP number of the Azure side. */
    azureAsn: z.int().default(65_000),
    /** BGP number of the AWS side. */
    awsAsn: z.int().default(64_512),
    /** Public addresses of the Azure gateway's two instances: output `vpn_gateway_addresses` of the Azure stack. */
    gatewayAddresses: z.array(z.string()).default([]),
    /** Outside addresses of the four AWS tunnels, in the order of {@link tunnels}. `estate hybrid tunnels` looks them up. */
    tunnelAddresses: z.array(z.string()).default([]),
    /** Route tables of the default VPC that learn the way to Azure. */
    routeTableIds: z.array(z.string()).default([]),
    /** Address of the private endpoint: output `private_endpoint_address` of the Azure stack. */
    endpointAddress: z.string().optional(),
  })
  .prefault({});

export type LinkSettings = z.output<typeof linkSchema>;

/** AWS can build its end: the gateway stands, and its addresses are known. */
export const awsEndStands = ({ stage, gatewayAddresses }: LinkSettings): boolean =>
  hasReached(stage, 'gateway') && gatewayAddresses.length > 0;

/** Secret with the key that both ends of every tunnel share, as its whole value. */
export const linkKeySecret = 'huntaze/azure/vpn-shared-key';

/** Terraform variable that takes the same key: `TF_VAR_vpn_shared_key`. */
export const linkKeyVariable = 'vpn_shared_key';

/** Tag by which the look-up finds the two connections of AWS. Its value is the number of the gateway's instance. */
export const linkTag = 'huntaze:azure-gateway-instance';

/** One of the four tunnels: two from each instance of the Azure gateway. */
export interface Tunnel {
  /** Instance of the Azure gateway, 0 or 1; one AWS connection serves it. */
  readonly instance: 0 | 1;
  /** Tunnel of that connection, 1 or 2. */
  readonly number: 1 | 2;
  /** Link-local block inside the tunnel: AWS takes its first address, Azure its second. */
  readonly insideCidr: string;
  readonly awsAddress: string;
  readonly azureAddress: string;
}

const tunnel = (instance: 0 | 1, number: 1 | 2, network: string, first: number): Tunnel => ({
  instance,
  number,
  insideCidr: `${network}.${first}/30`,
  awsAddress: `${network}.${first + 1}`,
  azureAddress: `${network}.${first + 2}`,
});

/**
 * The tunnels in the order in which settings and outputs name them. Azure admits 169.254.21.0 to 169.254.22.255 only.
 *
 * Source: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-howto-aws-bgp (18 February 2026)
 */
export const tunnels: readonly Tunnel[] = [
  tunnel(0, 1, '169.254.21', 0),
  tunnel(0, 2, '169.254.22', 0),
  tunnel(1, 1, '169.254.21', 4),
  tunnel(1, 2, '169.254.22', 4),
];

export const gatewayInstances = [0, 1] as const;

export const tunnelName = ({ instance, number }: Tunnel): string => `aws-instance-${instance}-tunnel-${number}`;
