import shapes
from machinery import Property, absent

BUCKET = "AWS::S3::Bucket"
AWS_MANAGED_KEY = "alias/aws/s3"


def managed_key(properties):
    """Whether the bucket leaves the choice of the KMS key to AWS, which then takes its own."""
    rules = (shapes.encryption(properties) or {"Rules": []})["Rules"]
    defaults = [rule.get("ApplyServerSideEncryptionByDefault", {}) for rule in rules]
    return any(item.get("SSEAlgorithm") == "aws:kms" and "KMSMasterKeyID" not in item for item in defaults)


def read_encryption(services, bucket, _properties):
    return services("s3").get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]


def write_encryption(services, bucket, wanted, _properties):
    rules = [dict(rule) for rule in wanted["Rules"]]
    for rule in rules:
        default = rule.get("ApplyServerSideEncryptionByDefault", {})
        if default.get("SSEAlgorithm") == "aws:kms":
            rule["ApplyServerSideEncryptionByDefault"] = {"KMSMasterKeyID": AWS_MANAGED_KEY, **default}
    services("s3").put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})


def clear_encryption(services, bucket, _properties):
    services("s3").delete_bucket_encryption(Bucket=bucket)


def read_lifecycle(services, bucket, _properties):
    found = absent(
        lambda: services("s3").get_bucket_lifecycle_configuration(Bucket=bucket), "NoSuchLifecycleConfiguration"
    )
    return found and {"Rules": found["Rules"]}


def read_tags(services, bucket, _properties):
    found = absent(lambda: services("s3").get_bucket_tagging(Bucket=bucket), "NoSuchTagSet")
    return found and found["TagSet"]


def wanted_logging(properties):
    declared = properties.get("LoggingConfiguration")
    if not declared or "DestinationBucketName" not in declared:
        return None
    return {"TargetBucket": declared["DestinationBucketName"], "TargetPrefix": declared.get("LogFilePrefix", "")}


def wanted_tiering(properties):
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


def write_tiering(services, bucket, wanted, _properties):
    for item in wanted:
        services("s3").put_bucket_intelligent_tiering_configuration(
            Bucket=bucket, Id=item["Id"], IntelligentTieringConfiguration=item
        )


FILLERS = [
    Property(
        "s3-bucket-encryption",
        BUCKET,
        lambda properties: None if managed_key(properties) else shapes.encryption(properties),
        read_encryption,
        write_encryption,
        clear_encryption,
        default={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]
        },
    ),
    Property(
        "s3-bucket-encryption-managed-key",
        BUCKET,
        lambda properties: shapes.encryption(properties) if managed_key(properties) else None,
        read_encryption,
        write_encryption,
        clear_encryption,
    ),
    Property(
        "s3-bucket-lifecycle",
        BUCKET,
        shapes.lifecycle,
        read_lifecycle,
        lambda services, bucket, wanted, _: services("s3").put_bucket_lifecycle_configuration(
            Bucket=bucket, LifecycleConfiguration=wanted
        ),
        lambda services, bucket, _: services("s3").delete_bucket_lifecycle(Bucket=bucket),
    ),
    Property(
        "s3-bucket-logging",
        BUCKET,
        wanted_logging,
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
        read_tags,
        lambda services, bucket, wanted, _: services("s3").put_bucket_tagging(
            Bucket=bucket, Tagging={"TagSet": wanted}
        ),
        lambda services, bucket, _: services("s3").delete_bucket_tagging(Bucket=bucket),
    ),
    Property(
        "s3-bucket-intelligent-tiering",
        BUCKET,
        wanted_tiering,
        lambda services, bucket, _: (
            services("s3")
            .list_bucket_intelligent_tiering_configurations(Bucket=bucket)
            .get("IntelligentTieringConfigurationList", [])
        ),
        write_tiering,
    ),
]
