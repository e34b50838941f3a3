import {
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  type IpPermission,
  type RouteTable,
  type Tag,
} from '@aws-sdk/client-ec2';
import { referencesIn } from '../expressions';
import { compact, type JsonObject } from '../json';
import type { LookUpClients } from './clients';
import { nameIn, pick, type Reader, type Wanted } from './reader';

const filter = (Name: string, ...Values: readonly string[]) => ({ Name, Values: [...Values] });

export const securityGroup: Reader = async ({ ec2 }, wanted) => {
  const name = nameIn(wanted, 'GroupName');
  const vpc = nameIn(wanted, 'VpcId');
  if (name === undefined || vpc === undefined) return undefined;
  const { SecurityGroups: [found] = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: [filter('group-name', name), filter('vpc-id', vpc)] }),
  );
  if (found?.GroupId === undefined) return undefined;
  const ingress = (found.IpPermissions ?? []).flatMap((permission) => rulesOf(permission, 'SourceSecurityGroupId'));
  const egress = (found.IpPermissionsEgress ?? []).flatMap((permission) =>
    rulesOf(permission, 'DestinationSecurityGroupId'),
  );
  return {
    identifier: { Id: found.GroupId },
    ref: found.GroupId,
    attributes: { GroupId: found.GroupId, Id: found.GroupId, VpcId: vpc },
    properties: compact({
      GroupName: name,
      GroupDescription: found.Description,
      VpcId: vpc,
      SecurityGroupIngress: ingress.length === 0 ? undefined : ingress,
      SecurityGroupEgress: egress.length === 0 ? undefined : egress,
    }),
  };
};

/** Tags without those that AWS sets itself; nothing where there are none. */
function ownTags(tags: readonly Tag[] = []): readonly Tag[] | undefined {
  const own = tags.filter(({ Key }) => !Key?.startsWith('aws:'));
  return own.length === 0 ? undefined : own;
}

/** One rule of a template for each source that the service keeps together. */
function rulesOf(permission: IpPermission, group: string): JsonObject[] {
  const ports = pick(permission, ['IpProtocol', 'FromPort', 'ToPort']);
  return [
    ...(permission.IpRanges ?? []).map(({ CidrIp, Description }) => compact({ ...ports, CidrIp, Description })),
    ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6, Description }) => compact({ ...ports, CidrIpv6, Description })),
    ...(permission.UserIdGroupPairs ?? []).map(({ GroupId, Description }) =>
      compact({ ...ports, [group]: GroupId, Description }),
    ),
  ];
}

/** A VPC has no name: it is the one, besides the default one, with that address range. */
export const vpc: Reader = async ({ ec2 }, wanted) => {
  const range = nameIn(wanted, 'CidrBlock');
  if (range === undefined) return undefined;
  const { Vpcs = [] } = await ec2.send(
    new DescribeVpcsCommand({ Filters: [filter('cidr', range), filter('is-default', 'false')] }),
  );
  const [found, another] = Vpcs;
  if (found?.VpcId === undefined) return undefined;
  if (another !== undefined) {
    throw new Error(
      `Two VPCs have the range ${range}, got: ${Vpcs.map((one) => one.VpcId).join(', ')}. Remove the one that is not used, or adopt by hand.`,
    );
  }
  return {
    identifier: { VpcId: found.VpcId },
    ref: found.VpcId,
    attributes: { VpcId: found.VpcId, CidrBlock: range },
    properties: {
      ...pick(found, ['CidrBlock', 'InstanceTenancy']),
      ...compact({ ...(await dnsSettings(ec2, found.VpcId)), Tags: ownTags(found.Tags) }),
    },
  };
};

/** Two attributes that the description of a VPC leaves out. */
async function dnsSettings(ec2: LookUpClients['ec2'], VpcId: string) {
  const attribute = (Attribute: 'enableDnsHostnames' | 'enableDnsSupport') =>
    ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute }));
  const [hostnames, support] = await Promise.all([attribute('enableDnsHostnames'), attribute('enableDnsSupport')]);
  return { EnableDnsHostnames: hostnames.EnableDnsHostnames?.Value, EnableDnsSupport: support.EnableDnsSupport?.Value };
}

