import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';

const covers = ({ IpProtocol: protocol, FromPort: from = 0, ToPort: to = 65_535 }: IpPermission, port: number) =>
  protocol === '-1' || (protocol === 'tcp' && from <= port && port <= to);

const permissionsFor = (groups: readonly SecurityGroup[], port: number): IpPermission[] =>
  groups.flatMap(({ IpPermissions = [] }) => IpPermissions).filter((permission) => covers(permission, port));

/** Whether one of the groups admits one of the peers' groups on the port. */
export const admitsGroups = (groups: readonly SecurityGroup[], peers: readonly string[], port: number): boolean =>
  permissionsFor(groups, port).some(({ UserIdGroupPairs: pairs = [] }) =>
    pairs.some(({ GroupId: id }) => id !== undefined && peers.includes(id)),
  );

/** Whether one of the groups admits every address on the port. */
export const admitsInternet = (groups: readonly SecurityGroup[], port: number): boolean =>
  permissionsFor(groups, port).some(
    ({ IpRanges = [], Ipv6Ranges = [] }) =>
      IpRanges.some(({ CidrIp }) => CidrIp === '0.0.0.0/0') || Ipv6Ranges.some(({ CidrIpv6 }) => CidrIpv6 === '::/0'),
  );
