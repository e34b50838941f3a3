import { analyseAzureAccess } from '../../../../lib/review/findings/iam/azure';
import { blockCovers } from '../../../../lib/review/findings/network/address-block';
import { analyseNetwork } from '../../../../lib/review/findings/network/analyse';
import { exposures } from '../../../../lib/review/findings/network/exposures';
import type { Analyser } from '../../../../lib/review/model';
import {
  cloudFormationStack,
  comparisonOf,
  type TemplateRow,
  terraformStack,
  treeOf,
} from '../../../support/review-trees';

type Rows = Record<string, TemplateRow>;
type Blocks = Record<string, Record<string, Record<string, unknown>>>;

const told = (analyser: Analyser, base: ReturnType<typeof treeOf>, head: ReturnType<typeof treeOf>): string[] =>
  analyser(comparisonOf(base, head)).map(({ status, level, message }) => `${status} ${level}: ${message}`);
const aws = (base: Rows, head: Rows) =>
  told(analyseNetwork, treeOf(cloudFormationStack(base)), treeOf(cloudFormationStack(head)));
const azure = (base: Blocks, head: Blocks, analyser = analyseNetwork) =>
  told(analyser, treeOf(terraformStack(base)), treeOf(terraformStack(head)));

const group = (ingress: unknown[], egress: unknown[] = []): Rows => ({
  G: {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: { GroupName: 'db', SecurityGroupIngress: ingress, SecurityGroupEgress: egress },
  },
});
const rule = (from: number, to: number, CidrIp: string) => ({ IpProtocol: 'tcp', FromPort: from, ToPort: to, CidrIp });

test.each<[what: string, base: Rows, head: Rows, expected: string[]]>([
  [
    'a port opened to the world',
    group([]),
    group([rule(5432, 5432, '0.0.0.0/0')]),
    [
      'new error: Port 5432 (tcp, PostgreSQL) behind security group "db" becomes reachable from anywhere on the internet (0.0.0.0/0).',
    ],
  ],
  [
    'a rule narrowed',
    group([rule(0, 65_535, '10.0.0.0/8')]),
    group([rule(443, 443, '10.1.0.0/16')]),
    ['fixed note: Every port (tcp) behind security group "db" is closed to 10.0.0.0/8 (16,777,216 addresses).'],
  ],
  [
    'a range widened by a bit',
    group([rule(443, 443, '10.0.0.0/16')]),
    group([rule(443, 443, '10.0.0.0/15')]),
    [
      'new warning: Port 443 (tcp, HTTPS) behind security group "db" becomes reachable from 10.0.0.0/15 (131,072 addresses).',
    ],
  ],
  [
    'a rule moved out of the group',
    group([rule(443, 443, '10.0.0.0/16')]),
    {
      ...group([]),
      R: {
        Type: 'AWS::EC2::SecurityGroupIngress',
        Properties: { GroupId: { 'Fn::GetAtt': ['G', 'GroupId'] }, ...rule(443, 443, '10.0.0.0/16') },
      },
    },
    [],
  ],
  [
    'every protocol',
    group([rule(443, 443, '10.0.0.0/16')]),
    group([{ IpProtocol: -1, CidrIp: '10.0.0.0/16' }]),
    [
      'new warning: Every port and protocol behind security group "db" becomes reachable from 10.0.0.0/16 (65,536 addresses).',
    ],
  ],
  [
    'IPv6',
    group([]),
    group([{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv6: '::/0' }]),
    [
      'new error: Port 22 (tcp, SSH) behind security group "db" becomes reachable from anywhere on the internet (IPv6, ::/0).',
    ],
  ],
  [
    'a group without an egress rule lets everything out',
    group([], [rule(443, 443, '0.0.0.0/0')]),
    { G: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupName: 'db' } } },
    [
      'new note: What stands behind security group "db" may now reach anywhere on the internet (0.0.0.0/0) on every port and protocol.',
    ],
  ],
])('%s', (_, base, head, expected) => {
  expect(aws(base, head)).toEqual(expected);
});

