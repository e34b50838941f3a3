import { DescribeSecurityGroupsCommand, type IpPermission } from '@aws-sdk/client-ec2';
import { endpointServices } from '../../estate/functions';
import { type SecurityGroupKey, securityGroups } from '../../estate/network';
import { openToInternet } from '../../estate/posture';
import type { AccountSettings } from '../../estate/settings';
import { labelColumn, type Section } from '../model';

export const securityGroupsSection: Section = {
  id: 'securityGroups',
  part: 'support',
  nameHeading: 'name',
  columns: [labelColumn('purpose')],

  expected: (settings) =>
    existingGroups().map((key) => ({
      kind: 'modelled',
      name: securityGroups[key].name,
      label: securityGroups[key].description,
      properties: {
        vpc: settings.network.defaultVpcId,
        portsOpenToTheInternet: openPorts(key, settings),
      },
    })),

  async read({ ec2 }, name) {
    const { SecurityGroups: [group] = [] } = await ec2.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: [name] }] }),
    );
    return (
      group && {
        vpc: group.VpcId ?? null,
        portsOpenToTheInternet: (group.IpPermissions ?? []).filter(admitsAnybody).map(portsOf).sort(),
      }
    );
  },
};

/** The group of the interface endpoints comes with the first function that needs one. */
const existingGroups = (): SecurityGroupKey[] =>
  (Object.keys(securityGroups) as SecurityGroupKey[]).filter(
    (key) => key !== 'endpoints' || endpointServices.length > 0,
  );

function openPorts(key: SecurityGroupKey, settings: AccountSettings): string[] {
  const group = securityGroups[key];
  return 'port' in group && openToInternet(key, settings) ? [String(group.port)] : [];
}

const admitsAnybody = (permission: IpPermission): boolean =>
  (permission.IpRanges ?? []).some((range) => range.CidrIp === '0.0.0.0/0') ||
  (permission.Ipv6Ranges ?? []).some((range) => range.CidrIpv6 === '::/0');

const portsOf = ({ IpProtocol: protocol, FromPort: from, ToPort: to }: IpPermission): string => {
  if (protocol === '-1') return 'all';
  return from === to ? String(from) : `${from}-${to}`;
};
