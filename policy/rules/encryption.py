"""What is kept is encrypted, and what travels is too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policy.configuration import Configuration
from policy.rule import Finding, example, resource_rule, stack_rule
from policy.view import UNKNOWN, Resource, Stack, has_unknown

_DATABASES = {"rds/cluster", "rds/instance", "docdb/cluster", "neptune/cluster"}


@resource_rule(
    id="database-encrypted",
    title="Every database is encrypted at rest",
    severity="critical",
    why="Its snapshots and backups are as readable as it is, and encryption can only be chosen when it is made.",
    remedy="set storageEncrypted to true; one that exists must be restored from an encrypted copy of its snapshot",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html",
    refused=example(("rds/cluster", "database", {"engine": "aurora-postgresql"})),
    mended=example(("rds/cluster", "database", {"engine": "aurora-postgresql", "storageEncrypted": True})),
)
def _database_encrypted(resource: Resource) -> Iterator[str]:
    # a replica, a restored copy and a member of a global cluster are what their source is
    copied = ("replicateSourceDb", "replicationSourceIdentifier", "snapshotIdentifier", "globalClusterIdentifier")
    own = not any(resource.gives(name) for name in copied)
    if resource.kind in _DATABASES and own and resource.lacks("storageEncrypted", True, default=False):
        yield "storageEncrypted is not true"


@resource_rule(
    id="cache-encrypted-at-rest",
    title="Every cache is encrypted at rest",
    severity="high",
    why="Nodes swap to disk and snapshots lie in S3; the line and people's sessions are in both.",
    remedy="set atRestEncryptionEnabled to true",
    source="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html",
    refused=example(("elasticache/replicationGroup", "cache", {"engine": "redis"})),
    mended=example(("elasticache/replicationGroup", "cache", {"engine": "redis", "atRestEncryptionEnabled": True})),
)
def _cache_encrypted_at_rest(resource: Resource) -> Iterator[str]:
    # the provider's default is true for Valkey and false for Redis OSS
    usual = resource.get("engine") == "valkey"
    if resource.kind == "elasticache/replicationGroup" and resource.lacks(
        "atRestEncryptionEnabled", True, default=usual
    ):
        yield "atRestEncryptionEnabled is not true"


@resource_rule(
    id="cache-encrypted-in-transit",
    title="The cache is called with TLS only",
    severity="high",
    why="Its password and everybody's session travel in every connection; in mode preferred, they do in the clear too.",
    remedy="set transitEncryptionEnabled to true and transitEncryptionMode to required",
    source="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html",
    refused=example(
        (
            "elasticache/replicationGroup",
            "cache",
            {"transitEncryptionEnabled": True, "transitEncryptionMode": "preferred"},
        )
    ),
    mended=example(
        (
            "elasticache/replicationGroup",
            "cache",
            {"transitEncryptionEnabled": True, "transitEncryptionMode": "required"},
        )
    ),
)
def _cache_encrypted_in_transit(resource: Resource) -> Iterator[str]:
    if resource.kind not in {"elasticache/replicationGroup", "elasticache/cluster"}:
        return
    # a node of a replication group is what its group is
    if resource.gives("replicationGroupId") and resource.kind == "elasticache/cluster":
        return
    if resource.lacks("transitEncryptionEnabled", True, default=False):
        yield "transitEncryptionEnabled is not true"
    elif resource.lacks("transitEncryptionMode", "required", default="required"):
        yield "transitEncryptionMode is preferred, which takes connections without TLS"


@resource_rule(
    id="cache-asks-who-calls",
    title="The cache asks its callers who they are",
    severity="high",
    why="Without a password or users, one server that was taken over reads and reorders the whole line.",
    remedy="set authToken, or userGroupIds with IAM authentication",
    source="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html",
    refused=example(("elasticache/replicationGroup", "cache", {"engine": "valkey"})),
    mended=example(("elasticache/replicationGroup", "cache", {"engine": "valkey", "userGroupIds": ["line"]})),
)
def _cache_asks_who_calls(resource: Resource) -> Iterator[str]:
    names = ("authToken", "userGroupIds", "userGroupId")
    kinds = {"elasticache/replicationGroup", "elasticache/serverlessCache"}
    if resource.kind in kinds and not any(resource.gives(name) for name in names):
        yield "has neither authToken nor userGroupIds"


@resource_rule(
    id="proxy-requires-tls",
    title="The database proxy takes connections with TLS only",
    severity="high",
    why="The proxy sees every statement and the answers to them.",
    remedy="set requireTls to true",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.howitworks.html",
    refused=example(("rds/proxy", "proxy", {"engineFamily": "POSTGRESQL", "requireTls": False})),
    mended=example(("rds/proxy", "proxy", {"engineFamily": "POSTGRESQL", "requireTls": True})),
)
def _proxy_requires_tls(resource: Resource) -> Iterator[str]:
    if resource.kind == "rds/proxy" and resource.lacks("requireTls", True, default=False):
        yield "requireTls is not true"


# parameter that forces TLS, and the family's major version from which it is on by default
_FORCING = {"postgres": ("rds.force_ssl", 15), "mysql": ("require_secure_transport", None)}
_ON = {"1", "on", "true"}


@resource_rule(
    id="database-requires-tls",
    title="The database takes connections with TLS only",
    severity="high",
    why="A client that forgets TLS still works, and nobody sees that it does.",
    remedy="set rds.force_ssl (PostgreSQL) or require_secure_transport (MySQL) to 1 in the parameter group",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html",
    refused=example(
        ("rds/clusterParameterGroup", "db", {"family": "aurora-postgresql14", "parameters": []}),
    ),
    mended=example(
        (
            "rds/clusterParameterGroup",
            "db",
            {"family": "aurora-postgresql14", "parameters": [{"name": "rds.force_ssl", "value": "1"}]},
        ),
    ),
)
def _database_requires_tls(resource: Resource) -> Iterator[str]:
    family = resource.get("family")
    if resource.kind not in {"rds/clusterParameterGroup", "rds/parameterGroup"} or not isinstance(family, str):
        return
    # the parameters of an Aurora instance are those of its cluster
    inherited = resource.kind == "rds/parameterGroup" and family.startswith("aurora")
    if inherited or has_unknown(resource.get("parameters")):
        return
    name, since = next((known for engine, known in _FORCING.items() if engine in family), (None, None))
    if name is None:
        return
    values = {item.get("name"): item.get("value") for item in resource.items("parameters") if isinstance(item, Mapping)}
    usual = "1" if since is not None and _major(family) >= since else "0"
    value = values.get(name, usual)
    if value is not UNKNOWN and str(value).lower() not in _ON:
        yield f"{name} is {value} in family {family}"


def _major(family: str) -> int:
    digits = family.rpartition("postgres")[2].removeprefix("ql").split(".")[0]
    return int(digits) if digits.isdigit() else 0


@stack_rule(
    id="disks-encrypted",
    title="Every disk of a server is encrypted",
    severity="high",
    why="What a server writes, its log and its swap, lies on a disk that AWS will one day give to somebody else.",
    remedy="set ebs.encrypted in blockDeviceMappings, the root device among them, or encrypted in each block device",
    source="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",
    refused=example(("ec2/launchTemplate", "servers", {"imageId": "ami-0123456789abcdef0"})),
    mended=example(
        (
            "ec2/launchTemplate",
            "servers",
            {"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"encrypted": "true"}}]},
        )
    ),
)
def _disks_encrypted(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    del configuration
    if any(switch.get("enabled", True) is True for switch in stack.of("ebs/encryptionByDefault")):
        return
    for template in stack.of("ec2/launchTemplate"):
        mappings = template.items("blockDeviceMappings")
        if not mappings and template.get("blockDeviceMappings") is None:
            yield Finding("takes its disks from the image, which does not encrypt them", template)
        for mapping in mappings:
            yield from _disk(template, mapping, ("ebs", "encrypted"), str(mapping.get("deviceName", "a device")))
    for instance in stack.of("ec2/instance"):
        roots = instance.items("rootBlockDevice")
        if not roots and instance.get("rootBlockDevice") is None and not instance.gives("launchTemplate"):
            yield Finding("takes its root disk from the image, which does not encrypt it", instance)
        for device in (*roots, *instance.items("ebsBlockDevices")):
            yield from _disk(instance, device, ("encrypted",), "a device")
    for volume in stack.of("ebs/volume"):
        if volume.lacks("encrypted", True, default=False):
            yield Finding("encrypted is not true", volume)


def _disk(owner: Resource, mapping: Any, path: tuple[str, ...], name: str) -> Iterator[Finding]:
    value = mapping
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else value
    # a mapping without a disk of EBS is an instance store, which the hardware encrypts
    disk = isinstance(mapping, Mapping) and (path[0] in mapping or path == ("encrypted",))
    if disk and value is not UNKNOWN and str(value).lower() != "true":
        yield Finding(f"{name} is not encrypted", owner)


@resource_rule(
    id="messages-encrypted",
    title="Topics and queues are encrypted at rest",
    severity="medium",
    why="Alarms name hosts, figures and sometimes people.",
    remedy="set kmsMasterKeyId to a key of your own; CloudWatch may not use AWS's key for SNS",
    source="https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html",
    refused=example(("sns/topic", "alarms", {"name": "alarms"})),
    mended=example(("sns/topic", "alarms", {"name": "alarms", "kmsMasterKeyId": "key"})),
)
def _messages_encrypted(resource: Resource) -> Iterator[str]:
    if resource.kind == "sns/topic" and not resource.gives("kmsMasterKeyId"):
        yield "kmsMasterKeyId is not set"
    # SQS encrypts with its own key unless it is told not to
    off = resource.get("sqsManagedSseEnabled") is False
    if resource.kind == "sqs/queue" and off and not resource.gives("kmsMasterKeyId"):
        yield "sqsManagedSseEnabled is false and kmsMasterKeyId is not set"


@resource_rule(
    id="keys-rotate",
    title="Keys of the stack's own are rotated every year",
    severity="medium",
    why="A key that leaks opens what was encrypted with it; rotation bounds how much that is, and costs nothing.",
    remedy="set enableKeyRotation to true",
    source="https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
    refused=example(("kms/key", "data", {"description": "data"})),
    mended=example(("kms/key", "data", {"description": "data", "enableKeyRotation": True})),
)
def _keys_rotate(resource: Resource) -> Iterator[str]:
    symmetric = not resource.lacks("customerMasterKeySpec", "SYMMETRIC_DEFAULT", default="SYMMETRIC_DEFAULT")
    # a key whose material is brought along is rotated by whoever brings it
    if resource.kind == "kms/key" and symmetric and resource.lacks("enableKeyRotation", True, default=False):
        yield "enableKeyRotation is not true"


RULES = (
    _database_encrypted,
    _cache_encrypted_at_rest,
    _cache_encrypted_in_transit,
    _cache_asks_who_calls,
    _proxy_requires_tls,
    _database_requires_tls,
    _disks_encrypted,
    _messages_encrypted,
    _keys_rotate,
)
