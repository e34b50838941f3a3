"""One filler per entry of gaps.json, in its order. Each calls the emulator's own service API over loopback."""

import json
import time

import botocore.exceptions
import shapes
from machinery import Attribute, Creation, FillerError, Property, Type, covers
from ministack.services.cloudformation import provisioners


def absent(call, *codes):
    """The result of a read, or None where the service answers that nothing is configured."""
    try:
        return call()
    except botocore.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in codes:
            return None
        raise


# --- EC2 -------------------------------------------------------------------------------------------------------------


def security_group_rule(gap: str, direction: str, peer: str) -> Type:
    def create(services, _logical_id, properties, _stack_name):
        authorize = getattr(services("ec2"), f"authorize_security_group_{direction}")
        answer = authorize(GroupId=properties["GroupId"], IpPermissions=[shapes.security_group_rule(properties, peer)])
        rule = answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        return rule, {"Id": rule}

    def update(services, physical_id, old, new):
        if {**old, "Description": None} != {**new, "Description": None}:
            return None
        services("ec2").modify_security_group_rules(
            GroupId=new["GroupId"],
            SecurityGroupRules=[
                {"SecurityGroupRuleId": physical_id, "SecurityGroupRule": {"Description": new.get("Description", "")}}
            ],
        )
        return {"Id": physical_id}

    def delete(services, physical_id, properties):
        revoke = getattr(services("ec2"), f"revoke_security_group_{direction}")
        absent(
            lambda: revoke(GroupId=properties["GroupId"], SecurityGroupRuleIds=[physical_id]),
            "InvalidGroup.NotFound",
            "InvalidSecurityGroupRuleId.NotFound",
        )

    return Type(gap, f"AWS::EC2::SecurityGroup{direction.capitalize()}", create, delete, update)


def create_flow_log(services, _logical_id, properties, _stack_name):
    names = {
        "ResourceType": "ResourceType",
        "TrafficType": "TrafficType",
        "LogDestinationType": "LogDestinationType",
        "LogDestination": "LogDestination",
        "LogGroupName": "LogGroupName",
        "DeliverLogsPermissionArn": "DeliverLogsPermissionArn",
        "LogFormat": "LogFormat",
    }
    request = shapes.renamed(properties, names)
    request.update(shapes.numbers(properties, {"MaxAggregationInterval": "MaxAggregationInterval"}))
    ec2 = services("ec2")
    flow_log = ec2.create_flow_logs(ResourceIds=[properties["ResourceId"]], **request)["FlowLogIds"][0]
    tags = shapes.tag_list(properties)
    if tags:
        ec2.create_tags(Resources=[flow_log], Tags=tags)
    return flow_log, {"Id": flow_log}


def update_flow_log(services, physical_id, old, new):
    if {**old, "Tags": None} != {**new, "Tags": None}:
        return None
    dropped = [{"Key": tag["Key"]} for tag in shapes.tag_list(old) or []]
    if dropped:
        services("ec2").delete_tags(Resources=[physical_id], Tags=dropped)
    tags = shapes.tag_list(new)
    if tags:
        services("ec2").create_tags(Resources=[physical_id], Tags=tags)
    return {"Id": physical_id}


def read_vpc(services, physical_id):
    vpc = services("ec2").describe_vpcs(VpcIds=[physical_id])["Vpcs"][0]
    return {
        "CidrBlock": vpc["CidrBlock"],
        "CidrBlockAssociations": [item["AssociationId"] for item in vpc.get("CidrBlockAssociationSet", [])],
    }


def flow_log_member(gap: str, name: str, wanted) -> Property:
    def read(services, physical_id, _properties):
        return services("ec2").describe_flow_logs(FlowLogIds=[physical_id])["FlowLogs"][0].get(name)

    return Property(gap, "AWS::EC2::FlowLog", wanted, read)


