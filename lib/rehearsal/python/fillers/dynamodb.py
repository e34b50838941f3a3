import shapes
from machinery import Property

TABLE = "AWS::DynamoDB::Table"


def wanted_time_to_live(properties):
    declared = properties.get("TimeToLiveSpecification")
    if not declared or not shapes.boolean(declared.get("Enabled", False)):
        return None
    return declared["AttributeName"]


def wanted_point_in_time_recovery(properties):
    declared = properties.get("PointInTimeRecoverySpecification") or {}
    return shapes.boolean(declared.get("PointInTimeRecoveryEnabled", False)) or None


def read_point_in_time_recovery(services, table, _properties):
    found = services("dynamodb").describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    return found["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def write_point_in_time_recovery(enabled: bool):
    return lambda services, table, *_: services("dynamodb").update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": enabled}
    )


def wanted_encryption(properties):
    declared = properties.get("SSESpecification")
    if not declared or not shapes.boolean(declared.get("SSEEnabled", False)):
        return None
    key = declared.get("KMSMasterKeyId")
    return {"Status": "ENABLED", "SSEType": declared.get("SSEType", "KMS"), **({"KMSMasterKeyArn": key} if key else {})}


def write_encryption(services, table, wanted, _properties):
    request = {"Enabled": True, "SSEType": wanted["SSEType"]}
    if "KMSMasterKeyArn" in wanted:
        request["KMSMasterKeyId"] = wanted["KMSMasterKeyArn"]
    services("dynamodb").update_table(TableName=table, SSESpecification=request)


FILLERS = [
    Property(
        "dynamodb-time-to-live",
        TABLE,
        wanted_time_to_live,
        lambda services, table, _: (
            services("dynamodb").describe_time_to_live(TableName=table)["TimeToLiveDescription"].get("AttributeName")
        ),
        lambda services, table, wanted, _: services("dynamodb").update_time_to_live(
            TableName=table, TimeToLiveSpecification={"AttributeName": wanted, "Enabled": True}
        ),
        lambda services, table, old: services("dynamodb").update_time_to_live(
            TableName=table, TimeToLiveSpecification={"AttributeName": wanted_time_to_live(old), "Enabled": False}
        ),
    ),
    Property(
        "dynamodb-point-in-time-recovery",
        TABLE,
        wanted_point_in_time_recovery,
        read_point_in_time_recovery,
        write_point_in_time_recovery(True),
        write_point_in_time_recovery(False),
    ),
    Property(
        "dynamodb-server-side-encryption",
        TABLE,
        wanted_encryption,
        lambda services, table, _: services("dynamodb").describe_table(TableName=table)["Table"].get("SSEDescription"),
        write_encryption,
    ),
]
