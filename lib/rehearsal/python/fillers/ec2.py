import json

import shapes
from machinery import Attribute, Property, Type, absent


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


def flow_log_member(gap: str, name: str, wanted) -> Property:
    def read(services, physical_id, _properties):
        return services("ec2").describe_flow_logs(FlowLogIds=[physical_id])["FlowLogs"][0].get(name)

    return Property(gap, "AWS::EC2::FlowLog", wanted, read)


def read_vpc(services, physical_id):
    vpc = services("ec2").describe_vpcs(VpcIds=[physical_id])["Vpcs"][0]
    return {
        "CidrBlock": vpc["CidrBlock"],
        "CidrBlockAssociations": [item["AssociationId"] for item in vpc.get("CidrBlockAssociationSet", [])],
    }


def vpc_endpoint(gap: str, name: str, read) -> Property:
    def read_endpoint(services, physical_id, _properties):
        return read(services("ec2").describe_vpc_endpoints(VpcEndpointIds=[physical_id])["VpcEndpoints"][0])

    return Property(gap, "AWS::EC2::VPCEndpoint", lambda properties: properties.get(name), read_endpoint)


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
]
