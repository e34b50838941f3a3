import shapes
from machinery import Creation, FillerError, Property, Type, absent, covers


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


FILLERS = [
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
]
