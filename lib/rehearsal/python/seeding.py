"""Gives resources the physical names that AWS gave them and that no template can set.

Seeds: {"distributions": {<Comment>: {"id", "domain"}}, "databases": {<DBInstanceIdentifier>: <endpoint address>},
"caches": {<ClusterName>: <endpoint address>}, "defaultVpc": {"id", "subnets": {<zone>: <subnet id>}}}.
No service API sets these either, so this is the one place that writes to the emulator's own records.
"""

from ministack.services import cloudfront, ec2, elasticache, rds
from ministack.services.cloudformation import provisioners


def rename_distribution(seeds, report, properties, physical_id, attributes):
    comment = (properties.get("DistributionConfig") or {}).get("Comment")
    seed = seeds.get(comment)
    if seed is None:
        return physical_id, attributes
    record = cloudfront._distributions.pop(physical_id)
    old_arn, new_arn = record["ARN"], record["ARN"].replace(physical_id, seed["id"])
    record.update(Id=seed["id"], ARN=new_arn, DomainName=seed["domain"])
    cloudfront._distributions[seed["id"]] = record
    cloudfront._invalidations[seed["id"]] = cloudfront._invalidations.pop(physical_id, [])
    cloudfront._tags[new_arn] = cloudfront._tags.pop(old_arn, [])
    report.seeded("distributions", comment)
    return seed["id"], {**attributes, "Id": seed["id"], "Arn": new_arn, "DomainName": seed["domain"]}


def rename_database(seeds, report, properties, physical_id, attributes):
    address = seeds.get(physical_id)
    if address is None:
        return physical_id, attributes
    rds._instances[physical_id]["Endpoint"]["Address"] = address
    report.seeded("databases", physical_id)
    return physical_id, {**attributes, "Endpoint.Address": address}


def rename_cache(seeds, report, properties, physical_id, attributes):
    address = seeds.get(physical_id)
    if address is None:
        return physical_id, attributes
    record = elasticache._clusters[physical_id]
    record["_endpoint"]["Address"] = address
    for node in record["CacheNodes"]:
        node["Endpoint"]["Address"] = address
    report.seeded("caches", physical_id)
    return physical_id, {**attributes, "RedisEndpoint.Address": address}


RENAMES = {
    "distributions": ("AWS::CloudFront::Distribution", rename_distribution),
    "databases": ("AWS::RDS::DBInstance", rename_database),
    "caches": ("AWS::ElastiCache::CacheCluster", rename_cache),
}


def rename_default_vpc(seed, report):
    """The emulator has made its default VPC by now, under ids of its own and with subnets in three zones."""
    for store in (
        ec2._vpcs,
        ec2._subnets,
        ec2._security_groups,
        ec2._network_acls,
        ec2._internet_gateways,
        ec2._route_tables,
    ):
        store.clear()
    ec2._DEFAULT_VPC_ID = seed["id"]
    ec2._init_defaults()
    template = next(iter(ec2._subnets.values()))
    ec2._subnets.clear()
    for index, (zone, subnet_id) in enumerate(sorted(seed["subnets"].items())):
        ec2._subnets[subnet_id] = {
            **template,
            "SubnetId": subnet_id,
            "CidrBlock": f"172.31.{16 * index}.0/20",
            "AvailabilityZone": zone,
            "AvailabilityZoneId": ec2._az_id_for_zone_name(zone),
        }
    report.seeded("defaultVpc", seed["id"])


def install(seeds, report) -> None:
    if "defaultVpc" in seeds:
        rename_default_vpc(seeds["defaultVpc"], report)
    for kind, (resource_type, rename) in RENAMES.items():
        handler = provisioners._RESOURCE_HANDLERS[resource_type]
        create = handler["create"]

        def renaming_create(logical_id, properties, stack_name, create=create, rename=rename, kind=kind):
            physical_id, attributes = create(logical_id, properties, stack_name)
            return rename(seeds.get(kind, {}), report, properties, physical_id, attributes)

        handler["create"] = renaming_create
