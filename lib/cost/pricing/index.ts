import type { Resource } from '../../review/model';
import * as compute from './aws-compute';
import * as data from './aws-data';
import * as messaging from './aws-messaging';
import * as network from './aws-network';
import * as operations from './aws-operations';
import * as azure from './azure';
import { freeTypes } from './free';
import { Bill, type Priced, type Pricer, type Surroundings } from './pricing';

export type { Charge, Priced, Surroundings } from './pricing';

const pricers: Readonly<Record<string, Pricer>> = {
  'AWS::AppConfig::Application': operations.flags,
  'AWS::ApiGateway::RestApi': messaging.restApi,
  'AWS::ApiGatewayV2::Api': messaging.httpApi,
  'AWS::CloudFront::Distribution': network.distribution,
  'AWS::CloudTrail::Trail': operations.trail,
  'AWS::CloudWatch::Alarm': operations.alarm,
  'AWS::CloudWatch::CompositeAlarm': operations.compositeAlarm,
  'AWS::CloudWatch::Dashboard': operations.dashboard,
  'AWS::DynamoDB::Table': data.dynamoTable,
  'AWS::EC2::EIP': network.elasticIp,
  'AWS::EC2::Instance': compute.ec2Instance,
  'AWS::EC2::NatGateway': network.natGateway,
  'AWS::EC2::TransitGatewayAttachment': network.transitAttachment,
  'AWS::EC2::Volume': compute.ebsVolume,
  'AWS::EC2::VPCEndpoint': network.vpcEndpoint,
  'AWS::EC2::VPNConnection': network.vpnConnection,
  'AWS::ECR::Repository': compute.ecrRepository,
  'AWS::ECS::Cluster': compute.ecsCluster,
  'AWS::ECS::Service': compute.ecsService,
  'AWS::ECS::TaskDefinition': compute.taskDefinition,
  'AWS::EFS::FileSystem': data.fileSystem,
  'AWS::ElastiCache::CacheCluster': data.cacheCluster,
  'AWS::ElastiCache::ReplicationGroup': data.replicationGroup,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': network.loadBalancer,
  'AWS::KMS::Key': operations.key,
  'AWS::Kinesis::Stream': messaging.stream,
  'AWS::Lambda::Function': compute.lambdaFunction,
  'AWS::Logs::LogGroup': operations.logGroup,
  'AWS::RDS::DBInstance': data.dbInstance,
  'AWS::Route53::HostedZone': network.hostedZone,
  'AWS::S3::Bucket': data.bucket,
  'AWS::SNS::Topic': messaging.topic,
  'AWS::SQS::Queue': messaging.queue,
  'AWS::SSM::Parameter': operations.parameter,
  'AWS::Scheduler::Schedule': messaging.schedule,
  'AWS::SecretsManager::Secret': operations.secret,
  'AWS::StepFunctions::StateMachine': messaging.stateMachine,
  'AWS::WAFv2::WebACL': network.webAcl,
  azurerm_application_insights: azure.insights,
  azurerm_cognitive_deployment: azure.modelDeployment,
  azurerm_log_analytics_workspace: azure.logWorkspace,
  azurerm_monitor_metric_alert: azure.metricAlert,
  azurerm_monitor_scheduled_query_rules_alert: azure.logAlert,
  azurerm_monitor_scheduled_query_rules_alert_v2: azure.logAlert,
  azurerm_nat_gateway: azure.natGateway,
  azurerm_private_dns_zone: azure.privateDnsZone,
  azurerm_private_endpoint: azure.privateEndpoint,
  azurerm_public_ip: azure.publicIp,
  azurerm_virtual_network_gateway: azure.vpnGateway,
  azurerm_virtual_network_gateway_connection: azure.vpnConnection,
};

/** What a resource costs in a month. Never throws: what cannot be priced says so. */
export function priceResource(resource: Resource, surroundings: Surroundings): Priced {
  const pricer = Object.hasOwn(pricers, resource.type) ? pricers[resource.type] : undefined;
  if (pricer === undefined) {
    // A custom resource is a function that the template holds, which is billed there.
    const free = resource.type.startsWith('Custom::')
      ? 'runs a function, which is billed there'
      : freeTypes.get(resource.type);
    return free === undefined ? { kind: 'unpriced', what: resource.type } : { kind: 'free', why: free };
  }
  const bill = new Bill(resource, surroundings);
  pricer(bill, resource);
  return bill.total();
}
