"""Gives resources the physical names that AWS gave them and that no template can set.

Seeds: {"distributions": {<Comment>: {"id", "domain"}}, "databases": {<DBInstanceIdentifier>: <endpoint address>},
"caches": {<ClusterName>: <endpoint address>}}.
No service API sets these either, so this is the one place that writes to the emulator's own records.
"""

from ministack.services import cloudfront, elasticache, rds
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


def install(seeds, report) -> None:
    for kind, (resource_type, rename) in RENAMES.items():
        handler = provisioners._RESOURCE_HANDLERS[resource_type]
        create = handler["create"]

        def renaming_create(logical_id, properties, stack_name, create=create, rename=rename, kind=kind):
            physical_id, attributes = create(logical_id, properties, stack_name)
            return rename(seeds.get(kind, {}), report, properties, physical_id, attributes)

        handler["create"] = renaming_create
