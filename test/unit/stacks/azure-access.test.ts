import { Match, type Template } from 'aws-cdk-lib/assertions';
import { federated, links, secondRegion } from '../azure/synthesize';
import { accessTemplate } from './azure-access';

const parameter = (template: Template, name: string): unknown =>
  Object.values(
    template.findResources('AWS::SSM::Parameter', { Properties: { Name: `/huntaze/azure-access/${name}` } }),
  )[0]?.Properties.Value;

const linkTypes = [
  'AWS::EC2::VPNGateway',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::EC2::VPNGatewayRoutePropagation',
  'AWS::EC2::CustomerGateway',
  'AWS::EC2::VPNConnection',
  'AWS::Route53::HostedZone',
];

describe('minimal', () => {
  const template = accessTemplate();

  test('callers find their settings, with the kill switch thrown and nobody on Azure', () => {
    expect(parameter(template, 'AZURE_OPENAI_ENDPOINT')).toBe('https://huntaze-ai-api.openai.azure.com/');
    expect(parameter(template, 'AZURE_API_VERSION')).toBe('2024-10-21');
    expect(parameter(template, 'AZURE_DEPLOYMENT_PREMIUM')).toBe('gpt-4o');
    expect(parameter(template, 'AZURE_DEPLOYMENT_STANDARD')).toBe('gpt-4o-mini');
    expect(parameter(template, 'ENABLE_AZURE_AI')).toBe('false');
    expect(parameter(template, 'AZURE_AI_ROLLOUT_PERCENTAGE')).toBe('0');
  });

  test('the latch of the rollback is no resource: a deploy must neither set nor clear it', () => {
    expect(parameter(template, 'rollback')).toBeUndefined();
  });

  test('callers may get one kind of token, for Entra and for minutes', () => {
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      ManagedPolicyName: 'huntaze-azure-openai-caller',
      PolicyDocument: {
        Statement: Match.arrayWith([
          {
            Sid: 'TokenForEntra',
            Effect: 'Allow',
            Action: 'sts:GetWebIdentityToken',
            Resource: '*',
            Condition: {
              'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': 'api://AzureADTokenExchange' },
              Null: { 'sts:IdentityTokenAudience': 'false' },
              StringEquals: { 'sts:SigningAlgorithm': 'RS256' },
              NumericLessThanEquals: { 'sts:DurationSeconds': '300' },
            },
          },
        ]),
      },
    });
  });

  test('of the link there is nothing', () => {
    for (const type of linkTypes) template.resourceCountIs(type, 0);
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
  });
});

describe('maximum', () => {
  test('exactly the callers have the policy: ours, and those of the settings', () => {
    const [policy] = Object.values(
      accessTemplate({}, { ...federated, callers: [{ role: 'web', network: 'nat' }] }).findResources(
        'AWS::IAM::ManagedPolicy',
      ),
    );
    expect(policy?.Properties.Roles).toEqual(['huntaze-azure-probe-role', 'ecsTaskRole-ai-summarizer-use1', 'web']);
  });

  test('gateway: the secret of the key stands, retained and without a value', () => {
    const template = accessTemplate({ connectivity: { link: links.gateway } });
    template.hasResource('AWS::SecretsManager::Secret', {
      Properties: {
        Name: 'huntaze/azure/vpn-shared-key',
        SecretString: Match.absent(),
        GenerateSecretString: Match.absent(),
      },
      DeletionPolicy: 'RetainExceptOnCreate',
    });
    for (const type of linkTypes) template.resourceCountIs(type, 0);
  });

  describe('gateway with its addresses', () => {
    const template = accessTemplate({ connectivity: { link: links['gateway with addresses'] } });

    test('a connection leads to each instance of the gateway, with the inside blocks that Azure knows', () => {
      const connections = Object.values(template.findResources('AWS::EC2::VPNConnection'));
      expect(
        connections.map(({ Properties }) =>
          Properties.VpnTunnelOptionsSpecifications.map(
            (tunnel: { TunnelInsideCidr: string }) => tunnel.TunnelInsideCidr,
          ),
        ),
      ).toEqual([
        ['169.254.21.0/30', '169.254.22.0/30'],
        ['169.254.21.4/30', '169.254.22.4/30'],
      ]);
      for (const { Properties } of connections) {
        expect(Properties).toMatchObject({ StaticRoutesOnly: false, Type: 'ipsec.1' });
      }
      expect(
        Object.values(template.findResources('AWS::EC2::CustomerGateway')).map(({ Properties }) => [
          Properties.IpAddress,
          Properties.BgpAsn,
        ]),
      ).toEqual([
        ['203.0.113.10', 65_000],
        ['203.0.113.11', 65_000],
      ]);
    });

    test('the key is the secret, by name', () => {
      const text = JSON.stringify(template.toJSON());
      expect(
        text.match(/"PreSharedKey":"\{\{resolve:secretsmanager:huntaze\/azure\/vpn-shared-key:SecretString:::?\}\}"/g),
      ).toHaveLength(4);
    });

    test('the way to Azure is learned by the route tables of the settings, once the gateway is attached', () => {
      template.hasResource('AWS::EC2::VPNGatewayRoutePropagation', {
        Properties: { RouteTableIds: ['rtb-0123456789abcdef0'] },
        DependsOn: [Match.stringLikeRegexp('Attachment')],
      });
      template.hasResourceProperties('AWS::EC2::VPNGateway', { AmazonSideAsn: 64_512 });
    });

    test('names still resolve to the public address', () => {
      template.resourceCountIs('AWS::Route53::HostedZone', 0);
    });
  });

  test('verified: inside the VPC the host name, and no other, leads to the private endpoint', () => {
    const template = accessTemplate({
      connectivity: { link: links.verified },
      secondRegion: { ...secondRegion.secondRegion, endpointAddress: '10.60.0.5' },
    });
    const zones = Object.values(template.findResources('AWS::Route53::HostedZone')).map(({ Properties }) => Properties);
    expect(zones.map(({ Name }) => Name)).toEqual([
      'huntaze-ai-api.openai.azure.com',
      'huntaze-ai-api-sweden.openai.azure.com',
    ]);
    for (const zone of zones) expect(zone.VPCs).toEqual([{ VPCId: 'vpc-033be7e71ec9548d2', VPCRegion: 'us-east-1' }]);
    expect(
      Object.values(template.findResources('AWS::Route53::RecordSet')).map(({ Properties }) => [
        Properties.Name,
        Properties.Type,
        Properties.ResourceRecords,
      ]),
    ).toEqual([
      ['huntaze-ai-api.openai.azure.com', 'A', ['10.60.0.4']],
      ['huntaze-ai-api-sweden.openai.azure.com', 'A', ['10.60.0.5']],
    ]);
  });
});

describe('throws when', () => {
  test('a setting breaks a rule, on AWS as on Azure', () => {
    expect(() => accessTemplate({ connectivity: { link: { stage: 'connected' } } })).toThrow(
      'azure.connectivity.link.gatewayAddresses must have 2 entries at stage connected',
    );
  });
});
