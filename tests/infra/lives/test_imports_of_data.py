"""Databases, caches, keys, secrets and parameters that are imported by their ids: what is read can be declared.

What a program leaves to AWS is not asked of it, and what AWS never tells (passwords, windows of deletions) is missing.
"""

from __future__ import annotations

from typing import Any

import pytest

from floodgate.offline import changing
from tests.infra.lives.lives import Life
from tests.infra.lives.stores import cluster, instance

GROUP, SECRET = "aws:elasticache/replicationGroup:ReplicationGroup", "aws:secretsmanager/secret:Secret"
NODES = {"description": "d", "engine": "valkey", "nodeType": "cache.r7g.large"}


def found(life: Life, thing: Any) -> dict[str, Any]:
    """The inputs that an import reads, which must pass the check of a program."""
    read = changing.refresh(life.world, thing.who, life.provider, thing.id, inputs={}, state_={})
    assert read is not None
    inputs = {name: value for name, value in read.inputs.items() if name != changing.DEFAULTS}
    changing.check(life.world, thing.who, life.provider, read.inputs, inputs)
    return inputs


@pytest.mark.parametrize(
    ("token", "declared"),
    [
        ("aws:kms/key:Key", {"description": "d", "enableKeyRotation": True}),
        (SECRET, {"name": "s", "description": "d"}),
        ("aws:ssm/parameter:Parameter", {"name": "/p", "type": "SecureString", "value": "v"}),
        ("aws:rds/parameterGroup:ParameterGroup", {
            "name": "g", "family": "postgres17", "parameters": [{"name": "log_statement", "value": "ddl"}],
        }),
        ("aws:elasticache/parameterGroup:ParameterGroup", {"name": "g", "family": "valkey8"}),
        (GROUP, {**NODES, "replicationGroupId": "line", "numCacheClusters": 2}),
        (GROUP, {**NODES, "replicationGroupId": "line", "numNodeGroups": 2, "replicasPerNodeGroup": 1,
            "automaticFailoverEnabled": True,
        }),
        ("aws:elasticache/serverlessCache:ServerlessCache", {"name": "s", "engine": "valkey"}),
    ],
)  # fmt: skip
def test_what_is_imported_is_what_was_declared(life: Life, token: str, declared: dict[str, Any]) -> None:
    read = found(life, life.make(token, **declared))

    assert {name: name in read and changing.matches(value, read[name]) for name, value in declared.items()} == (
        dict.fromkeys(declared, True)
    )


def test_a_database_is_imported_without_its_password(life: Life) -> None:
    read = [found(life, make(life, manageMasterUserPassword=None, **password)) for make, password in (
        (cluster, {"masterPassword": "quiet-and-long"}), (instance, {"password": "quiet-and-long"}),
    )]  # fmt: skip

    assert "quiet-and-long" not in str(read)
    assert read[0]["clusterIdentifier"] == "db"
    assert read[1]["instanceClass"] == "db.t4g.small"


def test_the_value_of_a_secret_is_imported(life: Life) -> None:
    secret = life.make(SECRET, name="s")
    thing = life.make("aws:secretsmanager/secretVersion:SecretVersion", secretId=secret.id, secretString="quiet")

    assert found(life, thing)["secretString"] == "quiet"


def test_what_is_empty_in_aws_is_not_asked_of_the_program(life: Life) -> None:
    read = found(life, life.make(SECRET, name="s"))

    assert {"policy", "replicas", "description"}.isdisjoint(read)
