"""The provider's functions that look for zones, images, networks and prefix lists.

More or less than one finding, where one is meant, is an error that says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from floodgate.offline.handlers.base import Aws, Props, function
from floodgate.offline.handlers.described import arn
from floodgate.offline.handlers.shapes import tag_map, told
from floodgate.offline.problems import Problem, Refused


def filters_of(props: Props, names: Mapping[str, str] = {}) -> list[dict[str, Any]]:
    """`filters`, `tags` and the named properties as AWS's filters."""
    out = [{"Name": f["name"], "Values": list(f["values"])} for f in props.get("filters", [])]
    out += [{"Name": f"tag:{key}", "Values": [value]} for key, value in sorted(props.get("tags", {}).items())]
    return out + [{"Name": names[n], "Values": [_text(props[n])]} for n in names if props.get(n) not in (None, "")]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def one(found: list[dict[str, Any]], what: str) -> dict[str, Any]:
    """The only finding.

    Raises:
        Refused: there is none, or there are several.
    """
    if len(found) != 1:
        remedy = "say more about the one that is meant" if found else "ask for one that exists"
        raise Refused([Problem(what, "", "", f"{len(found)} match, where exactly one is needed", remedy)])
    return found[0]


@function("aws:index/getAvailabilityZones:getAvailabilityZones")
def availability_zones(aws: Aws, props: Props) -> dict[str, Any]:
    """The region's zones."""
    found = aws.client("ec2").describe_availability_zones(Filters=filters_of(props, {"state": "state"}))
    kept = [
        zone
        for zone in sorted(found["AvailabilityZones"], key=lambda zone: zone["ZoneName"])
        if zone["ZoneName"] not in props.get("excludeNames", [])
        and zone["ZoneId"] not in props.get("excludeZoneIds", [])
    ]
    out = {"names": [zone["ZoneName"] for zone in kept], "zoneIds": [zone["ZoneId"] for zone in kept]}
    groups = sorted({zone.get("GroupName", aws.region) for zone in kept})
    return {**props, **out, "groupNames": groups, "id": aws.region}


@function("aws:index/getAvailabilityZone:getAvailabilityZone")
def availability_zone(aws: Aws, props: Props) -> dict[str, Any]:
    """One zone by name or id."""
    names = {"name": "zone-name", "zoneId": "zone-id", "state": "state"}
    zone = one(
        aws.client("ec2").describe_availability_zones(Filters=filters_of(props, names))["AvailabilityZones"], "zones"
    )
    out = told(
        zone, ("name", "zoneId", "state", "groupName", "networkBorderGroup", "optInStatus"), {"name": "ZoneName"}
    )
    out |= {"zoneType": zone.get("ZoneType", "availability-zone"), "nameSuffix": zone["ZoneName"][len(aws.region) :]}
    return {**props, **out, "id": zone["ZoneName"]}


@function("aws:ec2/getAmi:getAmi")
def image(aws: Aws, props: Props) -> dict[str, Any]:
    """An image; of several the newest where that is asked for, and of one moment's images the last by name."""
    asked = {"Owners": props["owners"]} if props.get("owners") else {}
    found = aws.client("ec2").describe_images(Filters=filters_of(props), **asked)["Images"]
    found = [i for i in found if re.search(props.get("nameRegex", ""), i.get("Name", ""))]
    if props.get("mostRecent") and found:
        # moto dates every image to its own start, so only the names tell their order
        found = [max(found, key=lambda i: i["Name"])]
    chosen = one(found, "images")
    names = ("architecture", "creationDate", "description", "enaSupport", "hypervisor", "imageId", "imageLocation")
    names += ("imageOwnerAlias", "imageType", "kernelId", "name", "ownerId", "platformDetails", "public", "ramdiskId")
    names += ("rootDeviceName", "rootDeviceType", "sriovNetSupport", "state", "virtualizationType", "usageOperation")
    out = told(chosen, names) | {"arn": f"arn:{aws.partition}:ec2:{aws.region}::image/{chosen['ImageId']}"}
    disks = [
        disk for disk in chosen.get("BlockDeviceMappings", []) if disk.get("DeviceName") == chosen.get("RootDeviceName")
    ]
    out["rootSnapshotId"] = disks[0].get("Ebs", {}).get("SnapshotId", "") if disks else ""
    return {**props, **out, "id": chosen["ImageId"], "tags": tag_map(chosen.get("Tags", []))}