/** Type, what is open, what is closed, and the words that a finding must have. */
test.each<[type: string, open: Record<string, unknown>, closed: Record<string, unknown>, words: RegExp]>([
  [
    'AWS::RDS::DBInstance',
    { PubliclyAccessible: true, StorageEncrypted: true },
    { PubliclyAccessible: false, StorageEncrypted: true },
    /public address/,
  ],
  ['AWS::RDS::DBInstance', { StorageEncrypted: false }, { StorageEncrypted: true }, /unencrypted/],
  [
    'AWS::S3::Bucket',
    {
      BucketEncryption: {},
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true },
    },
    {
      BucketEncryption: {},
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    },
    /does not have RestrictPublicBuckets/,
  ],
  [
    'AWS::S3::Bucket',
    { BucketEncryption: {}, AccessControl: 'PublicRead' },
    { BucketEncryption: {} },
    /ACL PublicRead/,
  ],
  ['AWS::Lambda::Url', { AuthType: 'NONE' }, { AuthType: 'AWS_IAM' }, /asks for no identity/],
  [
    'AWS::ECS::Service',
    { NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'ENABLED' } } },
    {},
    /public addresses/,
  ],
  [
    'AWS::CloudFront::Distribution',
    { DistributionConfig: { DefaultCacheBehavior: { ViewerProtocolPolicy: 'allow-all' } } },
    { DistributionConfig: { DefaultCacheBehavior: { ViewerProtocolPolicy: 'redirect-to-https' } } },
    /plain HTTP/,
  ],
  [
    'AWS::CloudFront::Distribution',
    { DistributionConfig: { ViewerCertificate: { MinimumProtocolVersion: 'TLSv1' } } },
    { DistributionConfig: { ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.2_2021' } } },
    /older than TLS 1\.2/,
  ],
  [
    'AWS::ElastiCache::CacheCluster',
    { TransitEncryptionEnabled: false },
    { TransitEncryptionEnabled: true },
    /without TLS/,
  ],
  ['AWS::SQS::Queue', { SqsManagedSseEnabled: false }, {}, /unencrypted/],
  ['AWS::Logs::LogGroup', {}, { KmsKeyId: 'k' }, /no longer encrypted/],
  ['AWS::DynamoDB::Table', {}, { SSESpecification: { SSEEnabled: true } }, /no longer encrypted/],
  [
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    { Scheme: 'internet-facing' },
    { Scheme: 'internal' },
    /faces the internet/,
  ],
])('%s stands open, and is mended', (type, open, closed, words) => {
  const row = (Properties: Record<string, unknown>): Rows => ({ It: { Type: type, Properties } });
  const opened = aws(row(closed), row(open));
  expect(opened).toHaveLength(1);
  expect(opened[0]).toMatch(words);
  expect(opened[0]).toMatch(/^new (error|warning)/);
  expect(aws(row(open), row(closed))).toEqual([expect.stringMatching(/^fixed note: /)]);
  expect(aws(row(open), row(open))).toEqual([]);
});

test('four lost flags of one bucket are one finding', () => {
  const bucket = (on: boolean): Rows => ({
    B: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketEncryption: {},
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: on,
          BlockPublicPolicy: on,
          IgnorePublicAcls: on,
          RestrictPublicBuckets: on,
        },
      },
    },
  });
  expect(aws(bucket(true), bucket(false))).toHaveLength(1);
});

