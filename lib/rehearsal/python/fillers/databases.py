"""RDS and ElastiCache."""

import shapes
from machinery import Property

DATABASE = "AWS::RDS::DBInstance"
CACHE = "AWS::ElastiCache::CacheCluster"


def db_instance(services, identifier):
    return services("rds").describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]


def write_log_exports(services, identifier, wanted, _properties):
    services("rds").modify_db_instance(
        DBInstanceIdentifier=identifier,
        CloudwatchLogsExportConfiguration={"EnableLogTypes": wanted},
        ApplyImmediately=True,
    )


def cache_cluster(services, identifier):
    return services("elasticache").describe_cache_clusters(CacheClusterId=identifier, ShowCacheNodeInfo=True)[
        "CacheClusters"
    ][0]


def write_cache_security_groups(services, identifier, wanted, _properties):
    services("elasticache").modify_cache_cluster(
        CacheClusterId=identifier, SecurityGroupIds=wanted, ApplyImmediately=True
    )


def write_cache_minor_version_upgrade(services, identifier, wanted, _properties):
    services("elasticache").modify_cache_cluster(
        CacheClusterId=identifier, AutoMinorVersionUpgrade=wanted, ApplyImmediately=True
    )


FILLERS = [
    Property(
        "rds-ca-certificate",
        DATABASE,
        lambda properties: properties.get("CACertificateIdentifier"),
        lambda services, identifier, _: db_instance(services, identifier)["CACertificateIdentifier"],
        lambda services, identifier, wanted, _: services("rds").modify_db_instance(
            DBInstanceIdentifier=identifier, CACertificateIdentifier=wanted, ApplyImmediately=True
        ),
        default="rds-ca-rsa2048-g1",
    ),
    Property(
        "rds-log-exports",
        DATABASE,
        lambda properties: properties.get("EnableCloudwatchLogsExports") or None,
        lambda services, identifier, _: db_instance(services, identifier).get("EnabledCloudwatchLogsExports"),
        write_log_exports,
    ),
    Property(
        "rds-managed-master-password",
        DATABASE,
        lambda properties: shapes.boolean(properties.get("ManageMasterUserPassword", False)) or None,
        lambda services, identifier, _: "MasterUserSecret" in db_instance(services, identifier),
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
        write_cache_security_groups,
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
        write_cache_minor_version_upgrade,
    ),
]
