"""The cache as AWS holds it: over the zones, encrypted, and closed to whoever has no token."""

import pytest


@pytest.fixture(scope="module")
def group(opening):
    (found,) = opening.world.session.client("elasticache").describe_replication_groups()["ReplicationGroups"]
    return found


def test_the_line_survives_the_loss_of_a_zone(group):
    assert group["MultiAZ"] == "enabled"
    assert group["AutomaticFailover"] == "enabled"
    assert len(group["MemberClusters"]) == 3


def test_the_line_is_encrypted_at_rest_and_on_its_way(group):
    assert group["AtRestEncryptionEnabled"]
    assert group["TransitEncryptionEnabled"]


def test_nobody_comes_in_without_the_token(opening, group):
    assert group["AuthTokenEnabled"]
    secrets = opening.world.session.client("secretsmanager")
    (found,) = [item for item in secrets.list_secrets()["SecretList"] if item["Name"].startswith("cache-auth")]
    token = secrets.get_secret_value(SecretId=found["ARN"])["SecretString"]
    assert 16 <= len(token) <= 128, "what ElastiCache takes"
    assert token.isalnum()


def test_a_full_memory_refuses_new_people_and_forgets_nobody(opening):
    client = opening.world.session.client("elasticache")
    (parameters,) = [
        item
        for item in client.describe_cache_parameter_groups()["CacheParameterGroups"]
        if item["CacheParameterGroupName"].startswith("cache-parameters")
    ]
    told = client.describe_cache_parameters(CacheParameterGroupName=parameters["CacheParameterGroupName"])
    values = {item["ParameterName"]: item["ParameterValue"] for item in told["Parameters"]}
    assert values["maxmemory-policy"] == "noeviction"
    assert parameters["CacheParameterGroupFamily"] == "valkey8"


def test_development_has_one_node_and_is_encrypted_all_the_same(dev):
    (group,) = dev.world.session.client("elasticache").describe_replication_groups()["ReplicationGroups"]
    assert len(group["MemberClusters"]) == 1
    assert group["AtRestEncryptionEnabled"]
    assert group["TransitEncryptionEnabled"]
