"""The repairs by which databases, caches, keys and secrets are changed and deleted, each proved with and without it.

Whether a handler makes use of them is told by the lives of its type.
"""

import pytest
from botocore.exceptions import ClientError

from floodgate.offline.transport import NotOffline, OfflineFault
from tests.infra.repairs.test_databases_and_caches import SECRET, cluster, member, replication_group, subnets

PARAMETER = {"ParameterName": "log_statement", "ParameterValue": "all", "ApplyMethod": "immediate"}
GROUPS = {
    "db": {"DBParameterGroupName": "mine", "DBParameterGroupFamily": "postgres17"},
    "db_cluster": {"DBClusterParameterGroupName": "mine", "DBParameterGroupFamily": "aurora-postgresql17"},
}
PLAIN = (AssertionError, KeyError, NotOffline, OfflineFault, ValueError)


def instance(aws, **more):
    return aws.rds.create_db_instance(
        DBInstanceIdentifier="one", Engine="postgres", DBInstanceClass="db.t4g.small", AllocatedStorage=20,
        MasterUsername="app", ManageMasterUserPassword=True, **more,
    )["DBInstance"]  # fmt: skip


def proxy(aws):
    cluster(aws)
    aws.rds.create_db_proxy(
        DBProxyName="p", EngineFamily="POSTGRESQL", RoleArn="arn:aws:iam::123456789012:role/proxy",
        VpcSubnetIds=subnets(aws), Auth=[{"AuthScheme": "SECRETS", "SecretArn": SECRET}],
    )  # fmt: skip


def test_a_subnet_group_survives_a_change_and_its_databases_keep_it(proves):
    def proof(aws):
        cluster(aws)
        fewer = [s["SubnetIdentifier"] for s in aws.rds.describe_db_subnet_groups()["DBSubnetGroups"][0]["Subnets"]][:2]
        aws.rds.modify_db_subnet_group(DBSubnetGroupName="data", SubnetIds=fewer)
        (told,) = aws.rds.describe_db_subnet_groups()["DBSubnetGroups"]

        assert len(told["Subnets"]) == 2
        assert aws.refused(aws.rds.delete_db_subnet_group, DBSubnetGroupName="data") == "InvalidDBSubnetGroupStateFault"

    proves(proof, PLAIN)


@pytest.mark.parametrize("kind", GROUPS)
def test_parameters_are_reset(proves, kind):
    def proof(aws):
        made = GROUPS[kind]
        by = {name: value for name, value in made.items() if name.endswith("GroupName")}
        getattr(aws.rds, f"create_{kind}_parameter_group")(**made, Description="d")
        getattr(aws.rds, f"modify_{kind}_parameter_group")(**by, Parameters=[PARAMETER])
        getattr(aws.rds, f"reset_{kind}_parameter_group")(**by, Parameters=[PARAMETER])

        assert getattr(aws.rds, f"describe_{kind}_parameters")(**by)["Parameters"] == []

    proves(proof, PLAIN)


def test_a_change_waits_unless_it_is_asked_for_at_once(proves):
    def proof(aws):
        instance(aws)
        name = {"DBInstanceIdentifier": "one"}
        aws.rds.modify_db_instance(**name, DBInstanceClass="db.t4g.large", BackupRetentionPeriod=9)
        (told,) = aws.rds.describe_db_instances()["DBInstances"]
        assert (told["DBInstanceClass"], told["BackupRetentionPeriod"]) == ("db.t4g.small", 9)
        assert told["PendingModifiedValues"] == {"DBInstanceClass": "db.t4g.large"}

        aws.rds.modify_db_instance(**name, MultiAZ=True, ApplyImmediately=True)
        (told,) = aws.rds.describe_db_instances()["DBInstances"]
        assert (told["DBInstanceClass"], told["MultiAZ"]) == ("db.t4g.large", True), "what waited is applied with it"

    proves(proof)


def test_versions_go_forward_and_to_a_new_major_one_when_allowed(proves):
    def proof(aws):
        cluster(aws, EngineVersion="16.8")
        change = {"DBClusterIdentifier": "db", "ApplyImmediately": True}

        assert aws.refused(aws.rds.modify_db_cluster, **change, EngineVersion="16.6") == "InvalidParameterCombination"
        assert aws.refused(aws.rds.modify_db_cluster, **change, EngineVersion="17") == "InvalidParameterCombination"
        aws.rds.modify_db_cluster(**change, EngineVersion="17", AllowMajorVersionUpgrade=True)
        assert aws.rds.describe_db_clusters()["DBClusters"][0]["EngineVersion"].startswith("17.")

    proves(proof)


def test_a_member_is_not_told_what_its_cluster_decides(proves):
    def proof(aws):
        cluster(aws)
        member(aws, "one")
        change = {"DBInstanceIdentifier": "one", "ApplyImmediately": True}

        assert aws.refused(aws.rds.modify_db_instance, **change, DBPortNumber=1234) == "InvalidParameterCombination"

    proves(proof, PLAIN)


def test_a_database_is_not_deleted_without_a_word_about_the_last_snapshot(proves):
    def proof(aws):
        cluster(aws)
        instance(aws)
        name = {"DBClusterIdentifier": "db"}

        assert aws.refused(aws.rds.delete_db_cluster, **name) == "InvalidParameterCombination"
        assert aws.refused(aws.rds.delete_db_instance, DBInstanceIdentifier="one") == "InvalidParameterCombination"
        aws.rds.delete_db_cluster(**name, SkipFinalSnapshot=True)
        assert aws.rds.describe_db_cluster_snapshots()["DBClusterSnapshots"] == [], "automated ones go with it"

    proves(proof)


