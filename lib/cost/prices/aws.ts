import { type Price, pricesIn } from './price';
import { article, awsTest, unsourced } from './sources';

const fargate = article('https://www.vantage.sh/blog/fargate-pricing', '2026-11-24');
const rdsGraviton = article('https://infratally.com/articles/aws-rds-pricing-explained-2026.html', '2026-11-24');
const cacheNode = (node: string) => article(`https://dragonflydb.io/finops/elasticache/${node}`, '2026-11-24');
const rds = awsTest('db_instance');

/** On-demand prices in us-east-1. */
export const awsPrices: readonly Price[] = [
  ...pricesIn('us-east-1', [
    // Compute
    ['fargate.vcpu.x86', '0.04048', 'vCPU-hour', fargate],
    ['fargate.memory.x86', '0.004445', 'GB-hour', fargate],
    ['fargate.vcpu.arm', '0.03238', 'vCPU-hour', fargate],
    ['fargate.memory.arm', '0.00356', 'GB-hour', fargate],
    ['fargate.ephemeral', '0.000111', 'GB-hour beyond 20 GB', fargate],
    ['ecr.storage', '0.10', 'GB-month', awsTest('ecr_repository')],
    ['ipv4.public', '0.005', 'address-hour', awsTest('eip')],
    ['ec2.t3.medium', '0.0416', 'hour', awsTest('eip')],
    ['ec2.t3.large', '0.0832', 'hour', awsTest('instance')],
    ['ebs.gp2', '0.10', 'GB-month', awsTest('ebs_volume')],
    ['ebs.gp3', '0.08', 'GB-month', awsTest('ebs_volume')],
    ['ebs.io1', '0.125', 'GB-month', awsTest('ebs_volume')],
    ['ebs.st1', '0.045', 'GB-month', awsTest('ebs_volume')],
    ['ebs.sc1', '0.015', 'GB-month', awsTest('ebs_volume')],

    // Databases
    [
      'rds.postgres.db.t3.micro',
      '0.018',
      'hour',
      article(
        'https://selfhost.dev/blog/aws-rds-cost-breakdown-2026/',
        '2026-05-21',
        'the page says about 15 dollars a month with storage; 0.018 x 730 + 20 x 0.115 = 15.44',
      ),
    ],
    [
      'rds.postgres.db.t3.small',
      '0.036',
      'hour',
      unsourced('https://aws.amazon.com/rds/postgresql/pricing/', 'twice db.t3.micro'),
    ],
    [
      'rds.postgres.db.t3.medium',
      '0.072',
      'hour',
      unsourced('https://aws.amazon.com/rds/postgresql/pricing/', 'four times db.t3.micro'),
    ],
    ['rds.postgres.db.t3.large', '0.145', 'hour', rds],
    ['rds.postgres.db.t4g.micro', '0.016', 'hour', rdsGraviton],
    ['rds.postgres.db.t4g.small', '0.032', 'hour', rdsGraviton],
    ['rds.postgres.db.t4g.medium', '0.065', 'hour', rdsGraviton],
    ['rds.mysql.db.t3.micro', '0.017', 'hour', awsTest('db_instance', 'also in cmd/infracost/testdata')],
    ['rds.mysql.db.t3.small', '0.034', 'hour', awsTest('db_instance', 'also in cmd/infracost/testdata')],
    ['rds.mysql.db.t3.large', '0.136', 'hour', rds],
    ['rds.mysql.db.m5.large', '0.171', 'hour', rds],
    ['rds.storage.gp2', '0.115', 'GB-month', rds],
    ['rds.storage.gp3', '0.115', 'GB-month', rds],
    ['rds.storage.io1', '0.125', 'GB-month', rds],
    ['rds.iops.io1', '0.10', 'IOPS-month', rds],
    ['rds.storage.standard', '0.10', 'GB-month', rds],
    ['rds.backup', '0.095', 'GB-month beyond the size of the database', rds],
    ['cache.cache.t3.micro', '0.017', 'node-hour', cacheNode('cache.t3.micro')],
    ['cache.cache.t3.medium', '0.068', 'node-hour', cacheNode('cache.t3.medium')],
    [
      'cache.cache.t3.small',
      '0.034',
      'node-hour',
      unsourced('https://aws.amazon.com/elasticache/pricing/', 'half of cache.t3.medium'),
    ],
    ['cache.cache.m4.large', '0.156', 'node-hour', awsTest('elasticache_cluster')],
    ['cache.cache.m6g.12xlarge', '3.557', 'node-hour', awsTest('elasticache_cluster')],
    ['cache.cache.r5.4xlarge', '1.724', 'node-hour', awsTest('elasticache_replication_group')],
    ['cache.backup', '0.085', 'GB-month', awsTest('elasticache_cluster')],
    ['dynamodb.write', '0.625', 'million write requests', awsTest('dynamodb_table')],
    ['dynamodb.read', '0.125', 'million read requests', awsTest('dynamodb_table')],
    ['dynamodb.wcu', '0.00065', 'WCU-hour', awsTest('dynamodb_table')],
    ['dynamodb.rcu', '0.00013', 'RCU-hour', awsTest('dynamodb_table')],
    ['dynamodb.storage', '0.25', 'GB-month', awsTest('dynamodb_table')],
    ['dynamodb.pitr', '0.20', 'GB-month', awsTest('dynamodb_table')],

    // Storage
    ['s3.standard', '0.023', 'GB-month', awsTest('s3_bucket')],
    ['s3.write', '5.00', 'million PUT, COPY, POST and LIST requests', awsTest('s3_bucket')],
    ['s3.read', '0.40', 'million GET requests', awsTest('s3_bucket')],
    ['efs.standard', '0.30', 'GB-month', awsTest('efs_file_system')],

    // Functions
    ['lambda.request', '0.20', 'million requests', awsTest('lambda_function')],
    ['lambda.duration.x86', '0.0000166667', 'GB-second', awsTest('lambda_function')],
    ['lambda.duration.arm', '0.0000133334', 'GB-second', awsTest('lambda_function')],
    ['lambda.ephemeral', '0.0000000309', 'GB-second beyond 512 MB', awsTest('lambda_function')],
    [
      'lambda.provisioned.x86',
      '0.0000041667',
      'GB-second',
      unsourced('https://aws.amazon.com/lambda/pricing/', 'provisioned concurrency'),
    ],

    // Messaging
    ['sqs.standard', '0.40', 'million requests', awsTest('sqs_queue')],
    ['sqs.fifo', '0.50', 'million requests', awsTest('sqs_queue')],
    ['sns.publish', '0.50', 'million publishes', awsTest('sns_topic')],
    ['events.custom', '1.00', 'million events', awsTest('cloudwatch_event_bus')],
    [
      'scheduler.invocation',
      '1.00',
      'million invocations',
      unsourced('https://aws.amazon.com/eventbridge/pricing/', 'the first 14 million a month are free'),
    ],
    ['sfn.transition', '25.00', 'million state transitions', awsTest('sfn_state_machine')],
    ['kinesis.shard', '0.015', 'shard-hour', awsTest('kinesis_stream')],
    ['apigateway.http', '1.00', 'million requests', awsTest('apigatewayv2_api')],
    ['apigateway.rest', '3.50', 'million requests', awsTest('api_gateway_rest_api')],

    // Network
    ['vpce.interface', '0.01', 'endpoint-hour in one zone', awsTest('vpc_endpoint')],
    ['vpce.data', '0.01', 'GB', awsTest('vpc_endpoint')],
    ['nat.hour', '0.045', 'hour', awsTest('nat_gateway')],
    ['nat.data', '0.045', 'GB', awsTest('nat_gateway')],
    ['vpn.connection', '0.05', 'hour', awsTest('vpn_connection')],
    ['tgw.attachment', '0.05', 'hour', awsTest('ec2_transit_gateway_vpc_attachment')],
    ['alb.hour', '0.0225', 'hour', awsTest('lb')],
    ['alb.lcu', '0.008', 'LCU-hour', awsTest('lb')],
    ['route53.zone', '0.50', 'zone-month', awsTest('route53_zone')],
    ['route53.query', '0.40', 'million queries', awsTest('route53_record')],

    // Watching
    ['cloudwatch.alarm', '0.10', 'alarm metric-month', awsTest('cloudwatch_metric_alarm')],
    ['cloudwatch.alarm.high', '0.30', 'alarm metric-month', awsTest('cloudwatch_metric_alarm')],
    [
      'cloudwatch.alarm.composite',
      '0.50',
      'composite alarm-month',
      unsourced('https://aws.amazon.com/cloudwatch/pricing/'),
    ],
    ['cloudwatch.dashboard', '3.00', 'dashboard-month', awsTest('cloudwatch_dashboard')],
    ['cloudwatch.metric', '0.30', 'custom metric-month', awsTest('instance', 'metrics of detailed monitoring')],
    ['logs.ingested', '0.50', 'GB', awsTest('cloudwatch_log_group')],
    ['logs.stored', '0.03', 'GB-month', awsTest('cloudwatch_log_group')],
    ['cloudtrail.management', '20.00', 'million events of a second copy', awsTest('cloudtrail')],
    ['cloudtrail.data', '1.00', 'million data events', awsTest('cloudtrail')],

    // Keys, secrets and settings
    ['kms.key', '1.00', 'key-month', awsTest('kms_key')],
    ['kms.request', '3.00', 'million requests', awsTest('kms_key')],
    ['secrets.secret', '0.40', 'secret-month', awsTest('secretsmanager_secret')],
    ['secrets.request', '5.00', 'million requests', awsTest('secretsmanager_secret')],
    ['ssm.advanced', '0.05', 'parameter-month', awsTest('ssm_parameter')],
    [
      'appconfig.request',
      '0.20',
      'million configuration requests',
      unsourced('https://aws.amazon.com/systems-manager/pricing/#AWS_AppConfig'),
    ],
    [
      'appconfig.received',
      '0.0008',
      'configuration received',
      unsourced('https://aws.amazon.com/systems-manager/pricing/#AWS_AppConfig'),
    ],
    ['waf.acl', '5.00', 'web ACL-month', awsTest('wafv2_web_acl')],
    ['waf.rule', '1.00', 'rule-month', awsTest('wafv2_web_acl')],
  ]),
  // CloudFront and Lambda@Edge are priced by where the viewer is; these are the ones of North America and Europe.
  ...pricesIn('global', [
    ['cloudfront.transfer', '0.085', 'GB to the internet', awsTest('cloudfront_distribution')],
    ['cloudfront.https', '1.00', 'million HTTPS requests', awsTest('cloudfront_distribution')],
    ['edge.request', '0.60', 'million requests', unsourced('https://aws.amazon.com/lambda/pricing/', 'Lambda@Edge')],
    [
      'edge.duration',
      '0.00005001',
      'GB-second',
      unsourced('https://aws.amazon.com/lambda/pricing/', 'Lambda@Edge; several public texts agree'),
    ],
  ]),
];