def vpc_endpoint(gap: str, name: str, read) -> Property:
    def read_endpoint(services, physical_id, _properties):
        return read(services("ec2").describe_vpc_endpoints(VpcEndpointIds=[physical_id])["VpcEndpoints"][0])

    return Property(gap, "AWS::EC2::VPCEndpoint", lambda properties: properties.get(name), read_endpoint)


# --- S3 --------------------------------------------------------------------------------------------------------------


AWS_MANAGED_KEY = "alias/aws/s3"


def managed_key(properties):
    """Whether the bucket leaves the choice of the KMS key to AWS, which then takes its own."""
    rules = (shapes.encryption(properties) or {"Rules": []})["Rules"]
    defaults = [rule.get("ApplyServerSideEncryptionByDefault", {}) for rule in rules]
    return any(item.get("SSEAlgorithm") == "aws:kms" and "KMSMasterKeyID" not in item for item in defaults)


def s3_encryption(services, bucket, _properties):
    return services("s3").get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]


def s3_write_encryption(services, bucket, wanted, _properties):
    rules = [dict(rule) for rule in wanted["Rules"]]
    for rule in rules:
        default = rule.get("ApplyServerSideEncryptionByDefault", {})
        if default.get("SSEAlgorithm") == "aws:kms":
            rule["ApplyServerSideEncryptionByDefault"] = {"KMSMasterKeyID": AWS_MANAGED_KEY, **default}
    services("s3").put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})


def s3_clear_encryption(services, bucket, _properties):
    services("s3").delete_bucket_encryption(Bucket=bucket)


def s3_lifecycle(services, bucket, _properties):
    found = absent(
        lambda: services("s3").get_bucket_lifecycle_configuration(Bucket=bucket), "NoSuchLifecycleConfiguration"
    )
    return found and {"Rules": found["Rules"]}


def s3_tags(services, bucket, _properties):
    found = absent(lambda: services("s3").get_bucket_tagging(Bucket=bucket), "NoSuchTagSet")
    return found and found["TagSet"]


def s3_logging_wanted(properties):
    declared = properties.get("LoggingConfiguration")
    if not declared or "DestinationBucketName" not in declared:
        return None
    return {"TargetBucket": declared["DestinationBucketName"], "TargetPrefix": declared.get("LogFilePrefix", "")}


def s3_tiering_wanted(properties):
    declared = properties.get("IntelligentTieringConfigurations")
    if not declared:
        return None
    return [
        {
            "Id": item["Id"],
            "Status": item["Status"],
            "Tierings": [{"AccessTier": tier["AccessTier"], "Days": int(tier["Days"])} for tier in item["Tierings"]],
            **({"Filter": {"Prefix": item["Prefix"]}} if "Prefix" in item else {}),
        }
        for item in declared
    ]


def s3_write_tiering(services, bucket, wanted, _properties):
    for item in wanted:
        services("s3").put_bucket_intelligent_tiering_configuration(
            Bucket=bucket, Id=item["Id"], IntelligentTieringConfiguration=item
        )


# --- DynamoDB --------------------------------------------------------------------------------------------------------


def ddb_ttl_wanted(properties):
    declared = properties.get("TimeToLiveSpecification")
    if not declared or not shapes.boolean(declared.get("Enabled", False)):
        return None
    return declared["AttributeName"]


def ddb_pitr_wanted(properties):
    declared = properties.get("PointInTimeRecoverySpecification") or {}
    return shapes.boolean(declared.get("PointInTimeRecoveryEnabled", False)) or None


def ddb_pitr(services, table, _properties):
    found = services("dynamodb").describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    return found["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def ddb_write_pitr(enabled: bool):
    return lambda services, table, *_: services("dynamodb").update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": enabled}
    )


def ddb_sse_wanted(properties):
    declared = properties.get("SSESpecification")
    if not declared or not shapes.boolean(declared.get("SSEEnabled", False)):
        return None
    key = declared.get("KMSMasterKeyId")
    return {"Status": "ENABLED", "SSEType": declared.get("SSEType", "KMS"), **({"KMSMasterKeyArn": key} if key else {})}


