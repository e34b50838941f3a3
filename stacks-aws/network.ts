import { Tags } from 'aws-cdk-lib';
import {
  CfnFlowLog,
  CfnSecurityGroup,
  CfnSecurityGroupIngress,
  CfnVPCEndpoint,
  type CfnSecurityGroup as Group,
  IpAddresses,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { namedRole } from '../lib/constructs/named-role';
import { pinnedLogicalId, retainState } from '../lib/constructs/stateful';
import { effectsOf } from '../lib/estate/consolidation-phase';
import { endpointServices } from '../lib/estate/functions';
import {
  defaultVpc,
  functionZones,
  type SecurityGroupKey,
  securityGroups,
  workerVpc,
  workerVpcFlowLog,
} from '../lib/estate/network';
import { openToInternet } from '../lib/estate/posture';
import type { AccountSettings } from '../lib/estate/settings';
import { defaultSubnetIds } from './default-vpc';
import { EstateStack } from './estate-stack';

/** Name under which the network stack publishes the id of a security group. */
export const securityGroupParameter = (key: SecurityGroupKey): string => `security-group/${key}`;

const anywhere = '0.0.0.0/0';

/** Worker VPC, and the security groups in the default VPC, which is referenced by id and never created. */
export class NetworkStack extends EstateStack {
  constructor(scope: Construct, id: string, props: { readonly settings: AccountSettings }) {
    super(scope, id, 'network', { ...props, description: 'Huntaze estate: worker VPC and security groups' });
    this.addWorkerVpc();
    this.addSecurityGroups();
    this.addEndpoints();
  }

  /** The library checks a VPC's zones against the account's; without this, synth would ask AWS for them. */
  override get availabilityZones(): string[] {
    return [...workerVpc.zones];
  }

  private addWorkerVpc(): void {
    const vpc = new Vpc(this, 'WorkerVpc', {
      ipAddresses: IpAddresses.cidr(workerVpc.cidr),
      availabilityZones: [...workerVpc.zones],
      natGateways: 0,
      subnetConfiguration: [{ name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: workerVpc.subnetMask }],
      // It would bring a custom resource with a function of its own, for a group that nothing uses.
      restrictDefaultSecurityGroup: false,
    });
    Tags.of(vpc).add('Name', workerVpc.name, { includeResourceTypes: ['AWS::EC2::VPC'] });
    if (this.settings.posture === 'hardened') this.addFlowLog(vpc);
  }

  private addFlowLog(vpc: Vpc): void {
    const { name, role, retentionDays } = workerVpcFlowLog;
    const logGroup = new CfnLogGroup(this, 'FlowLogGroup', { logGroupName: name, retentionInDays: retentionDays });
    retainState(logGroup, 'LogGroup', name);
    const deliver = namedRole(this, 'FlowLogRole', role, new ServicePrincipal('vpc-flow-logs.amazonaws.com'));
    deliver.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
        resources: [`arn:aws:logs:${this.region}:${this.account}:log-group:${name}:*`],
      }),
    );
    new CfnFlowLog(this, 'FlowLog', {
      resourceId: vpc.vpcId,
      resourceType: 'VPC',
      trafficType: 'ALL',
      logDestinationType: 'cloud-watch-logs',
      logGroupName: name,
      deliverLogsPermissionArn: deliver.roleArn,
    }).addResourceDependency(logGroup);
  }

  /** Rules stand inside their groups: moving a rule between postures is then an update in place of one resource. */
  private addSecurityGroups(): void {
    const scraper = this.group('scraper', []);
    const functions = this.group('functions', []);
    const consolidation = this.group('consolidation', [], this.runnerEgress());
    const phase = effectsOf(this.settings.databases.consolidation);
    const from = (group: CfnSecurityGroup, port: number, description: string): Group.IngressProperty => ({
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
      sourceSecurityGroupId: group.attrGroupId,
      description,
    });
    const fromFunctions = (port: number) => from(functions, port, 'Functions inside the VPC');
    const fromAnywhere = (port: number): Group.IngressProperty => ({
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
      cidrIp: anywhere,
      description: 'Anywhere, as audited',
    });
    const { database, cache } = securityGroups;
    const groups = {
      scraper,
      functions,
      consolidation,
      database: this.group('database', [
        fromFunctions(database.port),
        ...(phase.runner ? [from(consolidation, database.port, 'The consolidation task')] : []),
        ...(openToInternet('database', this.settings) ? [fromAnywhere(database.port)] : []),
      ]),
      cache: this.group('cache', [
        fromFunctions(cache.port),
        ...(openToInternet('cache', this.settings) ? [fromAnywhere(cache.port)] : []),
      ]),
    } satisfies Partial<Record<SecurityGroupKey, CfnSecurityGroup>>;
    for (const [key, group] of Object.entries(groups) as [SecurityGroupKey, CfnSecurityGroup][]) {
      this.publish(securityGroupParameter(key), group.attrGroupId);
    }
    if (phase.betweenInstances) this.joinInstances(groups.database);
  }

  /** Both instances are in one group. A group that names itself inside itself is a circle to CloudFormation. */
  private joinInstances(group: CfnSecurityGroup): void {
    const { port } = securityGroups.database;
    const rule = new CfnSecurityGroupIngress(this, 'BetweenInstances', {
      groupId: group.attrGroupId,
      sourceSecurityGroupId: group.attrGroupId,
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
      description: 'Replication between the two instances',
    });
    rule.overrideLogicalId(pinnedLogicalId('Ingress', 'between instances'));
  }

  /** The databases, and the APIs of AWS: those with an endpoint in the VPC, and the others by the task's public address. */
  private runnerEgress(): Group.EgressProperty[] {
    const { database, endpoints } = securityGroups;
    return [
      {
        ipProtocol: 'tcp',
        fromPort: database.port,
        toPort: database.port,
        cidrIp: defaultVpc.cidr,
        description: 'PostgreSQL in the default VPC',
      },
      {
        ipProtocol: 'tcp',
        fromPort: endpoints.port,
        toPort: endpoints.port,
        cidrIp: anywhere,
        description: 'APIs of AWS',
      },
    ];
  }

  /**
   * Interface endpoints for what functions inside the default VPC call.
   *
   * Private DNS turns every client in that VPC to them, not only our functions: so they admit 443 from the whole VPC, and
   * their policy admits every principal of the account, on what the account owns.
   */
  private addEndpoints(): void {
    if (endpointServices.length === 0) return;
    const { port } = securityGroups.endpoints;
    const group = this.group('endpoints', [
      { ipProtocol: 'tcp', fromPort: port, toPort: port, cidrIp: defaultVpc.cidr, description: 'The default VPC' },
    ]);
    for (const service of endpointServices) {
      const endpoint = new CfnVPCEndpoint(this, `Endpoint-${service}`, {
        vpcEndpointType: 'Interface',
        serviceName: `com.amazonaws.${this.region}.${service}`,
        vpcId: this.settings.network.defaultVpcId,
        subnetIds: defaultSubnetIds(this.settings, functionZones),
        securityGroupIds: [group.attrGroupId],
        privateDnsEnabled: true,
        policyDocument: new PolicyDocument({
          statements: [
            new PolicyStatement({
              sid: 'PrincipalsOfThisAccount',
              principals: [new AnyPrincipal()],
              actions: [`${service}:*`],
              resources: [`arn:aws:${service}:${this.region}:${this.account}:*`],
              conditions: { StringEquals: { 'aws:PrincipalAccount': this.account } },
            }),
          ],
        }),
      });
      endpoint.overrideLogicalId(pinnedLogicalId('Endpoint', service));
    }
  }

  private group(
    key: SecurityGroupKey,
    ingress: Group.IngressProperty[],
    egress: Group.EgressProperty[] = [{ ipProtocol: '-1', cidrIp: anywhere, description: 'All egress' }],
  ): CfnSecurityGroup {
    const { name, description } = securityGroups[key];
    return new CfnSecurityGroup(this, `${key}-group`, {
      groupName: name,
      groupDescription: description,
      vpcId: this.settings.network.defaultVpcId,
      ...(ingress.length > 0 && { securityGroupIngress: ingress }),
      securityGroupEgress: egress,
    });
  }
}