export const subnet: Reader = async ({ ec2 }, wanted) => {
  const home = nameIn(wanted, 'VpcId');
  const range = nameIn(wanted, 'CidrBlock');
  if (home === undefined || range === undefined) return undefined;
  const { Subnets: [found] = [] } = await ec2.send(
    new DescribeSubnetsCommand({ Filters: [filter('vpc-id', home), filter('cidr-block', range)] }),
  );
  if (found?.SubnetId === undefined) return undefined;
  return {
    identifier: { SubnetId: found.SubnetId },
    ref: found.SubnetId,
    attributes: { SubnetId: found.SubnetId, AvailabilityZone: found.AvailabilityZone ?? '', VpcId: home },
    properties: {
      ...pick(found, ['AvailabilityZone', 'CidrBlock', 'MapPublicIpOnLaunch', 'VpcId']),
      ...compact({ Tags: ownTags(found.Tags) }),
    },
  };
};

/** The gateway of the VPC that the template attaches it to. */
export const internetGateway: Reader = async ({ ec2 }, wanted) => {
  const home = await attachedVpc(ec2, wanted);
  if (home === undefined) return undefined;
  const { InternetGateways: [found] = [] } = await ec2.send(
    new DescribeInternetGatewaysCommand({ Filters: [filter('attachment.vpc-id', home)] }),
  );
  if (found?.InternetGatewayId === undefined) return undefined;
  return {
    identifier: { InternetGatewayId: found.InternetGatewayId },
    ref: found.InternetGatewayId,
    attributes: { InternetGatewayId: found.InternetGatewayId },
    properties: compact({ Tags: ownTags(found.Tags) }),
  };
};

export const gatewayAttachment: Reader = async ({ ec2 }, wanted) => {
  const home = nameIn(wanted, 'VpcId');
  const gateway = nameIn(wanted, 'InternetGatewayId');
  if (home === undefined || gateway === undefined) return undefined;
  const { InternetGateways = [] } = await ec2.send(
    new DescribeInternetGatewaysCommand({ Filters: [filter('attachment.vpc-id', home)] }),
  );
  if (!InternetGateways.some((found) => found.InternetGatewayId === gateway)) return undefined;
  return {
    identifier: { AttachmentType: 'IGW', VpcId: home },
    ref: `IGW|${home}`,
    properties: { VpcId: home, InternetGatewayId: gateway },
  };
};

/** The table of the subnet that the template associates it with. */
export const routeTable: Reader = async (clients, wanted) => {
  const found = await tableOfSubnet(clients, associatedSubnetRange(wanted), nameIn(wanted, 'VpcId'));
  if (found?.RouteTableId === undefined) return undefined;
  return {
    identifier: { RouteTableId: found.RouteTableId },
    ref: found.RouteTableId,
    attributes: { RouteTableId: found.RouteTableId },
    properties: { ...pick(found, ['VpcId']), ...compact({ Tags: ownTags(found.Tags) }) },
  };
};

export const routeTableAssociation: Reader = async ({ ec2 }, wanted) => {
  const SubnetId = nameIn(wanted, 'SubnetId');
  if (SubnetId === undefined) return undefined;
  const { RouteTables = [] } = await ec2.send(
    new DescribeRouteTablesCommand({ Filters: [filter('association.subnet-id', SubnetId)] }),
  );
  const found = RouteTables.flatMap((table) => table.Associations ?? []).find((one) => one.SubnetId === SubnetId);
  if (found?.RouteTableAssociationId === undefined) return undefined;
  return {
    identifier: { Id: found.RouteTableAssociationId },
    ref: found.RouteTableAssociationId,
    properties: pick(found, ['RouteTableId', 'SubnetId']),
  };
};