def test_roles_come_and_go(proves):
    def proof(aws):
        cluster(aws)
        roles = [f"arn:aws:iam::123456789012:role/{name}" for name in "ab"]
        for role in roles:
            aws.rds.add_role_to_db_cluster(DBClusterIdentifier="db", RoleArn=role)
        aws.rds.remove_role_from_db_cluster(DBClusterIdentifier="db", RoleArn=roles[0])
        (told,) = aws.rds.describe_db_clusters()["DBClusters"]

        assert [role["RoleArn"] for role in told["AssociatedRoles"]] == roles[1:]

    proves(proof, (*PLAIN, ClientError))


def test_the_data_api_is_switched(proves):
    def proof(aws):
        arn = cluster(aws)["DBClusterArn"]
        aws.rds.enable_http_endpoint(ResourceArn=arn)
        assert aws.rds.describe_db_clusters()["DBClusters"][0]["HttpEndpointEnabled"] is True
        aws.rds.disable_http_endpoint(ResourceArn=arn)
        assert aws.rds.describe_db_clusters()["DBClusters"][0]["HttpEndpointEnabled"] is False

    proves(proof, PLAIN)


def test_what_a_proxy_does_not_have_is_refused_not_failed_on(proves):
    def proof(aws):
        proxy(aws)
        group = {"DBProxyName": "p", "TargetGroupName": "default"}
        unknown = aws.refused(aws.rds.deregister_db_proxy_targets, **group, DBClusterIdentifiers=["db"])
        aws.rds.delete_db_proxy(DBProxyName="p")

        assert unknown == "DBProxyTargetNotFoundFault"
        assert aws.refused(aws.rds.delete_db_proxy, DBProxyName="p") == "DBProxyNotFoundFault"
        assert aws.refused(aws.rds.describe_db_proxy_targets, DBProxyName="p") == "DBProxyNotFoundFault"

    proves(proof, PLAIN)


def test_the_nodes_of_a_cache_come_and_go_at_once(proves):
    def proof(aws):
        replication_group(aws, NumCacheClusters=2)
        change = {"ReplicationGroupId": "line", "ApplyImmediately": True}
        aws.elasticache.increase_replica_count(**change, NewReplicaCount=3)
        assert len(aws.elasticache.describe_cache_clusters()["CacheClusters"]) == 4
        aws.elasticache.decrease_replica_count(**change, NewReplicaCount=1)
        (told,) = aws.elasticache.describe_replication_groups()["ReplicationGroups"]
        assert told["MemberClusters"] == ["line-001", "line-002"]
        code = aws.refused(aws.elasticache.decrease_replica_count, **change, NewReplicaCount=0)
        assert code == "InvalidParameterCombination", "automatic failover needs a replica"

    proves(proof, PLAIN)


def test_a_deleted_cache_is_gone_and_its_subnets_are_free(proves):
    def proof(aws):
        replication_group(aws)
        name = {"CacheSubnetGroupName": "data"}
        assert aws.refused(aws.elasticache.delete_cache_subnet_group, **name) == "CacheSubnetGroupInUse"
        aws.elasticache.delete_replication_group(ReplicationGroupId="line", FinalSnapshotIdentifier="last")
        assert aws.elasticache.describe_replication_groups()["ReplicationGroups"] == []
        aws.elasticache.delete_cache_subnet_group(**name)
        assert aws.elasticache.describe_snapshots()["Snapshots"][0]["SnapshotName"] == "last"

    proves(proof, PLAIN)


def test_users_of_caches_change_and_go(proves):
    def proof(aws):
        client = aws.elasticache
        client.create_user(UserId="u", UserName="u", Engine="valkey", AccessString="on", NoPasswordRequired=True)
        client.modify_user(UserId="u", AccessString="off", AuthenticationMode={"Type": "iam"})
        (told,) = client.describe_users(UserId="u")["Users"]
        client.delete_user(UserId="u")

        assert (told["AccessString"], told["Authentication"]["Type"]) == ("off", "iam")
        assert aws.refused(client.describe_users, UserId="u") == "UserNotFound"

    proves(proof, PLAIN)


def test_a_key_tells_how_often_it_rotates_and_can_do_nothing_when_it_is_to_go(proves):
    def proof(aws):
        key = {"KeyId": aws.kms.create_key()["KeyMetadata"]["KeyId"]}
        aws.kms.enable_key_rotation(**key, RotationPeriodInDays=90)
        assert aws.kms.get_key_rotation_status(**key)["RotationPeriodInDays"] == 90
        aws.kms.schedule_key_deletion(**key, PendingWindowInDays=7)
        assert aws.refused(aws.kms.enable_key, **key) == "KMSInvalidStateException"

    proves(proof, PLAIN)


def test_a_secret_that_is_to_go_does_nothing_and_keeps_its_name(proves):
    def proof(aws):
        aws.secretsmanager.create_secret(Name="s", Description="d")
        aws.secretsmanager.update_secret(SecretId="s", Description="")
        assert "Description" not in aws.secretsmanager.describe_secret(SecretId="s")
        aws.secretsmanager.delete_secret(SecretId="s")
        for refused, params in (
            (aws.secretsmanager.create_secret, {"Name": "s"}),
            (aws.secretsmanager.put_secret_value, {"SecretId": "s", "SecretString": "x"}),
        ):
            assert aws.refused(refused, **params) == "InvalidRequestException"

    proves(proof)