def ddb_write_sse(services, table, wanted, _properties):
    request = {"Enabled": True, "SSEType": wanted["SSEType"]}
    if "KMSMasterKeyArn" in wanted:
        request["KMSMasterKeyId"] = wanted["KMSMasterKeyArn"]
    services("dynamodb").update_table(TableName=table, SSESpecification=request)


# --- RDS and ElastiCache ---------------------------------------------------------------------------------------------


def rds_instance(services, identifier):
    return services("rds").describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]


def rds_write_log_exports(services, identifier, wanted, _properties):
    services("rds").modify_db_instance(
        DBInstanceIdentifier=identifier,
        CloudwatchLogsExportConfiguration={"EnableLogTypes": wanted},
        ApplyImmediately=True,
    )


def cache_cluster(services, identifier):
    return services("elasticache").describe_cache_clusters(CacheClusterId=identifier, ShowCacheNodeInfo=True)[
        "CacheClusters"
    ][0]


def cache_write_security_groups(services, identifier, wanted, _properties):
    services("elasticache").modify_cache_cluster(
        CacheClusterId=identifier, SecurityGroupIds=wanted, ApplyImmediately=True
    )


def cache_write_minor_upgrade(services, identifier, wanted, _properties):
    services("elasticache").modify_cache_cluster(
        CacheClusterId=identifier, AutoMinorVersionUpgrade=wanted, ApplyImmediately=True
    )


# --- ECS -------------------------------------------------------------------------------------------------------------


def put_capacity_providers(services, cluster, providers, strategy):
    services("ecs").put_cluster_capacity_providers(
        cluster=cluster, capacityProviders=providers, defaultCapacityProviderStrategy=shapes.camel(strategy)
    )


def create_capacity_providers(services, _logical_id, properties, _stack_name):
    cluster = properties["Cluster"]
    put_capacity_providers(
        services, cluster, properties["CapacityProviders"], properties["DefaultCapacityProviderStrategy"]
    )
    return cluster, {}


def update_capacity_providers(services, physical_id, old, new):
    if old["Cluster"] != new["Cluster"]:
        return None
    put_capacity_providers(services, physical_id, new["CapacityProviders"], new["DefaultCapacityProviderStrategy"])
    return {}


# Members of a container definition that the emulator's CloudFormation spells as the service does; what lies below
# every other one keeps the template's spelling, which no reader of the task definition understands.
SPELLED_RIGHT = ("portMappings", "environment", "mountPoints", "volumesFrom", "logConfiguration")

TASK_DEFINITION_GAPS = {
    "ecs-task-definition-containers": lambda request: (
        [
            nested
            for container in request.get("containerDefinitions", [])
            if (
                nested := {
                    key: value
                    for key, value in container.items()
                    if key not in SPELLED_RIGHT
                    and (
                        isinstance(value, dict) or (isinstance(value, list) and any(isinstance(v, dict) for v in value))
                    )
                }
            )
        ]
        or None
    ),
    "ecs-task-definition-volumes": lambda request: request.get("volumes") or None,
    "ecs-task-definition-runtime-platform": lambda request: request.get("runtimePlatform"),
    "ecs-task-definition-ephemeral-storage": lambda request: request.get("ephemeralStorage"),
}


def task_definition_concerns(properties):
    request = shapes.task_definition(properties)
    return any(wanted(request) is not None for wanted in TASK_DEFINITION_GAPS.values())


