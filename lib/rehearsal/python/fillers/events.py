"""EventBridge rules and EventBridge Scheduler."""

import shapes
from machinery import Property

SCHEDULE = "AWS::Scheduler::Schedule"


def rule_networks(targets):
    networks = [
        {"Id": target["Id"], "NetworkConfiguration": target["EcsParameters"]["NetworkConfiguration"]}
        for target in targets
        if (target.get("EcsParameters") or {}).get("NetworkConfiguration")
    ]
    return networks or None


def rule_bus(properties):
    return properties.get("EventBusName", "default")


def read_rule_networks(services, rule, properties):
    found = services("events").list_targets_by_rule(Rule=rule, EventBusName=rule_bus(properties))["Targets"]
    return rule_networks(found)


def write_rule_targets(services, rule, _wanted, properties):
    services("events").put_targets(
        Rule=rule, EventBusName=rule_bus(properties), Targets=shapes.rule_targets(properties)
    )


def read_schedule(services, schedule, properties):
    return services("scheduler").get_schedule(Name=schedule, GroupName=properties.get("GroupName", "default"))


def write_schedule(services, schedule, _wanted, properties):
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


FILLERS = [
    Property(
        "events-rule-target-network",
        "AWS::Events::Rule",
        lambda properties: rule_networks(shapes.rule_targets(properties)),
        read_rule_networks,
        write_rule_targets,
    ),
    Property(
        "scheduler-time-zone",
        SCHEDULE,
        lambda properties: properties.get("ScheduleExpressionTimezone"),
        lambda services, schedule, properties: read_schedule(services, schedule, properties).get(
            "ScheduleExpressionTimezone"
        ),
        write_schedule,
        default="UTC",
    ),
    Property(
        "scheduler-target-network",
        SCHEDULE,
        lambda properties: schedule_network(shapes.schedule_target(properties)),
        lambda services, schedule, properties: schedule_network(
            read_schedule(services, schedule, properties)["Target"]
        ),
        write_schedule,
    ),
]
