"""The database as AWS holds it: encrypted, not reachable from outside, behind its proxy, over the zones."""

import pytest


@pytest.fixture(scope="module")
def rds(opening):
    return opening.world.session.client("rds")


@pytest.fixture(scope="module")
def cluster(rds):
    (found,) = rds.describe_db_clusters()["DBClusters"]
    return found


def test_everything_stored_is_encrypted_with_a_key_of_its_own(cluster):
    assert cluster["StorageEncrypted"]
    assert ":key/" in cluster["KmsKeyId"]


def test_the_master_password_is_made_and_kept_by_aws(opening, cluster):
    secret = cluster["MasterUserSecret"]["SecretArn"]
    assert opening.world.session.client("secretsmanager").describe_secret(SecretId=secret)["ARN"] == secret


def test_it_can_neither_be_deleted_by_mistake_nor_lost_by_one(cluster):
    assert cluster["DeletionProtection"]
    assert cluster["BackupRetentionPeriod"] == 14


def test_people_and_servers_may_come_with_iam(cluster):
    assert cluster["IAMDatabaseAuthenticationEnabled"]


def test_a_writer_and_two_readers_stand_without_public_addresses(rds, cluster):
    members = cluster["DBClusterMembers"]
    assert [member["IsClusterWriter"] for member in members].count(True) == 1
    assert len(members) == 3
    instances = rds.describe_db_instances()["DBInstances"]
    assert not any(instance["PubliclyAccessible"] for instance in instances)


def test_tls_is_the_only_way_to_speak_to_it(rds, cluster):
    group = cluster["DBClusterParameterGroup"]
    parameters = rds.describe_db_cluster_parameters(DBClusterParameterGroupName=group)["Parameters"]
    values = {parameter["ParameterName"]: parameter.get("ParameterValue") for parameter in parameters}
    assert values["rds.force_ssl"] == "1"
    assert values["log_min_duration_statement"] == "500"


def test_no_preview_shows_a_change_where_aws_keeps_its_own_word(opening):
    group = opening.resource("aws:rds/clusterParameterGroup:ClusterParameterGroup", "database-cluster-parameters")
    methods = {parameter["name"]: parameter["applyMethod"] for parameter in group.inputs["parameters"]}
    assert methods.pop("rds.force_ssl") == "pending-reboot", "the default's method in AWS, whatever is asked"
    assert set(methods.values()) == {"immediate"}


def test_the_proxy_stands_before_this_cluster(rds, cluster):
    (proxy,) = rds.describe_db_proxies()["DBProxies"]
    (target,) = [
        item
        for item in rds.describe_db_proxy_targets(DBProxyName=proxy["DBProxyName"])["Targets"]
        if item.get("Type", "TRACKED_CLUSTER") == "TRACKED_CLUSTER"
    ]
    assert target.get("RdsResourceId", target.get("TrackedClusterId")) == cluster["DBClusterIdentifier"]


def test_the_proxy_wants_tls_and_iam_and_knows_the_clusters_secret(rds, cluster):
    (proxy,) = rds.describe_db_proxies()["DBProxies"]
    (auth,) = proxy["Auth"]
    assert proxy["RequireTLS"]
    assert auth["IAMAuth"] == "REQUIRED"
    assert auth["SecretArn"] == cluster["MasterUserSecret"]["SecretArn"]


def test_the_proxys_role_may_read_that_secret_and_nothing_else(opening, rds, cluster):
    (proxy,) = rds.describe_db_proxies()["DBProxies"]
    role = proxy["RoleArn"].rsplit("/", 1)[-1]
    iam = opening.world.session.client("iam")
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    statements = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"]
    granted = {statement["Action"]: statement["Resource"] for statement in statements}
    assert granted == {
        "secretsmanager:GetSecretValue": cluster["MasterUserSecret"]["SecretArn"],
        "kms:Decrypt": cluster["KmsKeyId"],
    }
    assert not iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]


def test_the_proxy_leaves_connections_for_people_who_repair_things(rds):
    (proxy,) = rds.describe_db_proxies()["DBProxies"]
    (group,) = rds.describe_db_proxy_target_groups(DBProxyName=proxy["DBProxyName"])["TargetGroups"]
    pool = group["ConnectionPoolConfig"]
    assert (pool["MaxConnectionsPercent"], pool["ConnectionBorrowTimeout"]) == (80, 5)


def test_readers_are_added_when_they_work_hard(opening, cluster):
    scaling = opening.world.session.client("application-autoscaling")
    (target,) = scaling.describe_scalable_targets(ServiceNamespace="rds")["ScalableTargets"]
    (policy,) = scaling.describe_scaling_policies(ServiceNamespace="rds")["ScalingPolicies"]
    assert target["ResourceId"] == policy["ResourceId"] == f"cluster:{cluster['DBClusterIdentifier']}"
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 5)
    tracked = policy["TargetTrackingScalingPolicyConfiguration"]
    assert tracked["PredefinedMetricSpecification"]["PredefinedMetricType"] == "RDSReaderAverageCPUUtilization"


def test_the_operating_system_is_watched(opening, rds):
    instance = rds.describe_db_instances()["DBInstances"][0]
    assert instance["MonitoringInterval"] == 15
    role = instance["MonitoringRoleArn"].rsplit("/", 1)[-1]
    attached = opening.world.session.client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert [policy["PolicyName"] for policy in attached] == ["AmazonRDSEnhancedMonitoringRole"]


def test_development_has_one_small_encrypted_instance_and_no_proxy(dev):
    rds = dev.world.session.client("rds")
    (instance,) = rds.describe_db_instances()["DBInstances"]
    assert instance["StorageEncrypted"]
    assert not instance["PubliclyAccessible"]
    assert not instance["DeletionProtection"]
    assert not rds.describe_db_proxies()["DBProxies"]
    assert not rds.describe_db_clusters()["DBClusters"]


@pytest.mark.parametrize(("stack", "kind"), [("opening", "cluster"), ("dev", "instance")])
def test_the_log_that_rds_writes_is_not_kept_for_ever(floodgate_stack, stack, kind):
    found = floodgate_stack(stack)
    rds = found.world.session.client("rds")
    clusters = [cluster["DBClusterIdentifier"] for cluster in rds.describe_db_clusters()["DBClusters"]]
    instances = [instance["DBInstanceIdentifier"] for instance in rds.describe_db_instances()["DBInstances"]]
    (name,) = clusters if kind == "cluster" else instances

    logs = found.world.session.client("logs")
    (group,) = logs.describe_log_groups(logGroupNamePrefix=f"/aws/rds/{kind}/{name}/postgresql")["logGroups"]
    assert group["retentionInDays"] == 30
