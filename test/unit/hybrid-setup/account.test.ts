import { DescribeVpnConnectionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  DisableOutboundWebIdentityFederationCommand,
  EnableOutboundWebIdentityFederationCommand,
  GetOutboundWebIdentityFederationInfoCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { mockClient } from 'aws-sdk-client-mock';
import { disableFederation, enableFederation, federation } from '../../../lib/hybrid-setup/federation';
import { standingTunnels } from '../../../lib/hybrid-setup/tunnels';

const issuer = 'https://00000000-1111-2222-3333-444444444444.tokens.sts.global.api.aws';
const named = (name: string): Error => Object.assign(new Error(name), { name });

describe('outbound federation', () => {
  const iam = mockClient(IAMClient);
  const client = new IAMClient({ region: 'us-east-1' });
  beforeEach(() => iam.reset());
  afterAll(() => iam.restore());

  const on = () =>
    iam.on(GetOutboundWebIdentityFederationInfoCommand).resolves({ JwtVendingEnabled: true, IssuerIdentifier: issuer });

  test('is read', async () => {
    on();
    await expect(federation(client)).resolves.toEqual({ enabled: true, issuer });
  });

  test('that was never on is off, not an error', async () => {
    iam.on(GetOutboundWebIdentityFederationInfoCommand).rejects(named('FeatureDisabledException'));
    await expect(federation(client)).resolves.toEqual({ enabled: false, issuer: undefined });
  });

  test('is switched on, and on again', async () => {
    iam
      .on(EnableOutboundWebIdentityFederationCommand)
      .resolvesOnce({ IssuerIdentifier: issuer })
      .rejects(named('FeatureEnabledException'));
    on();
    await expect(enableFederation(client)).resolves.toEqual({ enabled: true, issuer });
    await expect(enableFederation(client)).resolves.toEqual({ enabled: true, issuer });
  });

  test('is switched off, and off again', async () => {
    iam.on(DisableOutboundWebIdentityFederationCommand).resolvesOnce({}).rejects(named('FeatureDisabledException'));
    await expect(disableFederation(client)).resolves.toMatchObject({ enabled: false });
    await expect(disableFederation(client)).resolves.toMatchObject({ enabled: false });
  });

  test.each([
    ['read', federation],
    ['switched on', enableFederation],
    ['switched off', disableFederation],
  ] as const)('without the permission it is not %s', async (_, call) => {
    iam.onAnyCommand().rejects(named('AccessDenied'));
    await expect(call(client)).rejects.toThrow('AccessDenied');
  });
});

describe('tunnels', () => {
  const ec2 = mockClient(EC2Client);
  const client = new EC2Client({ region: 'us-east-1' });
  beforeEach(() => ec2.reset());
  afterAll(() => ec2.restore());

  const connection = (...tunnels: readonly (readonly [cidr: string, address: string])[]) => ({
    Options: {
      TunnelOptions: tunnels.map(([TunnelInsideCidr, OutsideIpAddress]) => ({ TunnelInsideCidr, OutsideIpAddress })),
    },
    VgwTelemetry: tunnels.map(([, OutsideIpAddress]) => ({ OutsideIpAddress, Status: 'UP' as const })),
  });
  const second = connection(['169.254.22.4/30', '198.51.100.4'], ['169.254.21.4/30', '198.51.100.3']);
  const first = connection(['169.254.21.0/30', '198.51.100.1'], ['169.254.22.0/30', '198.51.100.2']);

  test('come in the order of the settings, whatever the order of AWS', async () => {
    ec2.on(DescribeVpnConnectionsCommand).resolves({ VpnConnections: [second, first] });
    const found = await standingTunnels(client);
    expect(found.map(({ name, outsideAddress, status }) => [name, outsideAddress, status])).toEqual([
      ['aws-instance-0-tunnel-1', '198.51.100.1', 'UP'],
      ['aws-instance-0-tunnel-2', '198.51.100.2', 'UP'],
      ['aws-instance-1-tunnel-1', '198.51.100.3', 'UP'],
      ['aws-instance-1-tunnel-2', '198.51.100.4', 'UP'],
    ]);
    expect(ec2.commandCalls(DescribeVpnConnectionsCommand)[0]?.args[0].input.Filters).toContainEqual({
      Name: 'tag-key',
      Values: ['huntaze:azure-gateway-instance'],
    });
  });

  test('that do not stand yet are named, with what to do', async () => {
    ec2.on(DescribeVpnConnectionsCommand).resolves({ VpnConnections: [first] });
    await expect(standingTunnels(client)).rejects.toThrow(
      /got: 1 VPN connection\(s\).*missing aws-instance-1-tunnel-1, aws-instance-1-tunnel-2.*gatewayAddresses/,
    );
  });
});