@function("aws:ec2/getVpc:getVpc")
def vpc(aws: Aws, props: Props) -> dict[str, Any]:
    """One network."""
    ec2 = aws.client("ec2")
    names = {"id": "vpc-id", "cidrBlock": "cidr", "default": "is-default", "state": "state"}
    found = one(ec2.describe_vpcs(Filters=filters_of(props, names))["Vpcs"], "networks")
    id_ = found["VpcId"]
    main = [{"Name": "vpc-id", "Values": [id_]}, {"Name": "association.main", "Values": ["true"]}]
    tables = ec2.describe_route_tables(Filters=main)["RouteTables"]
    out = told(
        found,
        ("cidrBlock", "default", "dhcpOptionsId", "instanceTenancy", "ownerId", "state"),
        {"default": "IsDefault"},
    )
    for attribute in ("enableDnsHostnames", "enableDnsSupport"):
        answer = ec2.describe_vpc_attribute(VpcId=id_, Attribute=attribute)
        out[attribute] = answer[attribute[:1].upper() + attribute[1:]]["Value"]
    out |= {"arn": arn(aws, "ec2", f"vpc/{id_}"), "mainRouteTableId": tables[0]["RouteTableId"] if tables else ""}
    return {**props, **out, "id": id_, "tags": tag_map(found.get("Tags", []))}


SUBNET_FILTERS = {
    "id": "subnet-id",
    "vpcId": "vpc-id",
    "cidrBlock": "cidr-block",
    "availabilityZone": "availability-zone",
    "defaultForAz": "default-for-az",
    "state": "state",
}


@function("aws:ec2/getSubnet:getSubnet")
def subnet(aws: Aws, props: Props) -> dict[str, Any]:
    """One subnet."""
    found = one(aws.client("ec2").describe_subnets(Filters=filters_of(props, SUBNET_FILTERS))["Subnets"], "subnets")
    names = ("availabilityZone", "availabilityZoneId", "cidrBlock", "defaultForAz", "mapPublicIpOnLaunch", "ownerId")
    names += ("state", "vpcId", "assignIpv6AddressOnCreation")
    out = told(found, names) | {"availableIpAddressCount": found["AvailableIpAddressCount"]}
    id_ = found["SubnetId"]
    return {**props, **out, "id": id_, "arn": arn(aws, "ec2", f"subnet/{id_}"), "tags": tag_map(found.get("Tags", []))}


def _ids(found: Iterable[Mapping[str, Any]], key: str) -> list[str]:
    return [item[key] for item in found]


@function("aws:ec2/getSubnets:getSubnets")
def subnets(aws: Aws, props: Props) -> dict[str, Any]:
    """The ids of subnets."""
    found = aws.client("ec2").describe_subnets(Filters=filters_of(props))["Subnets"]
    return {**props, "ids": _ids(found, "SubnetId"), "id": aws.region}


@function("aws:ec2/getVpcs:getVpcs")
def vpcs(aws: Aws, props: Props) -> dict[str, Any]:
    """The ids of networks."""
    return {
        **props,
        "ids": _ids(aws.client("ec2").describe_vpcs(Filters=filters_of(props))["Vpcs"], "VpcId"),
        "id": aws.region,
    }


@function("aws:ec2/getSecurityGroup:getSecurityGroup")
def security_group(aws: Aws, props: Props) -> dict[str, Any]:
    """One security group."""
    names = {"id": "group-id", "name": "group-name", "vpcId": "vpc-id"}
    groups = aws.client("ec2").describe_security_groups(Filters=filters_of(props, names))["SecurityGroups"]
    found = one(groups, "security groups")
    out = told(found, ("name", "description", "vpcId"), {"name": "GroupName"})
    id_ = found["GroupId"]
    return {
        **props,
        **out,
        "id": id_,
        "arn": arn(aws, "ec2", f"security-group/{id_}"),
        "tags": tag_map(found.get("Tags", [])),
    }


@function("aws:ec2/getManagedPrefixList:getManagedPrefixList")
def managed_prefix_list(aws: Aws, props: Props) -> dict[str, Any]:
    """One prefix list with its entries, by name or id; AWS's own, such as CloudFront's, are there too."""
    ec2 = aws.client("ec2")
    names = {"id": "prefix-list-id", "name": "prefix-list-name"}
    lists = ec2.describe_managed_prefix_lists(Filters=filters_of(props, names))["PrefixLists"]
    found = one(lists, "prefix lists")
    id_ = found["PrefixListId"]
    entries = ec2.get_managed_prefix_list_entries(PrefixListId=id_)["Entries"]
    out = told(found, ("addressFamily", "arn", "maxEntries", "name", "ownerId", "version"), PREFIX_LIST_PATHS)
    out["entries"] = [{"cidr": entry["Cidr"], "description": entry.get("Description", "")} for entry in entries]
    return {**props, **out, "id": id_, "tags": tag_map(found.get("Tags", []))}


PREFIX_LIST_PATHS = {"arn": "PrefixListArn", "name": "PrefixListName"}


@function("aws:ec2/getPrefixList:getPrefixList")
def prefix_list(aws: Aws, props: Props) -> dict[str, Any]:
    """The prefix list of an AWS service, by its name or id."""
    names = {"prefixListId": "prefix-list-id", "name": "prefix-list-name"}
    lists = aws.client("ec2").describe_prefix_lists(Filters=filters_of(props, names))["PrefixLists"]
    found = one(lists, "prefix lists")
    out = {"name": found["PrefixListName"], "cidrBlocks": found.get("Cidrs", []), "prefixListId": found["PrefixListId"]}
    return {**props, **out, "id": found["PrefixListId"]}