def create_task_definition(context, native, logical_id, properties, stack_name):
    """Registers through the service API; a shadow family first asks the emulator what it would have made of it.

    Revisions are never reused, so trying natively under the real family would make the first one number 2.
    """
    ecs = context.services("ecs")
    family = properties.get("Family") or f"{stack_name}-{logical_id}"
    request = {**shapes.task_definition(properties), "family": family}
    declared = {gap: wanted(request) for gap, wanted in TASK_DEFINITION_GAPS.items()}

    shadow, _ = native["create"](logical_id, {**properties, "Family": f"{family}-shadow"}, stack_name)
    by_cloudformation = ecs.describe_task_definition(taskDefinition=shadow)["taskDefinition"]
    native["delete"](shadow, properties)
    ecs.delete_task_definitions(taskDefinitions=[shadow])

    physical_id = ecs.register_task_definition(**request)["taskDefinition"]["taskDefinitionArn"]
    by_service = ecs.describe_task_definition(taskDefinition=physical_id)["taskDefinition"]
    for gap, wanted in declared.items():
        if wanted is None:
            continue
        found = TASK_DEFINITION_GAPS[gap]
        if covers(found(by_cloudformation), wanted):
            context.report.stale(gap, "CloudFormation registers it as the service does: drop the entry and its filler.")
        elif not covers(found(by_service), wanted):
            raise FillerError(f"Gap {gap} is not filled on {physical_id}: wanted {wanted}, got {found(by_service)}.")
        else:
            context.report.used(gap, logical_id, physical_id)
    return physical_id, {"TaskDefinitionArn": physical_id}


def ecs_service(gap: str, name: str, member: str, default) -> Property:
    def read(services, physical_id, properties):
        found = services("ecs").describe_services(cluster=properties["Cluster"], services=[physical_id])
        return found["services"][0].get(member)

    def write(services, physical_id, wanted, properties):
        services("ecs").update_service(cluster=properties["Cluster"], service=physical_id, **{member: wanted})

    def wanted(properties):
        value = properties.get(name)
        return shapes.boolean(value) if isinstance(default, bool) and value is not None else value

    return Property(gap, "AWS::ECS::Service", wanted, read, write, default=default)


# --- Lambda ----------------------------------------------------------------------------------------------------------


def function_setting(gap: str, name: str, member: str, wanted, empty) -> Property:
    def read(services, function, _properties):
        return services("lambda").get_function_configuration(FunctionName=function).get(member)

    def write(services, function, value, _properties):
        services("lambda").update_function_configuration(FunctionName=function, **{member: value})
        wait_until_updated(services, function)

    def clear(services, function, _properties):
        write(services, function, empty, _properties)

    return Property(gap, "AWS::Lambda::Function", wanted or (lambda p: p.get(name)), read, write, clear)


