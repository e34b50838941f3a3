import { at, isObject } from '../../json';
import type { Resource, Stack, Tree } from '../../model';
import { nameOf, refOf } from '../ref';
import { asList, blocks, type Identify, type Reader, referenced, textOf, texts } from '../values';
import { everyPort, type Opening } from './rules';

/** What an AWS group lets out where the template does not say. */
const defaultEgress = { IpProtocol: '-1', CidrIp: '0.0.0.0/0' };

const protocolNumbers: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp', '1': 'icmp', all: '-1' };

/** Every opening in the security groups of a tree, inline or apart. */
export const collectOpenings = (tree: Tree, identify: Identify): Opening[] =>
  [...tree.stacks.values()].flatMap((stack) =>
    [...stack.resources.values()].flatMap((resource) => openingsOf(resource, { stack, identify })),
  );

function openingsOf(resource: Resource, reader: Reader): Opening[] {
  const { properties } = resource;
  switch (resource.type) {
    case 'AWS::EC2::SecurityGroup': {
      const scope = groupName(resource, reader);
      const egress = properties.SecurityGroupEgress ?? [defaultEgress];
      return [
        ...inline(properties.SecurityGroupIngress, 'in', scope, 'Properties.SecurityGroupIngress', resource, reader),
        ...inline(egress, 'out', scope, 'Properties.SecurityGroupEgress', resource, reader),
      ];
    }
    case 'AWS::EC2::SecurityGroupIngress':
      return awsRule(
        properties,
        'in',
        groupOf(properties.GroupId ?? properties.GroupName, reader),
        'Properties',
        resource,
        reader,
      );
    case 'AWS::EC2::SecurityGroupEgress':
      return awsRule(properties, 'out', groupOf(properties.GroupId, reader), 'Properties', resource, reader);
    case 'azurerm_network_security_group':
      return blocks(properties.security_rule).flatMap((rule) =>
        azureRule(rule, azureGroup(resource, reader), resource, 'security_rule', reader.stack),
      );
    case 'azurerm_network_security_rule': {
      const group = referenced(properties.network_security_group_name, reader.stack);
      const scope =
        group === undefined
          ? `network security group "${String(properties.network_security_group_name)}"`
          : azureGroup(group, reader);
      return azureRule(properties, scope, resource, 'rule', reader.stack);
    }
    default:
      return [];
  }
}

const groupName = (resource: Resource, { identify }: Reader): string =>
  `security group "${resource.physicalName ?? identify(resource)}"`;

const azureGroup = (resource: Resource, { identify }: Reader): string =>
  `network security group "${resource.physicalName ?? identify(resource)}"`;

function groupOf(value: unknown, reader: Reader): string {
  const group = referenced(value, reader.stack);
  return group?.type === 'AWS::EC2::SecurityGroup'
    ? groupName(group, reader)
    : `security group "${textOf(value ?? '?', reader)}"`;
}

const inline = (
  rules: unknown,
  direction: Opening['direction'],
  scope: string,
  path: string,
  resource: Resource,
  reader: Reader,
): Opening[] =>
  asList(rules).flatMap((rule) => {
    const branches = at(rule, 'Fn::If');
    const written = Array.isArray(branches) ? branches.slice(1) : [rule];
    return written.filter(isObject).flatMap((one) => awsRule(one, direction, scope, path, resource, reader));
  });

function awsRule(
  rule: Readonly<Record<string, unknown>>,
  direction: Opening['direction'],
  scope: string,
  path: string,
  resource: Resource,
  reader: Reader,
): Opening[] {
  const written = textOf(rule.IpProtocol ?? '-1', reader).toLowerCase();
  const protocol = protocolNumbers[written] ?? written;
  const port = (value: unknown, otherwise: number) => {
    const number = Number(textOf(value ?? otherwise, reader));
    return Number.isFinite(number) && number >= 0 ? number : otherwise;
  };
  const groups = [rule.SourceSecurityGroupId, rule.SourceSecurityGroupName, rule.DestinationSecurityGroupId].filter(
    (value) => value !== undefined,
  );
  const lists = [rule.SourcePrefixListId, rule.DestinationPrefixListId].filter((value) => value !== undefined);
  const peers = [
    ...texts([rule.CidrIp, rule.CidrIpv6], reader),
    ...groups.map((group) => groupOf(group, reader)),
    ...lists.map((list) => `prefix list ${textOf(list, reader)}`),
  ];
  const ports =
    protocol === '-1' ? everyPort : { from: port(rule.FromPort, everyPort.from), to: port(rule.ToPort, everyPort.to) };
  return peers.map((peer) => ({ direction, scope, protocol, ...ports, peer, resource: refOf(resource), path }));
}

/** Rules that let in; what is denied before an allowance is not weighed, so this errs on the side of a finding. */
function azureRule(
  rule: Readonly<Record<string, unknown>>,
  scope: string,
  resource: Resource,
  path: string,
  stack: Stack,
): Opening[] {
  if (String(rule.access).toLowerCase() !== 'allow') return [];
  const direction = String(rule.direction).toLowerCase() === 'outbound' ? 'out' : 'in';
  const protocol = rule.protocol === '*' || rule.protocol === undefined ? '-1' : String(rule.protocol).toLowerCase();
  const side = direction === 'in' ? 'source' : 'destination';
  const peers = [...asList(rule[`${side}_address_prefix`]), ...asList(rule[`${side}_address_prefixes`])].map((peer) =>
    peerOf(peer, stack),
  );
  const ranges = [...asList(rule.destination_port_range), ...asList(rule.destination_port_ranges)].map(String);
  return peers.flatMap((peer) =>
    (ranges.length === 0 ? ['*'] : ranges).map((range): Opening => {
      const [, from, to] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
      const ports = from === undefined ? everyPort : { from: Number(from), to: Number(to ?? from) };
      return {
        direction,
        scope,
        // Every protocol on one port is not every port.
        protocol: protocol === '-1' && from !== undefined ? 'any protocol' : protocol,
        ...ports,
        peer,
        resource: refOf(resource),
        path,
      };
    }),
  );
}

function peerOf(value: unknown, stack: Stack): string {
  const resource = referenced(value, stack);
  return resource === undefined ? String(value) : nameOf(resource);
}
