"""AWS Lambda."""

import time

import shapes
from machinery import FillerError, Property


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


def read_mapping_tags(services, mapping, _properties):
    found = services("lambda").list_tags(Resource=mapping_arn(services, mapping))["Tags"]
    return [{"Key": key, "Value": value} for key, value in found.items()]


def write_mapping_tags(services, mapping, wanted, _properties):
    arn = mapping_arn(services, mapping)
    present = services("lambda").list_tags(Resource=arn)["Tags"]
    if present:
        services("lambda").untag_resource(Resource=arn, TagKeys=list(present))
    services("lambda").tag_resource(Resource=arn, Tags={tag["Key"]: tag["Value"] for tag in wanted})


FILLERS = [
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
        read_mapping_tags,
        write_mapping_tags,
    ),
]
