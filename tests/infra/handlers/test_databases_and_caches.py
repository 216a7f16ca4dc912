"""Databases, their proxy and scaling, and caches, made through the handlers and read back through boto3."""

import pytest

from floodgate.offline.problems import Refused

pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")

CLUSTER = {
    "clusterIdentifier": "db",
    "engine": "aurora-postgresql",
    "engineVersion": "17",
    "masterUsername": "app",
    "manageMasterUserPassword": True,
}


@pytest.fixture
def subnets(make):
    vpc, _ = make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    return [
        make("aws:ec2/subnet:Subnet", z, vpcId=vpc, cidrBlock=f"10.0.{i}.0/24", availabilityZone=f"ap-northeast-2{z}")[
            0
        ]
        for i, z in enumerate("abc")
    ]


@pytest.fixture
def cluster(make, subnets):
    def declare(**props):
        group, _ = make("aws:rds/subnetGroup:SubnetGroup", name="data", subnetIds=subnets)
        return make("aws:rds/cluster:Cluster", dbSubnetGroupName=group, **CLUSTER | props)

    return declare


def test_a_cluster_has_a_writer_readers_over_the_zones_and_all_it_was_given(make, cluster):
    parameters = [{"name": f"p{i}", "value": "1"} for i in range(25)]
    group, _ = make(
        "aws:rds/clusterParameterGroup:ClusterParameterGroup", name="shared", family="aurora-postgresql17",
        parameters=parameters,
    )  # fmt: skip
    id_, state = cluster(
        storageEncrypted=True,
        storageType="aurora-iopt1",
        iamDatabaseAuthenticationEnabled=True,
        performanceInsightsEnabled=True,
        dbClusterParameterGroupName=group,
        enabledCloudwatchLogsExports=["postgresql"],
        deletionProtection=True,
    )
    members = [
        make("aws:rds/clusterInstance:ClusterInstance", name, identifier=name, clusterIdentifier=id_,
             engine="aurora-postgresql", instanceClass="db.r8g.large")[1]
        for name in ("one", "two", "three")
    ]  # fmt: skip
    rds = make.client("rds")
    (told,) = rds.describe_db_clusters()["DBClusters"]

    assert (state["engineVersion"], state["engineVersionActual"]) == ("17", told["EngineVersion"])
    assert state["masterUserSecrets"][0]["secretArn"] == told["MasterUserSecret"]["SecretArn"]
    assert (told["StorageType"], told["StorageEncrypted"]) == ("aurora-iopt1", True)
    assert told["KmsKeyId"].startswith("arn:aws:kms:"), "AWS's own key for RDS"
    assert told["IAMDatabaseAuthenticationEnabled"] is True
    assert told["PerformanceInsightsEnabled"] is True
    assert [member["writer"] for member in members] == [True, False, False]
    assert sorted(member["availabilityZone"] for member in members) == [f"ap-northeast-2{z}" for z in "abc"]
    assert len({member["dbiResourceId"] for member in members}) == 3
    found = rds.describe_db_cluster_parameters(DBClusterParameterGroupName="shared")["Parameters"]
    assert {p["ParameterName"] for p in found} >= {p["name"] for p in parameters}, "more than AWS takes in one call"


def test_an_instance_is_known_by_its_resource_id(make, subnets):
    group, _ = make("aws:rds/subnetGroup:SubnetGroup", name="data", subnetIds=subnets)
    id_, state = make(
        "aws:rds/instance:Instance", identifier="one", engine="postgres", engineVersion="17",
        instanceClass="db.t4g.small", allocatedStorage=20, username="app", manageMasterUserPassword=True,
        dbSubnetGroupName=group, multiAz=True,
    )  # fmt: skip
    (told,) = make.client("rds").describe_db_instances()["DBInstances"]

    assert id_ == state["resourceId"] == told["DbiResourceId"]
    assert state["endpoint"] == f"{state['address']}:5432"
    assert told["SecondaryAvailabilityZone"] != told["AvailabilityZone"]


def test_what_is_not_there_yet_is_said(make):
    with pytest.raises(Refused, match="snapshotIdentifier is not in the offline AWS yet"):
        make("aws:rds/cluster:Cluster", snapshotIdentifier="of-yesterday", **CLUSTER)


