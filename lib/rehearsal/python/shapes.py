"""From a template's property shapes to those of the service APIs, where the two differ."""

from typing import Any


def boolean(value: Any) -> bool:
    return value if isinstance(value, bool) else str(value).lower() == "true"


def tag_list(properties: dict) -> list[dict] | None:
    """Without the engine's own aws: tags, which no service API takes."""
    tags = properties.get("Tags") or []
    own = [{"Key": tag["Key"], "Value": tag["Value"]} for tag in tags if not tag["Key"].startswith("aws:")]
    return own or None


def camel(value: Any, keep: tuple[str, ...] = ()) -> Any:
    """Lower-cases the first letter of every key; what lies below a key in `keep` is the caller's own and stays."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: item if key in keep else camel(item, keep) for key, item in value.items()}
    if isinstance(value, list):
        return [camel(item, keep) for item in value]
    return value


def renamed(source: dict, names: dict[str, str]) -> dict:
    return {new: source[old] for old, new in names.items() if old in source}


def encryption(properties: dict) -> dict | None:
    declared = properties.get("BucketEncryption")
    if not declared:
        return None
    rules = []
    for rule in declared["ServerSideEncryptionConfiguration"]:
        shaped: dict = {}
        if "ServerSideEncryptionByDefault" in rule:
            shaped["ApplyServerSideEncryptionByDefault"] = dict(rule["ServerSideEncryptionByDefault"])
        if "BucketKeyEnabled" in rule:
            shaped["BucketKeyEnabled"] = boolean(rule["BucketKeyEnabled"])
        rules.append(shaped)
    return {"Rules": rules}


def lifecycle(properties: dict) -> dict | None:
    declared = properties.get("LifecycleConfiguration")
    return {"Rules": [lifecycle_rule(rule) for rule in declared["Rules"]]} if declared else None


def lifecycle_rule(rule: dict) -> dict:
    shaped = {"Status": rule["Status"], "Filter": lifecycle_filter(rule)}
    if "Id" in rule:
        shaped["ID"] = rule["Id"]
    expiration: dict = {}
    if "ExpirationInDays" in rule:
        expiration["Days"] = int(rule["ExpirationInDays"])
    if "ExpirationDate" in rule:
        expiration["Date"] = rule["ExpirationDate"]
    if "ExpiredObjectDeleteMarker" in rule:
        expiration["ExpiredObjectDeleteMarker"] = boolean(rule["ExpiredObjectDeleteMarker"])
    if expiration:
        shaped["Expiration"] = expiration
    # The singular properties are the older spelling of the same lists.
    transitions = rule.get("Transitions") or ([rule["Transition"]] if "Transition" in rule else [])
    if transitions:
        shaped["Transitions"] = [
            {"StorageClass": item["StorageClass"], **numbers(item, {"TransitionInDays": "Days"})}
            for item in transitions
        ]
    noncurrent = rule.get("NoncurrentVersionTransitions") or (
        [rule["NoncurrentVersionTransition"]] if "NoncurrentVersionTransition" in rule else []
    )
    if noncurrent:
        shaped["NoncurrentVersionTransitions"] = [
            {
                "StorageClass": item["StorageClass"],
                **numbers(
                    item,
                    {"TransitionInDays": "NoncurrentDays", "NewerNoncurrentVersions": "NewerNoncurrentVersions"},
                ),
            }
            for item in noncurrent
        ]
    if "NoncurrentVersionExpiration" in rule:
        shaped["NoncurrentVersionExpiration"] = numbers(
            rule["NoncurrentVersionExpiration"],
            {"NoncurrentDays": "NoncurrentDays", "NewerNoncurrentVersions": "NewerNoncurrentVersions"},
        )
    elif "NoncurrentVersionExpirationInDays" in rule:
        shaped["NoncurrentVersionExpiration"] = {"NoncurrentDays": int(rule["NoncurrentVersionExpirationInDays"])}
    if "AbortIncompleteMultipartUpload" in rule:
        shaped["AbortIncompleteMultipartUpload"] = numbers(
            rule["AbortIncompleteMultipartUpload"], {"DaysAfterInitiation": "DaysAfterInitiation"}
        )
    return shaped


def lifecycle_filter(rule: dict) -> dict:
    conditions: dict = {}
    if rule.get("Prefix"):
        conditions["Prefix"] = rule["Prefix"]
    conditions.update(
        numbers(rule, {"ObjectSizeGreaterThan": "ObjectSizeGreaterThan", "ObjectSizeLessThan": "ObjectSizeLessThan"})
    )
    tags = [{"Key": tag["Key"], "Value": tag["Value"]} for tag in rule.get("TagFilters", [])]
    if len(conditions) + len(tags) > 1:
        return {"And": {**conditions, **({"Tags": tags} if tags else {})}}
    if tags:
        return {"Tag": tags[0]}
    return conditions or {"Prefix": ""}


def numbers(source: dict, names: dict[str, str]) -> dict:
    return {new: int(value) for new, value in renamed(source, names).items()}


def security_group_rule(properties: dict, peer: str) -> dict:
    """One EC2 IpPermission. `peer` is Source for an ingress rule and Destination for an egress rule."""
    described = renamed(properties, {"Description": "Description"})
    permission = {"IpProtocol": str(properties["IpProtocol"])}
    permission.update(numbers(properties, {"FromPort": "FromPort", "ToPort": "ToPort"}))
    if "CidrIp" in properties:
        permission["IpRanges"] = [{"CidrIp": properties["CidrIp"], **described}]
    if "CidrIpv6" in properties:
        permission["Ipv6Ranges"] = [{"CidrIpv6": properties["CidrIpv6"], **described}]
    if f"{peer}PrefixListId" in properties:
        permission["PrefixListIds"] = [{"PrefixListId": properties[f"{peer}PrefixListId"], **described}]
    if f"{peer}SecurityGroupId" in properties:
        permission["UserIdGroupPairs"] = [{"GroupId": properties[f"{peer}SecurityGroupId"], **described}]
    return permission


def task_definition(properties: dict) -> dict:
    """A RegisterTaskDefinition request. Maps whose keys are the user's own keep their spelling."""
    request = camel(
        {key: value for key, value in properties.items() if key not in ("Tags", "EnableFaultInjection")},
        keep=("Options", "DockerLabels", "DriverOpts", "Labels"),
    )
    for key in ("cpu", "memory"):
        if key in request:
            request[key] = str(request[key])
    if tag_list(properties):
        request["tags"] = camel(tag_list(properties))
    return request


def rule_targets(properties: dict) -> list[dict]:
    """PutTargets spells one member of a target unlike its neighbours."""
    targets = []
    for target in properties.get("Targets") or []:
        network = (target.get("EcsParameters") or {}).get("NetworkConfiguration")
        if network:
            ecs = {**target["EcsParameters"], "NetworkConfiguration": vpc_network(network)}
            target = {**target, "EcsParameters": ecs}
        targets.append(target)
    return targets


def schedule_target(properties: dict) -> dict:
    target = properties["Target"]
    network = (target.get("EcsParameters") or {}).get("NetworkConfiguration")
    if not network:
        return target
    return {**target, "EcsParameters": {**target["EcsParameters"], "NetworkConfiguration": vpc_network(network)}}


def vpc_network(network: dict) -> dict:
    """AwsVpcConfiguration (rules) and AwsvpcConfiguration (schedules) are both awsvpcConfiguration in the APIs."""
    return {"awsvpcConfiguration": network.get("AwsVpcConfiguration") or network.get("AwsvpcConfiguration") or {}}
