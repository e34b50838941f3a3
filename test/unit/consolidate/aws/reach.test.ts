import { DescribeSecurityGroupsCommand, EC2Client, type IpPermission } from '@aws-sdk/client-ec2';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { clientReach } from '../../../../lib/consolidate/aws/reach';
import type { InstanceFacts } from '../../../../lib/consolidate/ports';

const ec2 = mockClient(EC2Client);
const ecs = mockClient(ECSClient);
const clients = { ec2: new EC2Client({ region: 'us-east-1' }), ecs: new ECSClient({ region: 'us-east-1' }) };

const facts = (identifier: string, publiclyAccessible: boolean): InstanceFacts =>
  ({ identifier, publiclyAccessible, port: 5432, securityGroupIds: ['sg-db'] }) as unknown as InstanceFacts;
const fromGroup = (GroupId: string): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: 5432,
  ToPort: 5432,
  UserIdGroupPairs: [{ GroupId }],
});
const fromAnywhere: IpPermission = {
  IpProtocol: 'tcp',
  FromPort: 5432,
  ToPort: 5432,
  IpRanges: [{ CidrIp: '0.0.0.0/0' }],
};

/** Rules of the database group, and whether the group of the functions is there. */
function rules(...IpPermissions: IpPermission[]): void {
  ec2.reset();
  ec2.on(DescribeSecurityGroupsCommand, { GroupIds: ['sg-db'] }).resolves({
    SecurityGroups: [{ GroupId: 'sg-db', IpPermissions }],
  });
  ec2
    .on(DescribeSecurityGroupsCommand, { Filters: [{ Name: 'group-name', Values: ['huntaze-functions-sg'] }] })
    .resolves({
      SecurityGroups: [{ GroupId: 'sg-functions' }],
    });
}
const reach = async (publicSource: boolean, services: { cluster: string; name: string }[] = []) => {
  const found = await clientReach({
    clients,
    source: facts('plain', publicSource),
    target: facts('encrypted', false),
    services,
  });
  return new Map(found.map(({ client, reachesTarget }) => [client, reachesTarget]));
};

beforeEach(() => ecs.reset());

test('a function in the VPC reaches a target that admits its group, and no other', async () => {
  rules(fromGroup('sg-functions'));
  expect((await reach(false)).get('function huntaze-prisma-read')).toBe('yes');
  rules(fromAnywhere);
  expect((await reach(false)).get('function huntaze-prisma-read')).toBe('no');
});

test.each([
  ['a group that the target admits', { awsvpcConfiguration: { subnets: [], securityGroups: ['sg-api'] } }, 'yes'],
  ['another group', { awsvpcConfiguration: { subnets: [], securityGroups: ['sg-other'] } }, 'no'],
  ['no network of its own', undefined, 'unknown'],
])('a service with %s: %s', async (_, networkConfiguration, expected) => {
  rules(fromGroup('sg-api'));
  ecs.on(DescribeServicesCommand).resolves({ services: [{ networkConfiguration }] });
  expect((await reach(false, [{ cluster: 'c', name: 'api' }])).get('service c/api')).toBe(expected);
});

test('a task whose URL stands in a secret of another owner is told: the switch does not write that one', async () => {
  rules();
  expect((await reach(false)).get('task ai-summarizer')).toBe('unknown');
});

test.each([
  ['open to the internet and public', true, [fromAnywhere], 'no'],
  ['open, but with no public address', false, [fromAnywhere], undefined],
  ['public, but closed', true, [fromGroup('sg-api')], undefined],
])('clients outside the VPC, the source %s: %s', async (_, publicSource, permissions, expected) => {
  rules(...permissions);
  expect((await reach(publicSource)).get('whoever is outside the VPC')).toBe(expected);
});