def test_a_proxy_pools_connections_of_a_cluster(make, cluster, subnets):
    database, _ = cluster()
    secret = {"authScheme": "SECRETS", "iamAuth": "REQUIRED", "secretArn": "arn:aws:secretsmanager:x:1:secret:y"}
    proxy, _ = make(
        "aws:rds/proxy:Proxy", name="pool", engineFamily="POSTGRESQL", roleArn="arn:aws:iam::123456789012:role/proxy",
        vpcSubnetIds=subnets, auths=[secret], requireTls=True,
    )  # fmt: skip
    pool = {"maxConnectionsPercent": 80, "connectionBorrowTimeout": 30, "initQuery": "SET lock_timeout = 900"}
    make("aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup", dbProxyName=proxy, connectionPoolConfig=pool)
    id_, state = make(
        "aws:rds/proxyTarget:ProxyTarget", dbProxyName=proxy, targetGroupName="default", dbClusterIdentifier=database
    )
    rds = make.client("rds")
    (told,) = rds.describe_db_proxies()["DBProxies"]
    (group,) = rds.describe_db_proxy_target_groups(DBProxyName=proxy)["TargetGroups"]

    assert id_ == "pool/default/TRACKED_CLUSTER/db"
    assert (state["rdsResourceId"], state["port"]) == ("db", 5432)
    assert (told["RequireTLS"], told["Auth"][0]["IAMAuth"]) == (True, "REQUIRED")
    assert group["ConnectionPoolConfig"]["MaxConnectionsPercent"] == 80
    assert group["ConnectionPoolConfig"]["InitQuery"] == "SET lock_timeout = 900"


def test_readers_scale_by_themselves(make, cluster):
    database, _ = cluster()
    on = {
        "serviceNamespace": "rds",
        "scalableDimension": "rds:cluster:ReadReplicaCount",
        "resourceId": f"cluster:{database}",
    }
    id_, _ = make("aws:appautoscaling/target:Target", **on, minCapacity=1, maxCapacity=4)
    metric = {"predefinedMetricType": "RDSReaderAverageCPUUtilization"}
    _, policy = make(
        "aws:appautoscaling/policy:Policy", name="cpu", **on, policyType="TargetTrackingScaling",
        targetTrackingScalingPolicyConfiguration={"targetValue": 60.0, "predefinedMetricSpecification": metric},
    )  # fmt: skip
    action, _ = make(
        "aws:appautoscaling/scheduledAction:ScheduledAction", name="open", **on, schedule="at(2027-08-09T10:00:00)",
        scalableTargetAction={"minCapacity": 3, "maxCapacity": 4},
    )  # fmt: skip
    client = make.client("application-autoscaling")
    alarms = make.client("cloudwatch").describe_alarms()["MetricAlarms"]

    assert id_ == "cluster:db"
    assert action == "open-rds-cluster:db"
    assert client.describe_scalable_targets(ServiceNamespace="rds")["ScalableTargets"][0]["MaxCapacity"] == 4
    assert client.describe_scheduled_actions(ServiceNamespace="rds")["ScheduledActions"][0]["ScalableTargetAction"] == {
        "MinCapacity": 3,
        "MaxCapacity": 4,
    }
    assert sorted(policy["alarmArns"]) == sorted(alarm["AlarmArn"] for alarm in alarms)


def test_a_cache_has_as_many_nodes_as_declared_in_its_own_zones(make, subnets):
    group, _ = make("aws:elasticache/subnetGroup:SubnetGroup", name="data", subnetIds=subnets)
    settings = [{"name": "maxmemory-policy", "value": "noeviction"}]
    parameters, _ = make(
        "aws:elasticache/parameterGroup:ParameterGroup", name="mine", family="valkey8", parameters=settings
    )
    log = {"destination": "slow", "destinationType": "cloudwatch-logs", "logFormat": "json", "logType": "slow-log"}
    id_, state = make(
        "aws:elasticache/replicationGroup:ReplicationGroup",
        replicationGroupId="line",
        description="The line",
        engine="valkey",
        engineVersion="8.1",
        nodeType="cache.r7g.large",
        numCacheClusters=3,
        automaticFailoverEnabled=True,
        multiAzEnabled=True,
        subnetGroupName=group,
        parameterGroupName=parameters,
        transitEncryptionEnabled=True,
        authToken="long-enough-to-be-one",
        logDeliveryConfigurations=[log],
    )
    client = make.client("elasticache")
    (told,) = client.describe_replication_groups(ReplicationGroupId=id_)["ReplicationGroups"]
    nodes = client.describe_cache_clusters()["CacheClusters"]

    assert state["memberClusters"] == ["line-001", "line-002", "line-003"]
    assert [node["PreferredAvailabilityZone"] for node in nodes] == [f"ap-northeast-2{z}" for z in "abc"]
    assert (state["engineVersion"], state["engineVersionActual"]) == ("8.1", "8.1.0")
    assert state["parameterGroupName"] == "mine"
    assert (told["AuthTokenEnabled"], told["TransitEncryptionEnabled"], told["MultiAZ"]) == (True, True, "enabled")
    assert told["LogDeliveryConfigurations"][0]["DestinationDetails"] == {"CloudWatchLogsDetails": {"LogGroup": "slow"}}
    assert client.describe_cache_parameters(CacheParameterGroupName="mine")["Parameters"][0]["ParameterValue"] == (
        "noeviction"
    )
