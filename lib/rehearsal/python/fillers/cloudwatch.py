"""CloudWatch alarms and CloudWatch Logs."""

import shapes
from machinery import Creation, Property
from ministack.services.cloudformation import provisioners


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


def read_deletion_protection(services, name, _properties):
    found = services("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return next(group for group in found if group["logGroupName"] == name).get("deletionProtectionEnabled")


FILLERS = [
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
        read_deletion_protection,
    ),
]
