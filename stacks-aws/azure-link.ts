import { SecretValue, Tags } from 'aws-cdk-lib';
import {
  CfnCustomerGateway,
  CfnVPCGatewayAttachment,
  CfnVPNConnection,
  CfnVPNGateway,
  CfnVPNGatewayRoutePropagation,
} from 'aws-cdk-lib/aws-ec2';
import { CfnHostedZone, CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { retainState } from '../lib/constructs/stateful';
import {
  awsEndStands,
  gatewayInstances,
  hasReached,
  linkKeySecret,
  linkTag,
  type Tunnel,
  tunnels,
} from '../lib/estate/azure-link';
import { azureHost, azureRegions, azureSettingsOf } from '../lib/estate/azure-settings';
import type { AccountSettings } from '../lib/estate/settings';

export interface AzureLinkProps {
  readonly settings: AccountSettings;
}

/** Seconds: short, because the address of a private endpoint changes when Azure replaces it. */
const recordSeconds = 60;

/**
 * AWS's end of the link to Azure, as far as its stage has come: the secret for its key, then a connection to each
 * instance of Azure's gateway, and the name of the endpoint inside the VPC last.
 */
export class AzureLink extends Construct {
  private readonly props: AzureLinkProps;

  constructor(scope: Construct, id: string, props: AzureLinkProps) {
    super(scope, id);
    this.props = props;
    const { link } = props.settings.azure.connectivity;
    if (hasReached(link.stage, 'gateway')) this.addKey();
    if (awsEndStands(link)) this.connect();
    if (hasReached(link.stage, 'verified')) this.resolveNames();
  }

  /** Without its value, which somebody puts in before the connections read it. */
  private addKey(): void {
    const secret = new CfnSecret(this, 'Key', {
      name: linkKeySecret,
      description: 'Key that both ends of every tunnel to Azure share, as the whole value',
    });
    retainState(secret, 'Secret', linkKeySecret);
  }

  private connect(): void {
    const { azure, network } = this.props.settings;
    const { awsAsn, azureAsn, gatewayAddresses, routeTableIds } = azure.connectivity.link;
    const gateway = new CfnVPNGateway(this, 'Gateway', { type: 'ipsec.1', amazonSideAsn: awsAsn });
    Tags.of(gateway).add('Name', 'huntaze-azure');
    const attachment = new CfnVPCGatewayAttachment(this, 'Attachment', {
      vpcId: network.defaultVpcId,
      vpnGatewayId: gateway.ref,
    });
    new CfnVPNGatewayRoutePropagation(this, 'Routes', {
      routeTableIds: [...routeTableIds],
      vpnGatewayId: gateway.ref,
    }).addResourceDependency(attachment);
    for (const instance of gatewayInstances) {
      const customerGateway = new CfnCustomerGateway(this, `CustomerGateway-${instance}`, {
        type: 'ipsec.1',
        bgpAsn: azureAsn,
        ipAddress: gatewayAddresses[instance] ?? '',
      });
      Tags.of(customerGateway).add('Name', `huntaze-azure-instance-${instance}`);
      const connection = new CfnVPNConnection(this, `Connection-${instance}`, {
        type: 'ipsec.1',
        customerGatewayId: customerGateway.ref,
        vpnGatewayId: gateway.ref,
        staticRoutesOnly: false,
        vpnTunnelOptionsSpecifications: tunnels.filter((tunnel) => tunnel.instance === instance).map(tunnelOptions),
      });
      Tags.of(connection).add('Name', `huntaze-azure-instance-${instance}`);
      Tags.of(connection).add(linkTag, String(instance));
    }
  }

  /**
   * A zone for each host name alone: inside the VPC it leads to the private endpoint, and no other account of Azure
   * OpenAI is touched.
   */
  private resolveNames(): void {
    const { settings } = this.props;
    for (const region of azureRegions(azureSettingsOf(settings))) {
      const host = azureHost(region);
      const zone = new CfnHostedZone(this, `Zone-${region.key}`, {
        name: host,
        vpcs: [{ vpcId: settings.network.defaultVpcId, vpcRegion: settings.region }],
        hostedZoneConfig: { comment: 'Azure OpenAI over the private link' },
      });
      new CfnRecordSet(this, `Record-${region.key}`, {
        hostedZoneId: zone.attrId,
        name: host,
        type: 'A',
        ttl: String(recordSeconds),
        resourceRecords: [region.endpointAddress ?? ''],
      });
    }
  }
}

/** One set of algorithms, the strongest that both clouds speak, so that nothing weaker is agreed on. */
const tunnelOptions = ({ insideCidr }: Tunnel): CfnVPNConnection.VpnTunnelOptionsSpecificationProperty => ({
  tunnelInsideCidr: insideCidr,
  // Resolved by CloudFormation as it deploys: the template holds the secret's name.
  preSharedKey: SecretValue.secretsManager(linkKeySecret).unsafeUnwrap(),
  ikeVersions: [{ value: 'ikev2' }],
  phase1EncryptionAlgorithms: [{ value: 'AES256' }],
  phase1IntegrityAlgorithms: [{ value: 'SHA2-256' }],
  phase1DhGroupNumbers: [{ value: 14 }],
  phase2EncryptionAlgorithms: [{ value: 'AES256-GCM-16' }],
  phase2IntegrityAlgorithms: [{ value: 'SHA2-256' }],
  phase2DhGroupNumbers: [{ value: 14 }],
  startupAction: 'start',
  dpdTimeoutAction: 'restart',
});