def wait_until_updated(services, function):
    """A version must not be published, nor the function called, while the update is in progress."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = services("lambda").get_function_configuration(FunctionName=function)
        if found["LastUpdateStatus"] == "Successful" and found["State"] == "Active":
            return
        time.sleep(0.1)
    raise FillerError(f"{function} was not active 30 s after its configuration changed, got: {found['State']}.")


def mapping_arn(services, mapping):
    return services("lambda").get_event_source_mapping(UUID=mapping)["EventSourceMappingArn"]


def mapping_tags(services, mapping, _properties):
    found = services("lambda").list_tags(Resource=mapping_arn(services, mapping))["Tags"]
    return [{"Key": key, "Value": value} for key, value in found.items()]


def mapping_write_tags(services, mapping, wanted, _properties):
    arn = mapping_arn(services, mapping)
    present = services("lambda").list_tags(Resource=arn)["Tags"]
    if present:
        services("lambda").untag_resource(Resource=arn, TagKeys=list(present))
    services("lambda").tag_resource(Resource=arn, Tags={tag["Key"]: tag["Value"] for tag in wanted})


# --- EventBridge -----------------------------------------------------------------------------------------------------


def rule_networks(targets):
    networks = [
        {"Id": target["Id"], "NetworkConfiguration": target["EcsParameters"]["NetworkConfiguration"]}
        for target in targets
        if (target.get("EcsParameters") or {}).get("NetworkConfiguration")
    ]
    return networks or None


def rule_bus(properties):
    return properties.get("EventBusName", "default")


def rule_read_networks(services, rule, properties):
    found = services("events").list_targets_by_rule(Rule=rule, EventBusName=rule_bus(properties))["Targets"]
    return rule_networks(found)


def rule_write_targets(services, rule, _wanted, properties):
    services("events").put_targets(
        Rule=rule, EventBusName=rule_bus(properties), Targets=shapes.rule_targets(properties)
    )


def schedule_read(services, schedule, properties):
    return services("scheduler").get_schedule(Name=schedule, GroupName=properties.get("GroupName", "default"))


def schedule_write(services, schedule, _wanted, properties):
    """UpdateSchedule replaces the whole schedule, so it takes all that the template declares."""
    kept = (
        "ScheduleExpression",
        "ScheduleExpressionTimezone",
        "FlexibleTimeWindow",
        "State",
        "Description",
        "StartDate",
        "EndDate",
        "KmsKeyArn",
        "GroupName",
    )
    declared = {key: properties[key] for key in kept if key in properties}
    services("scheduler").update_schedule(Name=schedule, Target=shapes.schedule_target(properties), **declared)


def schedule_network(target):
    return (target.get("EcsParameters") or {}).get("NetworkConfiguration") or None


# --- CloudWatch, Logs, SNS, Secrets Manager --------------------------------------------------------------------------


def create_metric_math_alarm(context, native, logical_id, properties, stack_name):
    try:
        physical_id, attributes = native["create"](logical_id, properties, stack_name)
    except ValueError as refusal:
        if "metric math" not in str(refusal):
            raise
    else:
        context.report.stale("cloudwatch-alarm-metric-math", "CloudFormation takes Metrics now: drop the entry.")
        return physical_id, attributes
    cloudwatch = context.services("cloudwatch")
    name = properties.get("AlarmName") or provisioners._physical_name(stack_name, logical_id, max_len=255)
    request = {**properties, "AlarmName": name, "Tags": shapes.tag_list(properties) or []}
    cloudwatch.put_metric_alarm(**request)
    alarm = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
    context.report.used("cloudwatch-alarm-metric-math", logical_id, name)
    return name, {"Arn": alarm["AlarmArn"]}


def alarm_member(gap: str, name: str) -> Property:
    def read(services, alarm, _properties):
        return services("cloudwatch").describe_alarms(AlarmNames=[alarm])["MetricAlarms"][0].get(name)

    return Property(gap, "AWS::CloudWatch::Alarm", lambda p: p.get(name), read)


def log_group(services, name, _properties):
    found = services("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return next(group for group in found if group["logGroupName"] == name).get("deletionProtectionEnabled")


def secret_values(services, secret, _properties):
    found = services("secretsmanager").describe_secret(SecretId=secret).get("VersionIdsToStages") or {}
    return [version for version, stages in found.items() if "AWSCURRENT" in stages]


def secret_withdraw_values(services, secret, _wanted, _properties):
    for version in secret_values(services, secret, _properties):
        services("secretsmanager").update_secret_version_stage(
            SecretId=secret, VersionStage="AWSCURRENT", RemoveFromVersionId=version
        )


# --- all of them -----------------------------------------------------------------------------------------------------


BUCKET = "AWS::S3::Bucket"
TABLE = "AWS::DynamoDB::Table"
DATABASE = "AWS::RDS::DBInstance"
CACHE = "AWS::ElastiCache::CacheCluster"
SCHEDULE = "AWS::Scheduler::Schedule"

FILLERS = [
    security_group_rule("ec2-security-group-ingress", "ingress", "Source"),
    security_group_rule("ec2-security-group-egress", "egress", "Destination"),
    Type(
        "ec2-flow-log",
        "AWS::EC2::FlowLog",
        create_flow_log,
        lambda services, physical_id, _: services("ec2").delete_flow_logs(FlowLogIds=[physical_id]),
        update_flow_log,
    ),
    flow_log_member("ec2-flow-log-role", "DeliverLogsPermissionArn", lambda p: p.get("DeliverLogsPermissionArn")),
    flow_log_member(
        "ec2-flow-log-aggregation",
        "MaxAggregationInterval",
        lambda p: int(p["MaxAggregationInterval"]) if "MaxAggregationInterval" in p else None,
    ),
    Attribute("ec2-vpc-cidr-attribute", "AWS::EC2::VPC", read_vpc),
    vpc_endpoint(
        "ec2-vpc-endpoint-policy",
        "PolicyDocument",
        lambda endpoint: json.loads(endpoint["PolicyDocument"]) if "PolicyDocument" in endpoint else None,
    ),
    vpc_endpoint(
        "ec2-vpc-endpoint-private-dns", "PrivateDnsEnabled", lambda endpoint: endpoint.get("PrivateDnsEnabled")
    ),
    vpc_endpoint(
        "ec2-vpc-endpoint-security-groups",
        "SecurityGroupIds",
        lambda endpoint: [group["GroupId"] for group in endpoint.get("Groups", [])],
    ),
    Property(
        "s3-bucket-encryption",
        BUCKET,
        lambda properties: None if managed_key(properties) else shapes.encryption(properties),
        s3_encryption,
        s3_write_encryption,
        s3_clear_encryption,
        default={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]
        },
    ),
    Property(
        "s3-bucket-encryption-managed-key",
        BUCKET,
        lambda properties: shapes.encryption(properties) if managed_key(properties) else None,
        s3_encryption,
        s3_write_encryption,
        s3_clear_encryption,
    ),
    Property(
        "s3-bucket-lifecycle",
        BUCKET,
        shapes.lifecycle,
        s3_lifecycle,
        lambda services, bucket, wanted, _: services("s3").put_bucket_lifecycle_configuration(
            Bucket=bucket, LifecycleConfiguration=wanted
        ),
        lambda services, bucket, _: services("s3").delete_bucket_lifecycle(Bucket=bucket),
    ),
    Property(
        "s3-bucket-logging",
        BUCKET,
        s3_logging_wanted,
        lambda services, bucket, _: services("s3").get_bucket_logging(Bucket=bucket).get("LoggingEnabled"),
        lambda services, bucket, wanted, _: services("s3").put_bucket_logging(
            Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": wanted}
        ),
        lambda services, bucket, _: services("s3").put_bucket_logging(Bucket=bucket, BucketLoggingStatus={}),
    ),
    Property(
        "s3-bucket-ownership",
        BUCKET,
        lambda properties: properties.get("OwnershipControls"),
        lambda services, bucket, _: services("s3").get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"],
        lambda services, bucket, wanted, _: services("s3").put_bucket_ownership_controls(
            Bucket=bucket, OwnershipControls=wanted
        ),
        lambda services, bucket, _: services("s3").delete_bucket_ownership_controls(Bucket=bucket),
        default={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
    ),
    Property(
        "s3-bucket-tags",
        BUCKET,
        shapes.tag_list,
        s3_tags,
        lambda services, bucket, wanted, _: services("s3").put_bucket_tagging(
            Bucket=bucket, Tagging={"TagSet": wanted}
        ),
        lambda services, bucket, _: services("s3").delete_bucket_tagging(Bucket=bucket),
    ),
    Property(
        "s3-bucket-intelligent-tiering",
        BUCKET,
        s3_tiering_wanted,
        lambda services, bucket, _: (
            services("s3")
            .list_bucket_intelligent_tiering_configurations(Bucket=bucket)
            .get("IntelligentTieringConfigurationList", [])
        ),
        s3_write_tiering,
    ),
    Property(
        "dynamodb-time-to-live",
        TABLE,
        ddb_ttl_wanted,
        lambda services, table, _: (
            services("dynamodb").describe_time_to_live(TableName=table)["TimeToLiveDescription"].get("AttributeName")
        ),
        lambda services, table, wanted, _: services("dynamodb").update_time_to_live(
            TableName=table, TimeToLiveSpecification={"AttributeName": wanted, "Enabled": True}
        ),
        lambda services, table, old: services("dynamodb").update_time_to_live(
            TableName=table, TimeToLiveSpecification={"AttributeName": ddb_ttl_wanted(old), "Enabled": False}
        ),
    ),
    Property(
        "dynamodb-point-in-time-recovery", TABLE, ddb_pitr_wanted, ddb_pitr, ddb_write_pitr(True), ddb_write_pitr(False)
    ),
    Property(
        "dynamodb-server-side-encryption",
        TABLE,
        ddb_sse_wanted,
        lambda services, table, _: services("dynamodb").describe_table(TableName=table)["Table"].get("SSEDescription"),
        ddb_write_sse,
    ),
    Property(
        "rds-ca-certificate",
        DATABASE,
        lambda properties: properties.get("CACertificateIdentifier"),
        lambda services, identifier, _: rds_instance(services, identifier)["CACertificateIdentifier"],
        lambda services, identifier, wanted, _: services("rds").modify_db_instance(
            DBInstanceIdentifier=identifier, CACertificateIdentifier=wanted, ApplyImmediately=True
        ),
        default="rds-ca-rsa2048-g1",
    ),
    Property(
        "rds-log-exports",
        DATABASE,
        lambda properties: properties.get("EnableCloudwatchLogsExports") or None,
        lambda services, identifier, _: rds_instance(services, identifier).get("EnabledCloudwatchLogsExports"),
        rds_write_log_exports,
    ),
    Property(
        "rds-managed-master-password",
        DATABASE,
        lambda properties: shapes.boolean(properties.get("ManageMasterUserPassword", False)) or None,
        lambda services, identifier, _: "MasterUserSecret" in rds_instance(services, identifier),
        lambda services, identifier, *_: services("rds").modify_db_instance(
            DBInstanceIdentifier=identifier, ManageMasterUserPassword=True, ApplyImmediately=True
        ),
    ),
    Property(
        "elasticache-security-groups",
        CACHE,
        lambda properties: properties.get("VpcSecurityGroupIds") or None,
        lambda services, identifier, _: [
            group["SecurityGroupId"] for group in cache_cluster(services, identifier).get("SecurityGroups", [])
        ],
        cache_write_security_groups,
    ),
    Property(
        "elasticache-availability-zone",
        CACHE,
        lambda properties: properties.get("PreferredAvailabilityZone"),
        lambda services, identifier, _: cache_cluster(services, identifier).get("PreferredAvailabilityZone"),
        default="us-east-1a",
    ),
    Property(
        "elasticache-minor-version-upgrade",
        CACHE,
        lambda properties: (
            shapes.boolean(properties["AutoMinorVersionUpgrade"]) if "AutoMinorVersionUpgrade" in properties else None
        ),
        lambda services, identifier, _: cache_cluster(services, identifier).get("AutoMinorVersionUpgrade"),
        cache_write_minor_upgrade,
    ),
    Type(
        "ecs-cluster-capacity-providers",
        "AWS::ECS::ClusterCapacityProviderAssociations",
        create_capacity_providers,
        lambda services, physical_id, _: absent(
            lambda: put_capacity_providers(services, physical_id, [], []), "ClusterNotFoundException"
        ),
        update_capacity_providers,
    ),
    Creation(
        tuple(TASK_DEFINITION_GAPS),
        "AWS::ECS::TaskDefinition",
        task_definition_concerns,
        create_task_definition,
        tags_in_place=True,
    ),
    ecs_service("ecs-service-execute-command", "EnableExecuteCommand", "enableExecuteCommand", False),
    ecs_service("ecs-service-platform-version", "PlatformVersion", "platformVersion", ""),
    ecs_service("ecs-service-managed-tags", "EnableECSManagedTags", "enableECSManagedTags", False),
    ecs_service("ecs-service-propagate-tags", "PropagateTags", "propagateTags", "NONE"),
    Property(
        "lambda-reserved-concurrency",
        "AWS::Lambda::Function",
        lambda properties: (
            int(properties["ReservedConcurrentExecutions"]) if "ReservedConcurrentExecutions" in properties else None
        ),
        lambda services, function, _: (
            services("lambda").get_function_concurrency(FunctionName=function).get("ReservedConcurrentExecutions")
        ),
        lambda services, function, wanted, _: services("lambda").put_function_concurrency(
            FunctionName=function, ReservedConcurrentExecutions=wanted
        ),
        lambda services, function, _: services("lambda").delete_function_concurrency(FunctionName=function),
    ),
    function_setting("lambda-dead-letter-queue", "DeadLetterConfig", "DeadLetterConfig", None, {"TargetArn": ""}),
    function_setting(
        "lambda-vpc",
        "VpcConfig",
        "VpcConfig",
        lambda p: (
            shapes.renamed(p.get("VpcConfig") or {}, {"SubnetIds": "SubnetIds", "SecurityGroupIds": "SecurityGroupIds"})
            or None
        ),
        {"SubnetIds": [], "SecurityGroupIds": []},
    ),
    function_setting("lambda-environment-key", "KmsKeyArn", "KMSKeyArn", None, ""),
    Property(
        "lambda-event-source-mapping-tags",
        "AWS::Lambda::EventSourceMapping",
        shapes.tag_list,
        mapping_tags,
        mapping_write_tags,
    ),
    Property(
        "events-rule-target-network",
        "AWS::Events::Rule",
        lambda properties: rule_networks(shapes.rule_targets(properties)),
        rule_read_networks,
        rule_write_targets,
    ),
    Property(
        "scheduler-time-zone",
        SCHEDULE,
        lambda properties: properties.get("ScheduleExpressionTimezone"),
        lambda services, schedule, properties: schedule_read(services, schedule, properties).get(
            "ScheduleExpressionTimezone"
        ),
        schedule_write,
        default="UTC",
    ),
    Property(
        "scheduler-target-network",
        SCHEDULE,
        lambda properties: schedule_network(shapes.schedule_target(properties)),
        lambda services, schedule, properties: schedule_network(
            schedule_read(services, schedule, properties)["Target"]
        ),
        schedule_write,
    ),
    Creation(
        ("cloudwatch-alarm-metric-math",),
        "AWS::CloudWatch::Alarm",
        lambda properties: bool(properties.get("Metrics")),
        create_metric_math_alarm,
    ),
    alarm_member("cloudwatch-alarm-metrics", "Metrics"),
    Property(
        "logs-deletion-protection",
        "AWS::Logs::LogGroup",
        lambda properties: shapes.boolean(properties.get("DeletionProtectionEnabled", False)) or None,
        log_group,
    ),
    Property(
        "sns-topic-key",
        "AWS::SNS::Topic",
        lambda properties: properties.get("KmsMasterKeyId"),
        lambda services, topic, _: (
            services("sns").get_topic_attributes(TopicArn=topic)["Attributes"].get("KmsMasterKeyId")
        ),
        lambda services, topic, wanted, _: services("sns").set_topic_attributes(
            TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue=wanted
        ),
        lambda services, topic, _: services("sns").set_topic_attributes(
            TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue=""
        ),
    ),
    Property(
        "secrets-manager-empty-secret",
        "AWS::SecretsManager::Secret",
        lambda properties: None if {"SecretString", "GenerateSecretString"} & set(properties) else [],
        secret_values,
        secret_withdraw_values,
        on_create_only=True,
    ),
]