test.each<[what: string, base: Blocks, head: Blocks, expected: string[]]>([
  [
    'public access switched on',
    {
      azurerm_cognitive_account: { a: { name: 'ai', public_network_access_enabled: false, local_auth_enabled: false } },
    },
    {
      azurerm_cognitive_account: {
        a: {
          name: 'ai',
          public_network_access_enabled: true,
          local_auth_enabled: false,
          network_acls: { default_action: 'Deny', ip_rules: ['203.0.113.7'] },
        },
      },
    },
    [
      'new error: Cognitive account "ai" can be reached at its public address.',
      'new warning: Cognitive account "ai" admits the address 203.0.113.7.',
    ],
  ],
  [
    'the default denial lost, and keys switched on by leaving the argument out',
    {
      azurerm_cognitive_account: {
        a: { name: 'ai', local_auth_enabled: false, network_acls: [{ default_action: 'Deny' }] },
      },
    },
    { azurerm_cognitive_account: { a: { name: 'ai', network_acls: [{ default_action: 'Allow' }] } } },
    [
      'new error: Cognitive account "ai" admits every address of the internet (no default denial in its network rules).',
      'new error: Cognitive account "ai" accepts keys: whoever has one needs no identity.',
    ],
  ],
  [
    'a rule of a network security group',
    { azurerm_network_security_group: { g: { name: 'nsg' } } },
    {
      azurerm_network_security_group: {
        g: {
          name: 'nsg',
          security_rule: [
            {
              access: 'Allow',
              direction: 'Inbound',
              protocol: 'Tcp',
              source_address_prefix: 'Internet',
              destination_port_range: '3389',
            },
          ],
        },
      },
    },
    [
      'new error: Port 3389 (tcp, Remote Desktop) behind network security group "nsg" becomes reachable from anywhere on the internet (Internet).',
    ],
  ],
])('Azure: %s', (_, base, head, expected) => {
  expect(azure(base, head)).toEqual(expected);
});

test('a role assignment and a federated credential say who gets what', () => {
  const account = {
    azurerm_cognitive_account: { ai: { name: 'ai' } },
    azurerm_user_assigned_identity: { u: { name: 'caller' } },
  };
  const head: Blocks = {
    ...account,
    azurerm_role_assignment: {
      r: {
        principal_id: `\${azurerm_user_assigned_identity.u.principal_id}`,
        role_definition_name: 'Cognitive Services OpenAI User',
        scope: `\${azurerm_cognitive_account.ai.id}`,
      },
      owner: { principal_id: 'someone', role_definition_name: 'Owner', scope: '/subscriptions/1' },
    },
    azurerm_federated_identity_credential: {
      f: {
        issuer: 'https://issuer',
        subject: 'arn:aws:iam::1:role/x',
        audience: ['api://AzureADTokenExchange'],
        parent_id: `\${azurerm_user_assigned_identity.u.id}`,
      },
    },
  };
  const findings = azure(account, head, analyseAzureAccess);
  expect(findings.sort()).toEqual([
    'new error: someone gets the role "Owner" on /subscriptions/1.',
    'new warning: A token of https://issuer for the subject "arn:aws:iam::1:role/x" (audience api://AzureADTokenExchange) may now act as user assigned identity "caller".',
    'new warning: user assigned identity "caller" gets the role "Cognitive Services OpenAI User" on cognitive account "ai".',
  ]);
  expect(azure(head, account, analyseAzureAccess).every((line) => line.startsWith('fixed note: No longer'))).toBe(true);
});

test.each([
  ['0.0.0.0/0', '10.0.0.0/8', true],
  ['10.0.0.0/8', '10.1.2.3', true],
  ['10.0.0.0/8', '11.0.0.0/16', false],
  ['10.0.0.0/16', '10.0.0.0/8', false],
  ['::/0', '2001:db8::/32', true],
  ['0.0.0.0/0', '::/0', false],
  ['not an address', 'not an address', true],
  ['10.0.0.0/99', '10.0.0.1', false],
])('%s covers %s: %s', (wide, narrow, covered) => {
  expect(blockCovers(wide, narrow)).toBe(covered);
});

test('every exposure says what is open and what is mended, with a source', () => {
  for (const { means, closed, source, types } of exposures) {
    expect(means).not.toBe('');
    expect(closed).not.toBe('');
    expect(source).toMatch(/^https:\/\//);
    expect(types.length).toBeGreaterThan(0);
  }
});