export const route: Reader = async ({ ec2 }, wanted) => {
  const RouteTableId = nameIn(wanted, 'RouteTableId');
  const range = nameIn(wanted, 'DestinationCidrBlock');
  if (RouteTableId === undefined || range === undefined) return undefined;
  const { RouteTables: [table] = [] } = await ec2.send(
    new DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] }),
  );
  const found = table?.Routes?.find((one) => one.DestinationCidrBlock === range);
  if (found === undefined) return undefined;
  return {
    identifier: { RouteTableId, CidrBlock: range },
    ref: `${RouteTableId}|${range}`,
    properties: { RouteTableId, ...pick(found, ['DestinationCidrBlock', 'GatewayId']) },
  };
};

export const endpoint: Reader = async ({ ec2 }, wanted) => {
  const home = nameIn(wanted, 'VpcId');
  const service = nameIn(wanted, 'ServiceName');
  if (home === undefined || service === undefined) return undefined;
  const { VpcEndpoints = [] } = await ec2.send(
    new DescribeVpcEndpointsCommand({ Filters: [filter('vpc-id', home), filter('service-name', service)] }),
  );
  const found = VpcEndpoints.find((candidate) => candidate.ServiceName === service);
  if (found?.VpcEndpointId === undefined) return undefined;
  return {
    identifier: { Id: found.VpcEndpointId },
    ref: found.VpcEndpointId,
    attributes: { Id: found.VpcEndpointId },
    createdAt: found.CreationTimestamp,
    properties: compact({
      ...pick(found, ['VpcId', 'ServiceName', 'VpcEndpointType', 'PrivateDnsEnabled', 'SubnetIds']),
      SecurityGroupIds: found.Groups?.map((group) => group.GroupId),
      PolicyDocument: found.PolicyDocument ? JSON.parse(found.PolicyDocument) : undefined,
    }),
  };
};

/** Reads the address range of the VPC that a gateway is attached to in the template, and finds that VPC. */
async function attachedVpc(ec2: LookUpClients['ec2'], { template, logicalId }: Wanted): Promise<string | undefined> {
  const attachment = Object.values(template.Resources).find(
    ({ Type, Properties: properties = {} }) =>
      Type === 'AWS::EC2::VPCGatewayAttachment' && referencesIn(properties.InternetGatewayId ?? '').includes(logicalId),
  );
  const [vpcId = ''] = referencesIn(attachment?.Properties?.VpcId ?? '');
  const range = template.Resources[vpcId]?.Properties?.CidrBlock;
  if (typeof range !== 'string') return undefined;
  const { Vpcs: [found] = [] } = await ec2.send(
    new DescribeVpcsCommand({ Filters: [filter('cidr', range), filter('is-default', 'false')] }),
  );
  return found?.VpcId;
}

function associatedSubnetRange({ template, logicalId }: Wanted): string | undefined {
  const association = Object.values(template.Resources).find(
    ({ Type, Properties: properties = {} }) =>
      Type === 'AWS::EC2::SubnetRouteTableAssociation' &&
      referencesIn(properties.RouteTableId ?? '').includes(logicalId),
  );
  const [subnetId = ''] = referencesIn(association?.Properties?.SubnetId ?? '');
  const range = template.Resources[subnetId]?.Properties?.CidrBlock;
  return typeof range === 'string' ? range : undefined;
}

async function tableOfSubnet(
  { ec2 }: LookUpClients,
  range: string | undefined,
  home: string | undefined,
): Promise<RouteTable | undefined> {
  if (range === undefined || home === undefined) return undefined;
  const { Subnets: [found] = [] } = await ec2.send(
    new DescribeSubnetsCommand({ Filters: [filter('vpc-id', home), filter('cidr-block', range)] }),
  );
  if (found?.SubnetId === undefined) return undefined;
  const { RouteTables: [table] = [] } = await ec2.send(
    new DescribeRouteTablesCommand({ Filters: [filter('association.subnet-id', found.SubnetId)] }),
  );
  return table;
}
